using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Monty.Actors.Records;
using Monty.Interop;

namespace Monty.Actors.Engine;

/// <summary>One live session: takes commands, runs the turns that are due, makes durable what they led to, and only then answers and acts.</summary>
/// <remarks>
/// It recovers itself from the journal at its first message. When the journal fails it ends, as what is durable is unknown then; whoever sends next finds a new one.
/// The handlers that ran for it run on, and belong to that one.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "It is disposed of at the actor's end.")]
internal sealed class SessionActor(SessionId id, MontyEngine engine, Dictionary<(int Feed, uint CallId), CallActor> handlers) : Actor<SessionMessage>(MailboxSize)
{
    private const int MailboxSize = 256;
    private const string NotAsTheStorySays = "the session could not be rebuilt as its story says";
    private readonly Dictionary<(int Feed, uint CallId), CallActor> calls = handlers;
    private readonly List<SessionEvent> unsaved = [];
    private readonly SessionOs os = new(id, engine.Options);
    private readonly List<JournalRecord> records = [];
    private SessionState state = SessionState.None;
    private readonly Interpreter interpreter = new(engine.Turns, engine.Options, engine.RuntimeVersion);
    private DateTimeOffset createdAt;
    private long version;
    private bool isLoaded;
    private CancellationTokenSource? turn;
    private int interrupts;
    private int wakes;

    /// <summary>When the last message was handled, as a timestamp of the engine's clock.</summary>
    public long LastUsed { get; private set; } = engine.Time.GetTimestamp();

    /// <summary>Lets it look for what is due, if it does not wait for that already.</summary>
    /// <returns>False when its mailbox is full, or it is ending.</returns>
    public bool TryWake()
    {
        if (Interlocked.Exchange(ref wakes, 1) == 1 || TrySend(new SessionMessage.Wake())) return true;
        Volatile.Write(ref wakes, 0);
        return false;
    }

    /// <summary>Announces a command that is to end the turn which runs, before it is sent.</summary>
    public void Interrupt()
    {
        Interlocked.Increment(ref interrupts);
        try
        {
            Volatile.Read(ref turn)?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // That turn is over.
        }
    }

    /// <summary>Takes an announcement back: the command was not sent after all.</summary>
    public void Withdraw() => Interlocked.Decrement(ref interrupts);

    /// <summary>Ends without another turn: the one that runs is cancelled and does not count, what was sent is made durable. A session that is still being recovered drops it all.</summary>
    public Task HaltAsync()
    {
        Interrupt();
        return Volatile.Read(ref isLoaded) ? StopAsync() : KillAsync();
    }

    /// <inheritdoc/>
    protected override async ValueTask ReceiveAsync(SessionMessage message)
    {
        try
        {
            if (!isLoaded)
            {
                if (message is SessionMessage.Passivate) return; // it keeps handlers for when somebody needs the session
                await LoadAsync().ConfigureAwait(false);
                foreach (var ended in calls.Values.Select(c => c.Outcome).OfType<SessionCommand>().ToList()) await TakeAsync(ended, reply: null).ConfigureAwait(false);
            }

            switch (message)
            {
                case SessionMessage.Command command:
                    if (command.What is CancelCommand or CloseCommand) Interlocked.Decrement(ref interrupts);
                    await TakeAsync(command.What, command.Reply).ConfigureAwait(false);
                    break;
                case SessionMessage.Offer offer:
                    if (interpreter.IsLost && state is { Feed: null, Quarantine: null, IsClosed: false }) await CatchUpAsync().ConfigureAwait(false);
                    offer.Reply.TrySetResult(new ForkOffer(id, offer.What, SessionFork.Refuse(state, offer.What), state.Setup, state.FeedCount, version, interpreter.Dump));
                    break;
                case SessionMessage.Begin begin:
                    await BeginAsync(begin.What, begin.Reply).ConfigureAwait(false);
                    break;
                case SessionMessage.CallEnded ended:
                    await TakeAsync(ended.What, reply: null).ConfigureAwait(false);
                    break;
                case SessionMessage.Wake wake:
                    wake.Woken?.TrySetResult();
                    Volatile.Write(ref wakes, 0);
                    if (state.Setup is not null) await TakeAsync(new TickCommand(engine.Time.GetUtcNow()), reply: null).ConfigureAwait(false);
                    break;
                case SessionMessage.Passivate passivate when LastUsed <= passivate.UnusedSince && calls.Count == 0 && SessionCore.TurnDue(state) is null:
                    StopIfIdle();
                    return;
            }

            await RunTurnsAsync(reply: null).ConfigureAwait(false);
            if (state.IsClosed || state.Setup is null) StopIfIdle();
        }
        catch (Exception exception)
        {
            Drop(message, exception);
            throw;
        }

        if (message is not SessionMessage.Passivate) LastUsed = engine.Time.GetTimestamp();
    }

