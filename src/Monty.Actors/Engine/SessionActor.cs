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
    private SessionState state = SessionState.None;
    private MontyDump? interpreter;
    private DateTimeOffset createdAt;
    private long version;
    private long dumpVersion;
    private int turnsSinceDump;
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
        if (message is SessionMessage.Command { Reply: var reply }) reply.TrySetException(failure ?? new ObjectDisposedException("The engine stopped before the command was applied. Send it again to the next one.", innerException: null));
    }

    /// <inheritdoc/>
    protected override ValueTask EndAsync(Exception? failure)
    {
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
        state = Fold(story);
        version = head.Version;
        if (state.IsClosed) return;
        if (head.DumpProblem is { } problem) engine.Report($"{problem} The interpreter of {id} is rebuilt from the story.", null);
        if (head.Dump is { } dump && dump.Runtime == engine.RuntimeVersion) (interpreter, dumpVersion) = (new MontyDump(dump.Content), dump.Version);
        if (dumpVersion < version && state.Quarantine is null) await RebuildAsync(story).ConfigureAwait(false);
        if (state.Quarantine is not null) return;
        foreach (var call in state.Feed?.Calls.Values.Where(c => c.IsRunning && !calls.ContainsKey((state.Feed.Number, c.CallId))) ?? []) Start(call, call.FailedAttempts + 1);
    }

    /// <summary>Recovers a session that is released: in quarantine its interpreter is missing or behind the story, and handlers were not started.</summary>
    private async Task ReloadAsync(TaskCompletionSource<SessionReply>? reply)
    {
        await SaveAsync(reply).ConfigureAwait(false);
        (interpreter, dumpVersion, turnsSinceDump, isLoaded) = (null, 0, 0, false);
        await LoadAsync().ConfigureAwait(false);
    }

    /// <summary>Brings the interpreter to where the story is; quarantines the session where that cannot be done.</summary>
    private async Task RebuildAsync(List<SessionEvent> story)
    {
        try
        {
            try
            {
                interpreter = await new Rebuild(engine.Turns).RunAsync(story, interpreter, dumpVersion, Killed).ConfigureAwait(false);
            }
            catch (MontyDumpException) when (dumpVersion > 0)
            {
                (interpreter, dumpVersion) = (await new Rebuild(engine.Turns).RunAsync(story, null, 0, Killed).ConfigureAwait(false), 0);
            }

            turnsSinceDump = engine.Options.LargeDumpTurns; // what was rebuilt is stored with the next append
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

    private async Task QuarantineAsync(string reason, string evidence)
    {
        (interpreter, dumpVersion) = (null, 0);
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
                Note(accepted.Facts);
                if (command is ReleaseCommand) await ReloadAsync(reply).ConfigureAwait(false);
                await RunTurnsAsync(reply).ConfigureAwait(false);
                if (unsaved.Count > 0) await SaveAsync(reply).ConfigureAwait(false);
                Act(accepted.Effects);
                break;
        }
    }

    /// <summary>Runs what is due, turn after turn; each is one append, with what led to it.</summary>
    private async Task RunTurnsAsync(TaskCompletionSource<SessionReply>? reply)
    {
        while (SessionCore.TurnDue(state) is not null && await RunTurnAsync(reply).ConfigureAwait(false) is { } concluded)
        {
            Note(concluded.Facts);
            await SaveAsync(reply).ConfigureAwait(false);
            Act(concluded.Effects);
        }
    }

    /// <summary>Runs one turn; null when it was interrupted and does not count.</summary>
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
            if (!concluded.Facts.Any(f => f is FeedStopping)) interpreter = run.Dump; // a turn that passed a limit does not count
            turnsSinceDump++;
            return concluded;
        }
        catch (OperationCanceledException) when (source.IsCancellationRequested && !Killed.IsCancellationRequested)
        {
            return null;
        }
        catch (RebuildException difference)
        {
            return new Acceptance.Accepted([new Quarantined("the interpreter could not be rebuilt as the story says", difference.Message)], []);
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
        try
        {
            return await engine.Turns.RunAsync(id, state, interpreter, cancellationToken).ConfigureAwait(false);
        }
        catch (MontyDumpException)
        {
            // Made by another runtime, or damaged: the story has what it held.
            try
            {
                interpreter = await new Rebuild(engine.Turns).RunAsync(await ReadStoryAsync(version, cancellationToken).ConfigureAwait(false), null, 0, cancellationToken).ConfigureAwait(false);
            }
            catch (MontyWorkerException dead) when (TurnRunner.IsOfTheTurn(dead))
            {
                return new TurnRun(new TurnOutcome.WorkerDied($"While the interpreter was rebuilt: {dead.Message}"), interpreter);
            }

            return await engine.Turns.RunAsync(id, state, interpreter, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<List<SessionEvent>> ReadStoryAsync(long upTo, CancellationToken cancellationToken)
    {
        var story = new List<SessionEvent>();
        await foreach (var stored in engine.ReadAsync(id, 0, upTo, cancellationToken).ConfigureAwait(false)) story.Add(stored.Event);
        if (story.Count != upTo) throw new JournalUnreadableException($"The story of {id} ends with record {story.Count}, and it had {upTo}. Restore its records from a backup.");
        return story;
    }

    private SessionState Fold(List<SessionEvent> story)
    {
        try
        {
            return SessionFold.Apply(SessionState.None, story);
        }
        catch (InvalidOperationException broken)
        {
            throw new JournalUnreadableException($"{broken.Message} {id} cannot go on. Restore its records from a backup.", broken);
        }
    }

    private async Task<bool> EndsSoonAsync(Task running)
    {
        using var delay = CancellationTokenSource.CreateLinkedTokenSource(Killed);
        // A wait on the engine's clock, which the end of the turn cuts short.
        var first = await Task.WhenAny(running, Task.Delay(engine.Options.AnswerFirstAfter, engine.Time, delay.Token)).ConfigureAwait(false);
        await delay.CancelAsync().ConfigureAwait(false);
        return first == running;
    }

    private void Note(IEnumerable<SessionEvent> facts)
    {
        foreach (var fact in facts)
        {
            state = SessionFold.Apply(state, fact);
            unsaved.Add(fact);
        }
    }

    private async Task SaveAsync(TaskCompletionSource<SessionReply>? reply)
    {
        var now = engine.Time.GetUtcNow();
        var records = unsaved.Select((fact, i) => RecordCodec.Encode(fact, version + i + 1, now)).ToList();
        var next = version + records.Count;
        var dump = DumpToStore(next);
        switch (await engine.Journal.AppendAsync(new SessionAppend(id, version, engine.Epoch, records, Summary(now), dump), CancellationToken.None).ConfigureAwait(false))
        {
            case AppendResult.Fenced:
                throw new SessionFencedException(id, engine.Epoch);
            case AppendResult.VersionConflict:
                throw new JournalException($"An append to {id}, of which the store had not said whether it happened, happened after all. Send the command again under the same id.");
        }

        var hasEnded = unsaved.Exists(f => f is FeedEnded or SessionClosed);
        unsaved.Clear();
        version = next;
        if (dump is not null) (dumpVersion, turnsSinceDump) = (next, 0);
        engine.Changed(id, state.DueAt, hasEnded);
        reply?.TrySetResult(new SessionReply.Accepted(version, state.FeedCount));
    }

    /// <summary>The dump to store beside the facts; null where none changed, or where it is large and not due yet.</summary>
    private JournalDump? DumpToStore(long next)
    {
        if (interpreter is null || turnsSinceDump == 0) return null;
        if (interpreter.Bytes.Length > engine.Options.MaxInlineDump && turnsSinceDump < engine.Options.LargeDumpTurns && state.Feed is not null) return null;
        return new JournalDump(next, engine.RuntimeVersion, interpreter.Bytes);
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

        var actor = calls[(feed, call.CallId)] = new CallActor(id, feed, call, tool, engine.Time, async ended => await SendAsync(ended, CancellationToken.None).ConfigureAwait(false));
        Adopt(actor);
        actor.TrySend(attempt);
    }
}
