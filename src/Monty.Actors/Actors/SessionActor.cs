using Akka.Actor;
using Akka.Persistence;
using Monty.Actors.Persistence;
using Monty.Actors.Tools;
using Monty.Actors.Turns;
using Monty.Interop;

namespace Monty.Actors.Actors;

/// <summary>A session in memory. It recovers from its history, applies commands, runs turns, and stores the events of each step before it replies.</summary>
/// <remarks>
/// <para>The session has two states. The <em>stored</em> state follows from the history; refusals and reads use it. The <em>staged</em> state includes the
/// decisions that are not stored yet. A successful append makes the staged state the stored one. A failure or cancellation drops it, and it was never
/// visible.</para>
/// <para>Behaviors: <em>Recovering</em>, <em>Ready</em> (accepts a command), <em>Turning</em> (a turn runs on a worker; only cancel and close are accepted)
/// and <em>Persisting</em> (Akka keeps all messages until the append has completed).</para>
/// </remarks>
internal sealed class SessionActor : ReceivePersistentActor, IWithTimers
{
    private const string StageTimer = "stage";
    private const string RetryTimer = "retry";
    private readonly SessionId id;
    private readonly SessionEntitySettings settings;
    private readonly SessionFiles files;
    private readonly bool isFirst;
    private readonly PendingEvents pending;
    private readonly SessionTurns turns;
    private readonly List<long> unanswered = [];
    private readonly List<Execute> interrupts = [];
    private CancellationTokenSource? turn;
    private Action? afterAppend;
    private string? unreadable;
    private bool isStopping;
    private bool isReadyTold;
    private int turnFailures;
    private long lastSnapshot;
    private long appendStarted;
    private long turnStarted;
    private bool isSnapshotSaving;

    /// <param name="id">The session.</param>
    /// <param name="settings">The parts that sessions run with.</param>
    /// <param name="files">The session's files.</param>
    /// <param name="isFirst">
    /// True for the first incarnation in this process. A later one follows a storage failure, which does not count against the session's turn.
    /// </param>
    public SessionActor(SessionId id, SessionEntitySettings settings, SessionFiles files, bool isFirst)
    {
        this.id = id;
        this.isFirst = isFirst;
        this.settings = settings;
        this.files = files;
        pending = new PendingEvents(id, settings.Limits, settings.Time);
        turns = new SessionTurns(id, settings, files);
        PersistenceId = PersistenceIds.For(id);
        JournalPluginId = settings.Options.JournalPluginId;
        SnapshotPluginId = settings.Options.SnapshotPluginId;
        Recovering();
    }

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private SessionState State => pending.Staged;

