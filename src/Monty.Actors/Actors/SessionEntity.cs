using Akka.Actor;
using Monty.Actors.Persistence;
using Monty.Actors.Tools;
using Monty.Actors.Turns;

namespace Monty.Actors.Actors;

/// <summary>The queue and supervisor of a session. It never accesses the store, so a storage failure cannot end it.</summary>
/// <remarks>
/// <para>Akka stops a persistent actor whose append or recovery fails. The entity keeps the commands that were not answered and passes them to the next
/// incarnation, which applies each id once. Call actors are children of the entity and not of the session actor, so that a handler continues when an append
/// fails, and the next incarnation accepts its answer.</para>
/// <para>The entity passes on one command at a time. Cancel and close overtake other commands, because they end the running turn.</para>
/// </remarks>
internal sealed partial class SessionEntity : ReceiveActor, IWithTimers
{
    private const string RestartTimer = "restart";
    private const string ExpiryTimer = "expiry";
    private const string IdleTimer = "idle";
    private const string SessionName = "session";
    private readonly SessionId id;
    private readonly SessionEntitySettings settings;
    private readonly SessionFiles files;
    private readonly CommandQueue queue;
    private readonly Dictionary<(int Feed, uint CallId), OpenCallActor> calls = [];
    private IActorRef? session;
    private bool isReady;
    private bool mustRun;
    private int failures;
    private int incarnations;
    private string? unreadable;
    private bool isStopping;
    private bool isFenced;
    private bool mayLeave;
    private bool isProbed;
    private bool arePaused;
    private DueTime? due;
    private DateTimeOffset? wokenAt;
    private bool hasWork;
    private bool isSessionAskedToStop;
    private long lastUsed;
    private int faults;
    private bool isFaulted;
    private SessionFault? fault;
    private string? stuck;

