using Monty.Actors.Records;
using Monty.Interop;

namespace Monty.Actors.Engine;

/// <summary>One live session: takes commands, runs the turns that are due, makes durable what they led to, and only then answers and acts.</summary>
/// <remarks>It recovers itself from the journal at its first message. When the journal fails it ends, as what is durable is unknown then; whoever sends next finds a new one.</remarks>
internal sealed class SessionActor(SessionId id, MontyEngine engine) : Actor<SessionMessage>(MailboxSize)
{
    private const int MailboxSize = 256;
    private readonly Dictionary<(int Feed, uint CallId), CallActor> calls = [];
    private readonly List<SessionEvent> unsaved = [];
    private readonly List<JournalRecord> records = [];
    private SessionState state = SessionState.None;
    private readonly Interpreter interpreter = new(engine.Turns, engine.Options, engine.RuntimeVersion);
    private DateTimeOffset createdAt;
    private long version;
    private bool isLoaded;
    private CancellationTokenSource? turn;
    private int interrupts;

    /// <summary>When the last message was handled, as a timestamp of the engine's clock.</summary>
    public long LastUsed { get; private set; } = engine.Time.GetTimestamp();

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

    /// <inheritdoc/>
    protected override async ValueTask ReceiveAsync(SessionMessage message)
    {
        try
        {
            if (!isLoaded) await LoadAsync().ConfigureAwait(false);
            switch (message)
            {
                case SessionMessage.Command command:
                    if (command.What is CancelCommand or CloseCommand) Interlocked.Decrement(ref interrupts);
                    await TakeAsync(command.What, command.Reply).ConfigureAwait(false);
                    break;
                case SessionMessage.Offer offer:
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
                    if (state.Setup is not null) await TakeAsync(new TickCommand(engine.Time.GetUtcNow()), reply: null).ConfigureAwait(false);
                    break;
                case SessionMessage.Passivate passivate when LastUsed <= passivate.UnusedSince && calls.Count == 0:
                    StopSelf();
                    return;
            }

            await RunTurnsAsync(reply: null).ConfigureAwait(false);
            if (state.IsClosed || state.Setup is null) StopSelf();
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
        failure ??= new ObjectDisposedException("The engine stopped before the command was applied. Send it again to the next one.", innerException: null);
        if (message is SessionMessage.Offer { Reply: var offer }) offer.TrySetException(failure);
        if (message is SessionMessage.Command { Reply: var reply }) reply.TrySetException(failure);
        if (message is SessionMessage.Begin { Reply: var begun }) begun.TrySetException(failure);
    }

    /// <inheritdoc/>
    protected override ValueTask EndAsync(Exception? failure)
    {
        interpreter.LetGo();
        engine.Ended(id, this, failure);
        return ValueTask.CompletedTask;
    }

    private async Task LoadAsync()
    {
        switch (await engine.Journal.ClaimAsync(id, engine.Epoch, Killed).ConfigureAwait(false))
        {
            case ClaimResult.Fenced fenced:
                throw new SessionFencedException(id, fenced.Epoch);
            case ClaimResult.Claimed { Head: var head }:
                await RecoverAsync(head).ConfigureAwait(false);
                engine.Recovered(id);
                break;
        }

        isLoaded = true;
    }

    private async Task RecoverAsync(SessionHead head)
    {
        createdAt = head.Summary.CreatedAt;
        var story = await ReadStoryAsync(head.Version, Killed).ConfigureAwait(false);
        state = SessionFold.Apply(SessionState.None, story);
        version = head.Version;
        if (state.IsClosed) return;
        var (dump, dumpVersion) = head.Dump is { } stored && stored.Runtime == engine.RuntimeVersion ? (new MontyDump(stored.Content), stored.Version) : (null, 0);
        interpreter.Set(dump, isStored: true);
        if (dumpVersion < version && state.Quarantine is null) await RebuildAsync(story, dumpVersion).ConfigureAwait(false);
        if (state.Quarantine is not null) return;
        foreach (var call in state.Feed?.Calls.Values.Where(c => c.IsRunning && !calls.ContainsKey((state.Feed.Number, c.CallId))) ?? []) Start(call, call.FailedAttempts + 1);
    }

    /// <summary>Recovers a session that is released: in quarantine its interpreter is missing or behind the story, and handlers were not started.</summary>
    private async Task ReloadAsync(TaskCompletionSource<SessionReply>? reply)
    {
        await SaveAsync(reply).ConfigureAwait(false);
        isLoaded = false;
        await LoadAsync().ConfigureAwait(false);
    }

    /// <summary>Brings the interpreter to where the story is; quarantines the session where that cannot be done.</summary>
    private async Task RebuildAsync(List<SessionEvent> story, long dumpVersion)
    {
        try
        {
            await RebuildAsync(story, interpreter.Dump, dumpVersion, Killed).ConfigureAwait(false);
        }
        catch (RebuildException difference)
        {
            await QuarantineAsync("the interpreter could not be rebuilt as the story says", difference.Message).ConfigureAwait(false);
        }
        catch (MontyWorkerException dead) when (TurnRunner.IsOfTheTurn(dead))
        {
            await QuarantineAsync("a worker died while the interpreter was rebuilt", dead.Message).ConfigureAwait(false);
        }
    }

    /// <summary>Runs the turns that a dump lacks, or all of them where the runtime refuses it.</summary>
    private async Task RebuildAsync(List<SessionEvent> story, MontyDump? dump, long dumpVersion, CancellationToken cancellationToken)
    {
        MontyDump? rebuilt;
        try
        {
            rebuilt = await new Rebuild(engine.Turns, id).RunAsync(story, dump, dumpVersion, cancellationToken).ConfigureAwait(false);
        }
        catch (MontyDumpException) when (dump is not null)
        {
            rebuilt = await new Rebuild(engine.Turns, id).RunAsync(story, null, 0, cancellationToken).ConfigureAwait(false);
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
            Require(await engine.Journal.AppendAsync(await offer.ToAppendAsync(id, engine, Killed).ConfigureAwait(false), CancellationToken.None).ConfigureAwait(false));
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
            if (TryNote(concluded.Facts, run.Dump?.Bytes.Length ?? 0) is { } tooLarge)
            {
                concluded = SessionCore.Conclude(state, TooLarge(tooLarge), engine.Tools.Catalog, engine.Time.GetUtcNow());
                Note(concluded.Facts);
                if (run.Kept is { } kept && kept != interpreter.Kept) engine.Turns.Release(kept);
                interpreter.LetGo();
            }
            else if (run.Outcome is TurnOutcome.Ran && !concluded.Facts.Any(f => f is FeedStopping))
            {
                interpreter.Take(run, version);
            }
            else
            {
                interpreter.LetGo(); // a turn that passed a limit does not count
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
            var quarantined = new Acceptance.Accepted([new Quarantined("the interpreter could not be rebuilt as the story says", difference.Message)], []);
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
        try
        {
            if (interpreter.IsLost) await RebuildAsync(await ReadStoryAsync(version, cancellationToken).ConfigureAwait(false), interpreter.Dump, interpreter.DumpVersion, cancellationToken).ConfigureAwait(false);
            try
            {
                return await engine.Turns.RunAsync(id, state, interpreter.Dump, interpreter.Kept, cancellationToken).ConfigureAwait(false);
            }
            catch (MontyDumpException)
            {
                // Made by another runtime, or damaged: the story has what it held.
                await RebuildAsync(await ReadStoryAsync(version, cancellationToken).ConfigureAwait(false), null, 0, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (MontyWorkerException dead) when (TurnRunner.IsOfTheTurn(dead))
        {
            return new TurnRun(new TurnOutcome.WorkerDied($"While the interpreter was rebuilt: {dead.Message}"), null, null);
        }

        return await engine.Turns.RunAsync(id, state, interpreter.Dump, null, cancellationToken).ConfigureAwait(false);
    }

    private async Task<List<SessionEvent>> ReadStoryAsync(long upTo, CancellationToken cancellationToken)
    {
        var story = new List<SessionEvent>();
        await foreach (var stored in engine.ReadAsync(id, 0, upTo, cancellationToken).ConfigureAwait(false)) story.Add(stored.Event);
        return story;
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
        Require(await engine.Journal.AppendAsync(new SessionAppend(id, version, engine.Epoch, [.. records], Summary(now), dump), CancellationToken.None).ConfigureAwait(false));
        var hasEnded = unsaved.Exists(f => f is FeedEnded or SessionClosed);
        unsaved.Clear();
        records.Clear();
        version = next;
        if (dump is not null) interpreter.Stored();
        engine.Changed(id, state.DueAt, hasEnded);
        reply?.TrySetResult(new SessionReply.Accepted(version, state.FeedCount));
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
                    Start(call, start.Attempt);
                    break;
                case SessionEffect.StopCall stop when calls.Remove((stop.Feed, stop.CallId), out var actor):
                    _ = actor.KillAsync();
                    break;
            }
        }
    }

    private void Start(OpenCall call, int attempt)
    {
        var feed = state.Feed!.Number;
        if (engine.Tools.Find(call.Name) is not { Handler: not null } tool)
        {
            _ = SendAsync(new SessionMessage.CallEnded(new EndCallCommand(feed, call.CallId, MontyAnswer.Raise("RuntimeError", $"the engine has no handler for {call.Name} any more"))), CancellationToken.None).AsTask();
            return;
        }

        var actor = calls[(feed, call.CallId)] = new CallActor(id, feed, call, tool, engine.Options, async ended => await SendAsync(ended, CancellationToken.None).ConfigureAwait(false));
        Adopt(actor);
        actor.TrySend(attempt);
    }
}