    /// <inheritdoc/>
    protected override void PostStop()
    {
        CancelTurn();
        turns.Dispose();
        base.PostStop();
    }

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        RecordAppend();
        Context.Parent.Tell(new StorageFailed(cause)); // Akka stops the actor after this call
    }

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        RecordAppend();
        Context.Parent.Tell(new AppendRejected(cause is SessionFencedException, cause));
        Context.Stop(Self); // the sequence number is used up, so continuing would leave a gap
    }

    /// <inheritdoc/>
    protected override void OnRecoveryFailure(Exception reason, object? message = null) => Context.Parent.Tell(new StorageFailed(reason));

    // ---- Recovering ----

    private void Recovering()
    {
        Recover<SnapshotOffer>(offer => RecoverSnapshot((SessionSnapshot)offer.Snapshot));
        Recover<SessionChange>(RecoverChange);
        Recover<UnreadableChange>(change => unreadable ??= $"change {LastSequenceNr}: {change.Reason}");
        Recover<RecoveryCompleted>(_ => RecoveryCompleted());
    }

    private void RecoverSnapshot(SessionSnapshot snapshot)
    {
        if (snapshot.Session != id)
        {
            unreadable ??= $"its snapshot at change {snapshot.SequenceNumber} belongs to another session";
            return;
        }

        pending.Recover(snapshot);
        turns.Recover(snapshot.Dump, snapshot.SequenceNumber);
        lastSnapshot = snapshot.SequenceNumber;
    }

    private void RecoverChange(SessionChange change)
    {
        if (unreadable is not null)
        {
            return;
        }

        if (change.Session != id || change.SequenceNumber != LastSequenceNr)
        {
            unreadable = $"change {LastSequenceNr} is change {change.SequenceNumber} of {change.Session}: it was moved";
            return;
        }

        try
        {
            pending.Recover(change);
            turns.Recover(change.Dump, change.SequenceNumber);
        }
        catch (InvalidOperationException broken)
        {
            unreadable = $"change {LastSequenceNr}: {broken.Message}";
        }
    }

    private void RecoveryCompleted()
    {
        if (unreadable is not null)
        {
            Context.Parent.Tell(new SessionUnreadable(unreadable));
            Context.Stop(Self);
            return;
        }

        turns.RecoveryCompleted(LastSequenceNr);
        if (LastSequenceNr > 0)
        {
            MontyEngineTelemetry.CountRecovery();
            Context.System.EventStream.Publish(new SessionAppended(id, CanEndWait: true)); // the last append may have been stored without a reply
        }

        if (pending.Stored.HasFiles)
        {
            files.MarkStale();
        }

        Become(Ready);
        if (isFirst && SessionDecider.Resume(State) is { } resumed)
        {
            pending.Stage(resumed.Events);
        }

        Tell(Advanced([], OpenCalls.Of(pending.Stored)) with { IsRecovered = true });
        if (pending.HasStaged)
        {
            Append(); // before the turn runs, so that the attempt is counted if the turn ends the process
        }
        else
        {
            Continue();
        }
    }

    // ---- Ready ----

    private bool Ready(object message)
    {
        switch (message)
        {
            case Execute execute:
                ExecuteNext(execute);
                return true;
            case RetryTurn:
                Continue();
                return true;
            case StopTurns:
                isStopping = true;
                return true;
            case StopSession:
                Stop();
                return true;
            default:
                return IgnoreOther(message);
        }
    }

    private void ExecuteNext(Execute execute)
    {
        isReadyTold = false;
        switch (execute.Request)
        {
            case SessionCommand command:
                Apply(execute.Token, command);
                Continue();
                break;
            case GetForkSource fork:
                OfferFork(execute.Token, fork.Command);
                break;
            case StartAsFork start:
                BeginAsFork(execute.Token, start.Source);
                break;
        }
    }

    /// <summary>Decides a command: refuses it, or stages its events.</summary>
    private void Apply(long token, SessionCommand command)
    {
        switch (SessionDecider.Decide(State, command))
        {
            case Decision.Refused refused:
                Reply(token, new SessionReply.Refused(refused.Refusal, refused.Message));
                break;
            case Decision.Repeated repeated:
                Reply(token, new SessionReply.Repeated(pending.Version, repeated.Recorded));
                break;
            case Decision.Accepted accepted when pending.TryStage(accepted.Events) is { } tooLarge:
                RefuseTooLarge(token, command, tooLarge);
                break;
            case Decision.Accepted:
                unanswered.Add(token);
                break;
        }
    }

    private void RefuseTooLarge(long token, SessionCommand command, string why)
    {
        if (command is EndCallCommand ended)
        {
            Apply(token, ended with { Answer = MontyAnswer.Raise("RuntimeError", $"the host's answer cannot be stored: {why}") });
            return;
        }

        Reply(
            token,
            new SessionReply.Refused(SessionRefusal.TooLarge, $"The command cannot be stored: {why}. Send less, or raise MaxChangeBytes.")
        );
    }

    /// <summary>Starts the next step: a turn, an append, or nothing.</summary>
    private void Continue()
    {
        if (MayTurn())
        {
            StartTurn();
        }
        else if (pending.HasStaged)
        {
            Append();
        }
        else
        {
            Become(Ready);
            Stash.UnstashAll();
            if (!isReadyTold)
            {
                Tell(Advanced([], null));
            }
        }
    }

    private bool MayTurn() => !isStopping && !Timers.IsTimerActive(RetryTimer) && SessionDecider.NextTurn(State) is not null;

    // ---- Turning ----

    private void StartTurn()
    {
        turn = new CancellationTokenSource();
        turns
            .RunAsync(State, LastSequenceNr, turn.Token)
            .PipeTo(Self, success: run => ToMessage(run), failure: failure => new TurnNotRun(failure));
        turnStarted = settings.Time.GetTimestamp();
        if (pending.HasStaged && !Timers.IsTimerActive(StageTimer))
        {
            Timers.StartSingleTimer(StageTimer, StageElapsed.Instance, settings.Options.AnswerFirstAfter);
        }

        Become(Turning);
    }

    private static TurnEnded ToMessage(TurnRun run) =>
        run.Outcome is not TurnOutcome.Ran ran
            ? new TurnEnded.TurnLost(run)
            : ran.Progress switch
            {
                MontyFunctionCall => new TurnEnded.FunctionCalled(run),
                MontyOsCall => new TurnEnded.OsCalled(run),
                MontyNameLookup => new TurnEnded.NameLookedUp(run),
                MontyResolveFutures => new TurnEnded.FuturesAwaited(run),
                MontyComplete => new TurnEnded.Completed(run),
                MontyFailed => new TurnEnded.Failed(run),
                MontyTypingFailed => new TurnEnded.TypingFailed(run),
                _ => throw new ArgumentException($"A turn cannot end at {ran.Progress.GetType().Name}.", nameof(run)),
            };

    private bool Turning(object message)
    {
        switch (message)
        {
            case TurnEnded ended:
                Conclude(ended.Run);
                return true;
            case TurnNotRun notRun:
                TurnFailed(notRun.Failure);
                return true;
            case StageElapsed:
                AnswerFirst();
                return true;
            case Execute execute:
                Interrupt(execute);
                return true;
            case StopTurns:
                isStopping = true;
                CancelTurn();
                return true;
            case StopSession:
                Stop();
                return true;
            default:
                return IgnoreOther(message);
        }
    }

    /// <summary>Stores the command before its turn has ended, because the turn takes long and the sender need not wait for it.</summary>
    private void AnswerFirst()
    {
        var left = settings.Options.AnswerFirstAfter - settings.Time.GetElapsedTime(turnStarted);
        if (pending.HasStaged && left > TimeSpan.Zero)
        {
            Timers.StartSingleTimer(StageTimer, StageElapsed.Instance, left); // the timer was started for an earlier turn
        }
        else if (pending.HasStaged)
        {
            afterAppend = () => Become(Turning);
            Append();
        }
    }

    /// <summary>
    /// Ends the turn for a command that overtakes: cancel or close. Any other command, which arrived while a turn was tried again, waits for the end of the
    /// turn.
    /// </summary>
    private void Interrupt(Execute execute)
    {
        if (execute.Request is not (CancelCommand or CloseCommand))
        {
            Stash.Stash();
            return;
        }

        interrupts.Add(execute);
        CancelTurn();
    }

    private void CancelTurn()
    {
        if (turn is { } running)
        {
            _ = HandlerCancellation.RunAsync(running.CancelAsync, id, settings.Options); // the turn may be in a read-only tool
        }
    }

    private void EndTurn()
    {
        if (turn is { IsCancellationRequested: false })
        {
            turn.Dispose(); // otherwise callbacks of the cancellation may still run
        }

        turn = null;
    }

    /// <summary>Processes the result of a turn, unless the turn was interrupted.</summary>
    private void Conclude(TurnRun run)
    {
        EndTurn();
        turnFailures = 0;
        if (interrupts.Count > 0 || isStopping)
        {
            turns.Discard(run);
            ApplyInterrupts();
            return;
        }

        var outcome = run.Outcome;
        Decision.Accepted concluded;
        try
        {
            concluded = ApplyTurnOutcome(outcome);
        }
        catch (MontySizeException tooLargeForAnyStore)
        {
            outcome = TooLarge(tooLargeForAnyStore.Message);
            concluded = ApplyTurnOutcome(outcome);
        }

        var counts = outcome is TurnOutcome.Ran && !concluded.Events.Any(e => e is FeedStopping or WorkerCrashed); // a turn that exceeded a limit does not count
        var dumpBytes = turns.InlineDumpBytes(run);
        if (pending.TryStage(concluded.Events, dumpBytes) is { } tooLarge)
        {
            if (pending.HasStaged)
            {
                afterAppend = () => Conclude(run); // two appends, if the events do not fit into one
                Append();
                return;
            }

            counts = false;
            concluded = ApplyTurnOutcome(TooLarge(tooLarge));
            pending.Stage(concluded.Events);
        }

        if (counts)
        {
            turns.Keep(run, LastSequenceNr);
            files.Keep();
        }
        else
        {
            turns.Discard(run);
        }

        Append();
    }

    private void ApplyInterrupts()
    {
        foreach (var execute in interrupts)
        {
            Apply(execute.Token, (SessionCommand)execute.Request);
        }

        interrupts.Clear();
        Continue();
    }

    /// <summary>Decides how to continue after a turn that could not be run.</summary>
    private void TurnFailed(Exception failure)
    {
        EndTurn();
        turns.Discard(null);
        if (interrupts.Count > 0 || isStopping)
        {
            ApplyInterrupts();
            return;
        }

        if (failure is ReplayMismatchException mismatch)
        {
            Quarantine(mismatch);
            return;
        }

        settings.Problems.TurnsFailed(id, failure);
        turnFailures++;
        Timers.StartSingleTimer(RetryTimer, RetryTurn.Instance, Backoff.After(turnFailures));
        Continue(); // the command is stored in the meantime
    }

    private void Quarantine(ReplayMismatchException mismatch)
    {
        pending.Stage([new SessionQuarantined("a replay differed from the history", mismatch.Message)]);
        Append();
    }

    private Decision.Accepted ApplyTurnOutcome(TurnOutcome outcome) =>
        SessionDecider.ApplyTurnOutcome(State, outcome, settings.Tools.Catalog, settings.Time.GetUtcNow());

    private static TurnOutcome.Discarded TooLarge(string why) =>
        new(
            new FeedOutcome.Failed(new PythonError("RuntimeError", $"the events of the turn cannot be stored: {why}"), FailureOrigin.Limit)
        );

    // ---- Persisting ----

    private void Append()
    {
        var sequenceNumber = LastSequenceNr + 1;
        var change = pending.ToChange(sequenceNumber, settings.Epoch, turns.DumpToStore(sequenceNumber));
        appendStarted = settings.Time.GetTimestamp();
        Become(Persisting);
        Persist(change, Appended);
    }

    /// <summary>Akka keeps all messages until the append has completed.</summary>
    private bool Persisting(object message) => IgnoreOther(message);

    private void Appended(SessionChange change)
    {
        var before = pending.Version;
        pending.Commit(change);
        turns.Stored(change);
        RecordAppend();
        foreach (var @event in change.Events)
        {
            MontyEngineTelemetry.Count(@event);
            if (@event is SessionQuarantined { Reason: var reason })
            {
                settings.Problems.Report(
                    $"{id} is quarantined: {reason}. Its history contains the evidence. Send a ReleaseCommand to let it continue.",
                    null
                );
            }
        }

        var canEndWait = change.Events.Any(e => e is FeedEnded or SessionQuarantined or SessionClosed);
        Context.System.EventStream.Publish(new SessionAppended(id, canEndWait));
        var replies = new Executed[unanswered.Count];
        for (var i = 0; i < replies.Length; i++)
        {
            replies[i] = new Executed(unanswered[i], new SessionReply.Accepted(pending.Version, State.FeedCount) { Before = before });
        }

        unanswered.Clear();
        var next = afterAppend;
        afterAppend = null;
        Tell(Advanced(replies, OpenCalls.Of(pending.Stored)) with { IsReady = next is null && !MayTurn() });
        SaveSnapshotIfDue();
        if (next is not null)
        {
            next();
        }
        else
        {
            Continue();
        }
    }

    private void RecordAppend()
    {
        if (MontyEngineTelemetry.MeasuresAppends)
        {
            MontyEngineTelemetry.RecordAppend(settings.Time.GetElapsedTime(appendStarted));
        }
    }

    // ---- Forks ----

    private void OfferFork(long token, ForkCommand command)
    {
        var refusal = SessionFork.WhyRefused(State, command);
        if (refusal is null && turns.IsBehind)
        {
            CatchUp(new Execute(token, new GetForkSource(command)));
            return;
        }

        Reply(
            token,
            new ForkSource(id, command)
            {
                Refusal = refusal,
                Version = pending.Version,
                SequenceNumber = LastSequenceNr,
                Dump = turns.Dump,
            }
        );
    }

    /// <summary>Brings the interpreter up to the end of the history without a turn, and then runs a request.</summary>
    private void CatchUp(Execute then)
    {
        turn = new CancellationTokenSource();
        turns
            .CatchUpAsync(LastSequenceNr, turn.Token)
            .PipeTo(Self, success: () => CaughtUp.Instance, failure: failure => new TurnNotRun(failure));
        Become(message => CatchingUp(message, then));
    }

    private bool CatchingUp(object message, Execute then)
    {
        switch (message)
        {
            case CaughtUp:
                EndTurn();
                Become(Ready);
                ExecuteNext(then);
                return true;
            case TurnNotRun notRun:
                CatchUpFailed(then, notRun.Failure);
                return true;
            case Execute execute:
                Interrupt(execute);
                return true;
            case StopTurns:
                isStopping = true;
                CancelTurn();
                return true;
            default:
                return IgnoreOther(message);
        }
    }

    private void CatchUpFailed(Execute then, Exception failure)
    {
        if (failure is ReplayMismatchException mismatch && interrupts.Count == 0 && !isStopping)
        {
            EndTurn();
            afterAppend = () =>
            {
                Become(Ready);
                ExecuteNext(then); // is refused now
            };
            Quarantine(mismatch);
            return;
        }

        Reply(then.Token, new Status.Failure(failure));
        TurnFailed(failure);
    }

    private void BeginAsFork(long token, ForkSource source)
    {
        switch (SessionFork.Decide(State, source.Event, source.Refusal))
        {
            case Decision.Refused refused:
                Reply(token, new SessionReply.Refused(refused.Refusal, refused.Message));
                break;
            case Decision.Repeated:
                Reply(token, new SessionReply.Repeated(pending.Version, Recorded: null));
                break;
            case Decision.Accepted when pending.TryStage([.. source.History, source.Event], source.Dump?.Bytes.Length ?? 0) is { } tooLarge:
                Reply(token, new SessionReply.Refused(SessionRefusal.TooLarge, $"The fork cannot be stored: {tooLarge}."));
                break;
            case Decision.Accepted:
                turns.StartFrom(source.Dump);
                unanswered.Add(token);
                Append();
                break;
        }
    }

    // ---- Snapshots and passivation ----

    private void SaveSnapshotIfDue()
    {
        if (!isSnapshotSaving && (LastSequenceNr - lastSnapshot >= settings.Options.SnapshotEvery || turns.NeedsSnapshot))
        {
            SaveSnapshotNow();
        }
    }

    private void SaveSnapshotNow()
    {
        isSnapshotSaving = true;
        lastSnapshot = LastSequenceNr;
        SaveSnapshot(
            new SessionSnapshot(
                id,
                LastSequenceNr,
                pending.Version,
                pending.CreatedAt,
                pending.Stored,
                turns.DumpForSnapshot(LastSequenceNr)
            )
        );
        turns.SnapshotSaved();
    }

    private void Stop()
    {
        if (SessionDecider.Suspend(pending.Stored) is { } suspended && !pending.HasStaged)
        {
            pending.Stage(suspended.Events);
            afterAppend = StopNow;
            Append();
            return;
        }

        StopNow();
    }

    private void StopNow()
    {
        if (turns.LosesWork(LastSequenceNr - lastSnapshot))
        {
            SaveSnapshotNow();
            Become(SavingLastSnapshot);
            return;
        }

        Context.Stop(Self);
    }

    private bool SavingLastSnapshot(object message)
    {
        var isOver = message switch
        {
            SaveSnapshotSuccess saved => saved.Metadata.SequenceNr == lastSnapshot,
            SaveSnapshotFailure failed => failed.Metadata.SequenceNr == lastSnapshot,
            _ => false,
        };
        if (isOver)
        {
            Context.Stop(Self);
            return true;
        }

        return IgnoreOther(message);
    }

    /// <summary>Processes the messages that mean the same in all states, or nothing any more.</summary>
    private bool IgnoreOther(object message)
    {
        switch (message)
        {
            case Probe:
                Context.Parent.Tell(NotWaiting.Instance);
                return true;
            case SaveSnapshotSuccess or SaveSnapshotFailure:
                isSnapshotSaving = false; // after a failure, the next one is tried after some more changes
                return true;
            case TurnEnded ended:
                turns.Discard(ended.Run); // the result of an abandoned turn
                return true;
            default:
                return message is StageElapsed or RetryTurn or TurnNotRun or CaughtUp or DeleteSnapshotsSuccess;
        }
    }

    private void Reply(long token, object reply) =>
        Tell(Advanced([new Executed(token, reply)], null) with { IsReady = interrupts.Count == 0 && !pending.HasStaged && !MayTurn() });

    private void Tell(SessionAdvanced advanced)
    {
        isReadyTold = advanced.IsReady;
        Context.Parent.Tell(advanced);
    }

    private SessionAdvanced Advanced(IReadOnlyList<Executed> replies, OpenCalls? calls) =>
        new(replies, calls, IsReady: !pending.HasStaged && !MayTurn())
        {
            IsOver = pending.Stored is { IsClosed: true } or { Setup: null },
            HasWork = SessionDecider.HasWork(pending.Stored),
        };

    private sealed record StageElapsed : INoSerializationVerificationNeeded
    {
        public static StageElapsed Instance { get; } = new();
    }

    private sealed record RetryTurn : INoSerializationVerificationNeeded
    {
        public static RetryTurn Instance { get; } = new();
    }

    private sealed record CaughtUp : INoSerializationVerificationNeeded, Akka.Event.IDeadLetterSuppression
    {
        public static CaughtUp Instance { get; } = new();
    }
}
