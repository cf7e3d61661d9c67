using Akka.Actor;
using Akka.Event;
using Monty.Actors.Tools;
using Monty.Actors.Turns;
using Monty.Interop;

namespace Monty.Actors.Actors;

/// <summary>An open call of a session. It runs the attempts of the handler, or waits for an answer, a signal or the clock.</summary>
/// <remarks>
/// It tells the session's entity when an attempt has ended or a deadline has passed, and lives until the entity stops it because the call has ended in the
/// stored history. It outlives the session actor: a handler does not stop when an append fails, and never runs twice at the same time in one process.
/// </remarks>
internal sealed class CallActor : ReceiveActor, IWithTimers
{
    private const string DueTimer = "due";

    /// <summary>The longest time between two looks at the clock. Timers check it repeatedly because the clock can be set and the machine can sleep.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly SessionId session;
    private readonly int feed;
    private readonly SessionEntitySettings settings;
    private readonly SessionFiles files;
    private readonly bool isRecovered;
    private readonly DateTimeOffset? reached;
    private OpenCall call;
    private CallTimes times = CallTimes.None;
    private CancellationTokenSource? running;
    private bool isCancelled;
    private int startedAttempt;
    private int endedAttempt;

    /// <param name="session">The session.</param>
    /// <param name="opened">The call, and the feed that made it.</param>
    /// <param name="settings">The parts that sessions run with.</param>
    /// <param name="files">The session's files.</param>
    public CallActor(SessionId session, OpenedCall opened, SessionEntitySettings settings, SessionFiles files)
    {
        this.session = session;
        feed = opened.Feed;
        call = opened.Call;
        isRecovered = opened.IsRecovered;
        reached = opened.Reached;
        this.settings = settings;
        this.files = files;
        Receive<CallUpdated>(updated => Update(updated.Call));
        Receive<AttemptEnded>(Conclude);
        Receive<LookAtClock>(_ => LookAtTheClock());
        Receive<CancelCall>(_ => Cancel());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() => Update(call);

    /// <inheritdoc/>
    protected override void PostStop() => CancelHandler();

    private void Update(OpenCall updated)
    {
        call = updated;
        times = CallTimes.From(call, times, reached, settings.Time);
        var attempt = call.FailedAttempts + 1;
        if (call.IsRunning && running is null && !isCancelled && attempt > endedAttempt) // an attempt that has ended is waiting to be stored
        {
            StartAttempt(attempt);
        }

        LookAtTheClock();
    }

    private void StartAttempt(int attempt)
    {
        running = new CancellationTokenSource();
        startedAttempt = attempt;
        var handler = new HandlerRun(session, new OpenedCall(feed, call, isRecovered || attempt > 1), settings, files);
        handler.RunAsync(running.Token).PipeTo(Self, success: outcome => new AttemptEnded(outcome));
    }

    private void Conclude(AttemptEnded ended)
    {
        running?.Dispose();
        running = null;
        if (ended.Outcome is { } outcome)
        {
            endedAttempt = startedAttempt;
            Context.Parent.Tell(new CallProgressed(feed, call.CallId, outcome));
        }

        if (isCancelled)
        {
            Context.Stop(Self);
        }
    }

    private void LookAtTheClock()
    {
        if (isCancelled || times.Left(settings.Time) is not { } wait)
        {
            return;
        }

        if (wait == TimeSpan.Zero)
        {
            var elapsed = new ElapsedCall(feed, call.CallId, times.LatestReached(settings.Time));
            var command = new TimersElapsedCommand(settings.Time.GetUtcNow()) { Elapsed = elapsed };
            Context.Parent.Tell(new CallProgressed(feed, call.CallId, command));
            return;
        }

        Timers.StartSingleTimer(DueTimer, LookAtClock.Instance, wait < LongestWait ? wait : LongestWait);
    }

    private void Cancel()
    {
        isCancelled = true;
        Timers.CancelAll();
        if (running is null)
        {
            Context.Stop(Self);
        }
        else
        {
            CancelHandler();
        }
    }

    private void CancelHandler()
    {
        if (running is { } source)
        {
            _ = HandlerCancellation.RunAsync(source.CancelAsync, session, settings.Options);
        }
    }

    private sealed record AttemptEnded(SessionCommand? Outcome) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record LookAtClock : INoSerializationVerificationNeeded
    {
        public static LookAtClock Instance { get; } = new();
    }
}