    /// <param name="id">The session.</param>
    /// <param name="settings">The parts that sessions run with.</param>
    public SessionEntity(SessionId id, SessionEntitySettings settings)
    {
        this.id = id;
        this.settings = settings;
        files = new SessionFiles(id, settings.Options);
        queue = new CommandQueue(settings.Options.MaxQueuedCommands, settings.Time);
        Receive<SendCommand>(request => Enqueue(request.Command, Sender, isOvertaking: request.Command is CancelCommand or CloseCommand));
        Receive<GetForkSource>(request => Enqueue(request, Sender, isOvertaking: false));
        Receive<StartAsFork>(request => Enqueue(request, Sender, isOvertaking: false));
        Receive<WakeUp>(Wake);
        Receive<CallProgressed>(EnqueueProgress);
        Receive<SessionAdvanced>(Advance);
        Receive<StorageFailed>(failed => settings.Problems.StorageFailed(id, failed.Failure));
        Receive<SessionUnreadable>(Refuse);
        Receive<AppendRejected>(Reject);
        Receive<SessionFaulted>(faulted => CountFault(faulted.Fault));
        Receive<Terminated>(ChildStopped);
        Receive<Restart>(_ => StartSession());
        Receive<Expire>(_ => LookForExpired());
        Receive<NotWaiting>(_ => ExpectMoreTime());
        Receive<CheckIdle>(_ => PassivateIfIdle());
        Receive<LeaveMemory>(_ => Leave());
        Receive<StopSession>(_ => Stop());
        lastUsed = settings.Time.GetTimestamp();
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        MontyEngineTelemetry.CountLive(1);
        Timers.StartPeriodicTimer(IdleTimer, CheckIdle.Instance, settings.Options.IdleTimeout, settings.Options.IdleTimeout);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        if (due is not null)
        {
            Context.System.EventStream.Publish(new TimerStored(id, due));
        }

        if (hasWork && !isFenced && stuck is null)
        {
            Context.Parent.Tell(new SessionEnvelope(id, WakeUp.Instance)); // kept for the next entity
        }

        MontyEngineTelemetry.CountLive(-1);
        EndStuck();
        files.Dispose();
        ReportUnstoredAnswers();
        foreach (var command in queue.TakeUnanswered())
        {
            Context.Parent.Tell(
                new SessionEnvelope(id, command.Request is SessionCommand c ? new SendCommand(c) : command.Request),
                command.Sender
            );
        }
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(StopChild);

    private Directive StopChild(Exception failure)
    {
        if (Sender.Equals(session))
        {
            settings.Options.Report($"The actor of {id} failed and is started again.", failure);
            CountFault(new SessionFault("the session", failure));
        }
        else
        {
            settings.Options.Report($"The actor of a call of {id} failed. The call ends with an exception.", failure);
            EndFailedCall(Sender);
        }

        return Directive.Stop;
    }

    private void Enqueue(object request, IActorRef sender, bool isOvertaking)
    {
        lastUsed = settings.Time.GetTimestamp();
        if (isStopping)
        {
            sender.Tell(new Status.Failure(EngineStopped.Exception()));
            return;
        }

        if (unreadable is not null)
        {
            sender.Tell(new SessionReply.Refused(SessionRefusal.Unreadable, unreadable));
            return;
        }

        if (stuck is not null && !isOvertaking)
        {
            sender.Tell(new SessionReply.Refused(SessionRefusal.Stuck, stuck));
            return;
        }

        if (!queue.TryAdd(request, sender, isOvertaking))
        {
            sender.Tell(
                new SessionReply.Refused(
                    SessionRefusal.TooBusy,
                    $"The command was not accepted: {settings.Options.MaxQueuedCommands} commands wait for {id} already. Send it again later, under the same id."
                )
            );
            return;
        }

        if (!Timers.IsTimerActive(ExpiryTimer))
        {
            ExpectAnswers();
        }

        Pass();
    }

    private void Wake(WakeUp wakeUp)
    {
        wokenAt = wakeUp.Reached;
        if (session is null && !isStopping && unreadable is null && stuck is null)
        {
            mustRun = true;
            Pass();
        }
    }

    /// <summary>Passes on the next command if the session is ready, and overtaking commands in any case.</summary>
    private void Pass()
    {
        if (session is null)
        {
            if (!Timers.IsTimerActive(RestartTimer))
            {
                StartSession();
            }

            return;
        }

        foreach (var overtaking in queue.TakeOvertaking())
        {
            session.Tell(new Execute(overtaking.Token, overtaking.Request));
        }

        if (isReady && queue.TakeNext() is { } next)
        {
            isReady = false;
            session.Tell(new Execute(next.Token, next.Request));
        }
    }

    private void StartSession()
    {
        if (session is not null || isStopping || isFenced || !(queue.HasWork || mustRun))
        {
            return;
        }

        isReady = false;
        isFaulted = false;
        var incarnation = new Incarnation
        {
            IsFirst = incarnations++ == 0,
            Fault = stuck is null && faults >= SessionFault.Max ? fault : null,
            IsStuck = stuck is not null,
        };
        session = Context.ActorOf(Props.Create<SessionActor>(id, settings, files, incarnation), SessionName);
        Context.Watch(session);
    }

    private void Advance(SessionAdvanced advanced)
    {
        lastUsed = settings.Time.GetTimestamp();
        foreach (var executed in advanced.Replies)
        {
            queue.Answer(executed.Token, executed.Reply);
        }

        hasWork = advanced.HasWork;
        if (advanced.IsStored)
        {
            faults = 0;
            EndStuck();
        }

        if (advanced.Calls is { } open)
        {
            AdjustCalls(open, advanced.IsRecovered);
        }

        if (!advanced.IsRecovered)
        {
            failures = 0;
            ExpectMoreTime();
        }

        if (Sender.Equals(session))
        {
            if (advanced.IsReady)
            {
                isReady = true;
                mustRun = false;
            }

            Pass(); // including a cancel that arrived while the session recovered and has a turn to run first
            LeaveIfAsked();
        }

        if (isStopping)
        {
            StopIfDone();
        }
        else if (advanced.IsOver && !queue.HasWork)
        {
            Context.Parent.Tell(Passivate.Instance);
        }
    }

    private void Refuse(SessionUnreadable message)
    {
        unreadable =
            $"The history of {id} cannot be read: {message.Reason}. Nothing was run. Restore the session from a backup, or remove it.";
        settings.Options.Report(unreadable, null);
        mustRun = false;
        queue.AnswerAll(new SessionReply.Refused(SessionRefusal.Unreadable, unreadable));
    }

    private void Reject(AppendRejected rejected)
    {
        if (rejected.Failure is ChangeRefusedException refused)
        {
            settings.Problems.Report($"A change of {id} was refused by the store because of its content.", refused);
            RefuseCommands(refused);
            return;
        }

        if (!rejected.IsFenced)
        {
            return; // the next incarnation reads the other writer's change
        }

        isFenced = true;
        foreach (var call in calls.Values)
        {
            Context.Stop(call.Actor);
        }

        calls.Clear();
        queue.FailAll(rejected.Failure);
        settings.Options.Report($"Another engine owns {id} now. Its handlers in this engine were canceled.", rejected.Failure);
    }

    private void ChildStopped(Terminated terminated)
    {
        if (!terminated.ActorRef.Equals(session))
        {
            foreach (var (key, _) in calls.Where(c => c.Value.Actor.Equals(terminated.ActorRef)).ToList())
            {
                calls.Remove(key);
            }

            StopIfDone();
            return;
        }

        session = null;
        isReady = false;
        queue.ReturnAll();
        if (isStopping)
        {
            hasWork |= !isSessionAskedToStop; // storage failed, possibly with the events of a turn
            StopIfDone();
            return;
        }

        if (unreadable is not null)
        {
            return;
        }

        if (isFenced)
        {
            Context.Parent.Tell(Passivate.Instance);
            return;
        }

        if (isFaulted && (stuck is not null || faults > SessionFault.Max))
        {
            BecomeStuck();
            return;
        }

        mustRun = stuck is null; // a turn whose outcome could not be stored may have to run again
        failures++;
        Timers.StartSingleTimer(RestartTimer, Restart.Instance, Backoff.After(failures));
    }

    private sealed record Restart
    {
        public static Restart Instance { get; } = new();
    }

    private sealed record Expire
    {
        public static Expire Instance { get; } = new();
    }

    private sealed record CheckIdle
    {
        public static CheckIdle Instance { get; } = new();
    }
}