    /// <inheritdoc/>
    protected override void Drop(SessionMessage message, Exception? failure)
    {
        if (message is SessionMessage.Wake { Woken: { } woken }) woken.TrySetResult(); // it is tried again, or the engine stops
        if (failure is null or OperationCanceledException) failure = new ObjectDisposedException("The engine stopped before the command was applied. Send it again to the next one.", innerException: null);
        if (message is SessionMessage.Offer { Reply: var offer }) offer.TrySetException(failure);
        if (message is SessionMessage.Command { Reply: var reply }) reply.TrySetException(failure);
        if (message is SessionMessage.Begin { Reply: var begun }) begun.TrySetException(failure);
    }

    /// <inheritdoc/>
    protected override async ValueTask EndAsync(Exception? failure)
    {
        interpreter.LetGo();
        await Task.WhenAll(calls.Values.Select(c => c.FilesDone)).ConfigureAwait(false);
        os.Dispose();
        if (engine.IsStopping || failure is SessionFencedException)
        {
            var ending = Task.WhenAll(calls.Values.Select(c => c.KillAsync()));
            calls.Clear();
            if (engine.IsStopping) await ending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        engine.Ended(id, this, failure, calls);
    }

    private async Task LoadAsync()
    {
        switch (await engine.Journal.ClaimAsync(id, engine.Epoch, Killed).ConfigureAwait(false))
        {
            case ClaimResult.Fenced fenced:
                throw new SessionFencedException(id, fenced.Epoch);
            case ClaimResult.Claimed { Head: var head }:
                await RecoverAsync(head).ConfigureAwait(false);
                engine.Recovered(id, version);
                break;
        }

        isLoaded = true;
    }

    private async Task RecoverAsync(SessionHead head)
    {
        createdAt = head.Summary.CreatedAt;
        (state, version) = (await FoldStoryAsync(head.Version).ConfigureAwait(false), head.Version);
        if (head.DumpProblem is { } problem) engine.Report($"{problem} The interpreter of {id} is rebuilt from the story.", null);
        interpreter.Recover(head.Dump is { } dump && dump.Version <= version && dump.Runtime == engine.RuntimeVersion ? dump : null, version);
        var running = state.Feed is { } feed ? feed.Calls.Values.Where(c => c.IsRunning).ToDictionary(c => (feed.Number, c.CallId)) : [];
        foreach (var (key, handler) in calls.Where(c => !running.TryGetValue(c.Key, out var call) || call.FailedAttempts + 1 != c.Value.Attempt).ToList())
        {
            calls.Remove(key);
            _ = handler.KillAsync();
        }

        if (os.AreOff && state is { Quarantine: null, IsClosed: false }) await RestoreFilesAsync().ConfigureAwait(false);
        if (state.Quarantine is not null) return;
        foreach (var (_, call) in running.Where(c => !calls.ContainsKey(c.Key))) Start(call, mayBeDone: true);
    }

    /// <summary>Recovers a session that is released: in quarantine its interpreter is missing or behind the story, and handlers were not started.</summary>
    private async Task ReloadAsync(TaskCompletionSource<SessionReply>? reply)
    {
        await SaveAsync(reply).ConfigureAwait(false);
        isLoaded = false;
        await LoadAsync().ConfigureAwait(false);
    }

    /// <summary>Makes the files that the story leads to; quarantines the session where they cannot be made.</summary>
    private async Task RestoreFilesAsync()
    {
        try
        {
            await os.RestoreAsync(StoryAsync(version, Killed)).ConfigureAwait(false);
        }
        catch (RebuildException difference)
        {
            await QuarantineAsync(NotAsTheStorySays, difference.Message).ConfigureAwait(false);
        }
    }

    /// <summary>Brings the interpreter to where the story is, outside a turn; quarantines the session where that cannot be done.</summary>
    private async Task CatchUpAsync()
    {
        try
        {
            await RebuildAsync(interpreter.Dump, interpreter.DumpVersion, Killed).ConfigureAwait(false);
        }
        catch (RebuildException difference)
        {
            await QuarantineAsync(NotAsTheStorySays, difference.Message).ConfigureAwait(false);
        }
        catch (MontyWorkerException dead) when (TurnRunner.IsOfTheTurn(dead))
        {
            await QuarantineAsync("a worker died while the interpreter was rebuilt", dead.Message).ConfigureAwait(false);
        }
    }

    /// <summary>Runs the turns that a dump lacks, or all of them where the runtime refuses it.</summary>
    private async Task RebuildAsync(MontyDump? dump, long dumpVersion, CancellationToken cancellationToken)
    {
        var upTo = version;
        MontyDump? rebuilt;
        try
        {
            rebuilt = await new Rebuild(engine.Turns, id).RunAsync(StoryAsync(upTo, cancellationToken), dump, dumpVersion, cancellationToken).ConfigureAwait(false);
        }
        catch (MontyDumpException) when (dump is not null)
        {
            rebuilt = await new Rebuild(engine.Turns, id).RunAsync(StoryAsync(upTo, cancellationToken), null, 0, cancellationToken).ConfigureAwait(false);
        }

        interpreter.Set(rebuilt, isStored: false);
    }

    private async Task QuarantineAsync(string reason, string evidence)
    {
        interpreter.Set(null, isStored: true);
        Note([new Quarantined(reason, evidence)]);
        await SaveAsync(reply: null).ConfigureAwait(false);
    }

    private async Task TakeAsync(SessionCommand command, TaskCompletionSource<SessionReply>? reply)
    {
        switch (SessionCore.Accept(state, command))
        {
            case Acceptance.Refused refused:
                reply?.TrySetResult(new SessionReply.Refused(refused.Refusal, refused.Message));
                break;
            case Acceptance.Repeated repeated:
                reply?.TrySetResult(new SessionReply.Repeated(version, repeated.Recorded));
                break;
            case Acceptance.Accepted accepted:
                if (version == 0) createdAt = engine.Time.GetUtcNow();
                if (TryNote(accepted.Facts) is { } tooLarge)
                {
                    if (command is not EndCallCommand ended)
                    {
                        reply?.TrySetResult(new SessionReply.Refused(SessionRefusal.TooLarge, $"The command cannot be stored: {tooLarge}. Send less, or raise the journal's limits."));
                        break;
                    }

                    accepted = (Acceptance.Accepted)SessionCore.Accept(state, ended with { Answer = MontyAnswer.Raise("RuntimeError", $"the host's answer cannot be stored: {tooLarge}") });
                    Note(accepted.Facts);
                }

                if (command is ReleaseCommand) await ReloadAsync(reply).ConfigureAwait(false);
                await RunTurnsAsync(reply).ConfigureAwait(false);
                if (unsaved.Count > 0) await SaveAsync(reply).ConfigureAwait(false);
                Act(accepted.Effects);
                break;
        }
    }

    /// <summary>Begins as a fork: one append makes the session, and is all that the fork makes durable.</summary>
    private async Task BeginAsync(ForkOffer offer, TaskCompletionSource<SessionReply> reply)
    {
        switch (SessionFork.Accept(state, offer.Fact, offer.Refusal))
        {
            case Acceptance.Refused refused:
                reply.TrySetResult(new SessionReply.Refused(refused.Refusal, refused.Message));
                return;
            case Acceptance.Repeated:
                reply.TrySetResult(new SessionReply.Repeated(version, Recorded: null));
                return;
        }

        try
        {
            Require(await engine.AppendAsync(await offer.ToAppendAsync(id, engine, Killed).ConfigureAwait(false)).ConfigureAwait(false));
        }
        catch (JournalLimitException limit)
        {
            reply.TrySetResult(new SessionReply.Refused(SessionRefusal.TooLarge, $"A fork is written in one append, and the story and interpreter of {offer.Source} do not fit into one. {limit.Message}"));
            return;
        }

        await LoadAsync().ConfigureAwait(false);
        reply.TrySetResult(new SessionReply.Accepted(offer.Version + 1, offer.FeedCount));
    }

    /// <summary>Runs what is due, turn after turn; each is one append, with what led to it.</summary>
    private async Task RunTurnsAsync(TaskCompletionSource<SessionReply>? reply)
    {
        while (SessionCore.TurnDue(state) is not null && await RunTurnAsync(reply).ConfigureAwait(false) is { } concluded)
        {
            await SaveAsync(reply).ConfigureAwait(false);
            Act(concluded.Effects);
        }
    }

    /// <summary>Runs one turn and takes in what it led to; null when it was interrupted and does not count.</summary>
    private async Task<Acceptance.Accepted?> RunTurnAsync(TaskCompletionSource<SessionReply>? reply)
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Killed);
        Volatile.Write(ref turn, source);
        Task<TurnRun>? running = null;
        try
        {
            if (Volatile.Read(ref interrupts) > 0) return null;
            running = RunWithDumpAsync(source.Token);
            if (unsaved.Count > 0 && !await EndsSoonAsync(running).ConfigureAwait(false)) await SaveAsync(reply).ConfigureAwait(false);
            var run = await running.ConfigureAwait(false);
            var concluded = SessionCore.Conclude(state, run.Outcome, engine.Tools.Catalog, engine.Time.GetUtcNow());
            var counts = run.Outcome is TurnOutcome.Ran && !concluded.Facts.Any(f => f is FeedStopping or WorkerLost); // a turn that passed a limit does not
            if (TryNote(concluded.Facts, run.Dump?.Bytes.Length ?? 0) is { } tooLarge)
            {
                counts = false;
                concluded = SessionCore.Conclude(state, TooLarge(tooLarge), engine.Tools.Catalog, engine.Time.GetUtcNow());
                Note(concluded.Facts);
            }

            if (counts)
            {
                interpreter.Take(run, version);
                os.Keep();
            }
            else
            {
                if (run.Kept is { } unused && unused != interpreter.Kept) engine.Turns.Release(unused);
                interpreter.LetGo();
            }

            return concluded;
        }
        catch (OperationCanceledException) when (source.IsCancellationRequested && !Killed.IsCancellationRequested)
        {
            interpreter.LetGo();
            return null;
        }
        catch (RebuildException difference)
        {
            var quarantined = new Acceptance.Accepted([new Quarantined(NotAsTheStorySays, difference.Message)], []);
            Note(quarantined.Facts);
            return quarantined;
        }
        finally
        {
            Volatile.Write(ref turn, null);
            if (running is { IsCompleted: false })
            {
                await source.CancelAsync().ConfigureAwait(false);
                await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<TurnRun> RunWithDumpAsync(CancellationToken cancellationToken)
    {
        interpreter.TakeParked();
        if (os.AreOff) await os.RestoreAsync(StoryAsync(version, cancellationToken)).ConfigureAwait(false); // by a turn that did not count
        try
        {
            if (interpreter.IsLost) await RebuildAsync(interpreter.Dump, interpreter.DumpVersion, cancellationToken).ConfigureAwait(false);
            try
            {
                return await engine.Turns.RunAsync(id, os, state, interpreter.Dump, interpreter.Kept, cancellationToken).ConfigureAwait(false);
            }
            catch (MontyDumpException)
            {
                // Made by another runtime, or damaged: the story has what it held.
                await RebuildAsync(null, 0, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (MontyWorkerException dead) when (TurnRunner.IsOfTheTurn(dead))
        {
            return new TurnRun(new TurnOutcome.WorkerDied($"While the interpreter was rebuilt: {dead.Message}"), null, null);
        }

        return await engine.Turns.RunAsync(id, os, state, interpreter.Dump, null, cancellationToken).ConfigureAwait(false);
    }

    private async IAsyncEnumerable<SessionEvent> StoryAsync(long upTo, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var stored in engine.Reads.ReadAsync(id, 0, upTo, cancellationToken).ConfigureAwait(false)) yield return stored.Event;
    }

    private async Task<SessionState> FoldStoryAsync(long upTo)
    {
        var (folded, last) = (SessionState.None, 0L);
        await foreach (var stored in engine.Reads.ReadAsync(id, 0, upTo, Killed).ConfigureAwait(false))
        {
            last = stored.Version;
            os.See(stored.Event);
            try
            {
                folded = SessionFold.Apply(folded, stored.Event);
            }
            catch (InvalidOperationException broken)
            {
                throw new JournalUnreadableException($"{broken.Message} That is record {last} of {id}, which cannot go on. Restore its records from a backup.", broken);
            }
        }

        return last == upTo ? folded : throw new JournalUnreadableException($"The story of {id} ends with record {last}, and it had {upTo}. Restore its records from a backup.");
    }

    private async Task<bool> EndsSoonAsync(Task running)
    {
        await running.WaitAsync(engine.Options.AnswerFirstAfter, engine.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return running.IsCompleted;
    }

    private static TurnOutcome.Discarded TooLarge(string why) => new(new FeedOutcome.Failed(new PythonError("RuntimeError", $"what the turn led to cannot be stored: {why}"), FailureOrigin.Limit));

    /// <summary>Takes facts in that are small.</summary>
    private void Note(EquatableArray<SessionEvent> facts)
    {
        if (TryNote(facts) is { } tooLarge) throw new JournalLimitException($"{id} cannot go on: {tooLarge}. Raise the journal's limits.");
    }

    /// <summary>Takes facts in, to be saved next, with the interpreter after them; why not, where they are too large to be stored: nothing changes then.</summary>
    private string? TryNote(EquatableArray<SessionEvent> facts, long dumpBytes = 0)
    {
        var now = engine.Time.GetUtcNow();
        List<JournalRecord> next = [.. records];
        foreach (var fact in facts) next.Add(RecordCodec.Encode(fact, version + next.Count + 1, now));
        if (engine.Journal.Limits.WhyTooLarge(next, dumpBytes) is { } tooLarge) return tooLarge;
        state = SessionFold.Apply(state, facts);
        unsaved.AddRange(facts);
        records.AddRange(next[records.Count..]);
        return null;
    }

    private async Task SaveAsync(TaskCompletionSource<SessionReply>? reply)
    {
        var now = engine.Time.GetUtcNow();
        var next = version + records.Count;
        var dump = interpreter.ToStore(next, isFeedOpen: state.Feed is not null);
        if (dump is not null && engine.Journal.Limits.WhyTooLarge(records, dump.Content.Length) is not null) dump = null; // one that was not looked at after its turn: the story has it
        Require(await engine.AppendAsync(new SessionAppend(id, version, engine.Epoch, [.. records], Summary(now), dump)).ConfigureAwait(false));
        var hasEnded = unsaved.Exists(f => f is FeedEnded or SessionClosed or Quarantined);
        engine.Saved(id, unsaved);
        unsaved.Clear();
        records.Clear();
        var before = version;
        version = next;
        if (dump is not null) interpreter.Stored();
        engine.Changed(id, state.DueAt, hasEnded);
        reply?.TrySetResult(new SessionReply.Accepted(version, state.FeedCount) { Before = before });
    }

    private void Require(AppendResult result)
    {
        if (result == AppendResult.Fenced) throw new SessionFencedException(id, engine.Epoch);
        if (result == AppendResult.VersionConflict) throw new JournalException($"An append to {id}, of which the store had not said whether it happened, happened after all. Send the command again under the same id.");
    }

    private SessionSummary Summary(DateTimeOffset now)
    {
        var open = state.Quarantine is null ? state.Feed?.Calls.Values.ToList() ?? [] : [];
        return new SessionSummary(
            state.Status, createdAt, now,
            IsActive: state.Status == SessionStatus.Running || open.Any(c => c.IsRunning),
            DueAt: state.DueAt,
            WaitingOn: open.Select(c => c.Name).Where(n => n.Length <= SessionSummary.MaxTagLength).Distinct(StringComparer.Ordinal).Take(SessionSummary.MaxWaitingOn).ToEquatableArray(),
            Labels: (state.Setup?.Labels ?? []).Distinct(StringComparer.Ordinal).ToEquatableArray());
    }

    private void Act(IEnumerable<SessionEffect> effects)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case SessionEffect.StartCall start when state.Feed is { } feed && feed.Number == start.Feed && feed.Calls.TryGetValue(start.CallId, out var call) && call.IsRunning:
                    Start(call, mayBeDone: start.Attempt > 1);
                    break;
                case SessionEffect.StopCall stop when calls.Remove((stop.Feed, stop.CallId), out var actor):
                    _ = actor.KillAsync();
                    break;
            }
        }
    }

    private void Start(OpenCall call, bool mayBeDone)
    {
        var feed = state.Feed!.Number;
        var tool = call.IsForFiles ? null : engine.Tools.Find(call.Name);
        Func<MontyAnswer>? changeFiles = null;
        if (call.IsForFiles)
        {
            os.Open(); // where that fails, this actor does, and is tried again
            changeFiles = () => os.Change(call, mayBeDone);
        }
        else if (tool is not { Handler: not null })
        {
            _ = SendAsync(new SessionMessage.CallEnded(new EndCallCommand(feed, call.CallId, MontyAnswer.Raise("RuntimeError", $"the engine has no handler for {call.Name} any more"))), CancellationToken.None).AsTask();
            return;
        }

        var actor = calls[(feed, call.CallId)] = new CallActor(id, feed, call, tool, changeFiles, engine.Options, ended => engine.CallEndedAsync(id, ended));
        actor.TrySend(actor.Attempt);
    }
}
