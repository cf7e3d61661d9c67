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
internal sealed partial class SessionActor : ReceivePersistentActor, IWithTimers
{
    private const string StageTimer = "stage";
    private const string RetryTimer = "retry";
    private const string AbandonTimer = "abandon";
    private readonly SessionId id;
    private readonly SessionEntitySettings settings;
    private readonly SessionFiles files;
    private readonly Incarnation incarnation;
    private readonly PendingEvents pending;
    private readonly SessionTurns turns;
    private readonly List<long> unanswered = [];
    private readonly List<Execute> interrupts = [];
    private CancellationTokenSource? turn;
    private TurnGate? gate;
    private Action? afterAppend;
    private string? unreadable;
    private bool isStopping;
    private bool isReadyTold;
    private bool isStuck;
    private bool mustCountTurn;
    private int turnFailures;
    private int turnFaults;
    private long lastSnapshot;
    private long recovered;
    private long appendStarted;
    private long turnStarted;
    private bool isSnapshotSaving;

    /// <param name="id">The session.</param>
    /// <param name="settings">The parts that sessions run with.</param>
    /// <param name="files">The session's files.</param>
    /// <param name="incarnation">The circumstances in which the actor starts.</param>
    public SessionActor(SessionId id, SessionEntitySettings settings, SessionFiles files, Incarnation incarnation)
    {
        this.id = id;
        this.incarnation = incarnation;
        isStuck = incarnation.IsStuck;
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
    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        Context.Parent.Tell(
            SessionFault.IsOutside(reason) ? new StorageFailed(reason) : new SessionFaulted(new SessionFault("the recovery", reason))
        ); // Akka stops the actor after this call

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
                return ReceiveInAnyState(message);
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
        if (ContentSize.WhyTooLarge(command, settings.Limits.MaxChangeBytes) is { } larger)
        {
            RefuseTooLarge(token, command, larger);
            return;
        }

        if (command.CommandId.Length > 0)
        {
            command = command with { SentAt = State.Commands.CorrectSentAt(command.SentAt, settings.Time.GetUtcNow()) };
        }

        switch (SessionDecider.Decide(State, command, settings.Tools.Catalog))
        {
            case Decision.Refused refused:
                Reply(token, new SessionReply.Refused(refused.Refusal, refused.Message));
                break;
            case Decision.Repeated repeated:
                Reply(token, new SessionReply.Repeated(pending.Version, repeated.Recorded));
                break;
            case Decision.Accepted accepted when command is CancelCommand or CloseCommand or ReleaseCommand:
                pending.Stage(accepted.Events); // always possible
                unanswered.Add(token);
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

    private bool MayTurn() => !isStopping && !isStuck && !Timers.IsTimerActive(RetryTimer) && SessionDecider.NextTurn(State) is not null;

    /// <summary>Processes messages that have the same meaning in all states, and late messages that no longer have an effect.</summary>
    private bool ReceiveInAnyState(object message)
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
                return message
                    is StageElapsed
                        or RetryTurn
                        or TurnStarting
                        or AbandonTurn
                        or TurnNotRun
                        or CaughtUp
                        or DeleteSnapshotsSuccess;
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

    private sealed record TurnStarting : INoSerializationVerificationNeeded, Akka.Event.IDeadLetterSuppression
    {
        public static TurnStarting Instance { get; } = new();
    }

    private sealed record AbandonTurn : INoSerializationVerificationNeeded
    {
        public static AbandonTurn Instance { get; } = new();
    }
}
