using Akka.Actor;
using Akka.Event;

namespace Monty.Actors.Actors;

/// <summary>
/// Wakes sessions that have work to do without a command: at start those with an unfinished turn or handler, later those whose timer is due.
/// </summary>
/// <remarks>
/// It reads the index when the engine starts, when the next timer is due, and once a minute, because an earlier engine may have appended until it noticed the
/// loss of the store, and because clocks can be set. It wakes one page of sessions at a time, so that recoveries for commands are not delayed.
/// </remarks>
internal sealed class WakeUpActor : ReceiveActor, IWithTimers
{
    private const int PageSize = 200;
    private const string SweepTimer = "sweep";
    private const string DueTimer = "due";
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PageEvery = TimeSpan.FromMilliseconds(20);
    private readonly SessionStore store;
    private readonly IActorRef region;
    private readonly SessionEntitySettings settings;
    private readonly CancellationTokenSource stopping = new();
    private SessionId? sweptTo;
    private DueSession? wokenTo;
    private bool isSweeping;
    private bool isWaking;
    private DateTimeOffset? nextLook;

    /// <param name="store">The store whose index is read.</param>
    /// <param name="region">The region of the sessions.</param>
    /// <param name="settings">The parts that sessions run with.</param>
    public WakeUpActor(SessionStore store, IActorRef region, SessionEntitySettings settings)
    {
        this.store = store;
        this.region = region;
        this.settings = settings;
        Receive<Sweep>(_ => StartSweep());
        Receive<ActivePage>(WakeActive);
        Receive<LookForDue>(_ => StartWaking());
        Receive<DuePage>(WakeDue);
        Receive<LookFailed>(Retry);
        Receive<TimerStored>(stored => Expect(stored.DueAt));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(TimerStored));
        Self.Tell(Sweep.Instance);
        Self.Tell(LookForDue.Instance);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        stopping.Cancel();
        stopping.Dispose();
    }

    private void StartSweep()
    {
        if (isSweeping)
        {
            return;
        }

        isSweeping = true;
        ListActiveAsync(sweptTo).PipeTo(Self, success: page => new ActivePage(page), failure: failure => new LookFailed(failure));
    }

    private async Task<IReadOnlyList<SessionId>> ListActiveAsync(SessionId? after) =>
        await store.ListActiveAsync(after, PageSize, stopping.Token).ConfigureAwait(false); // async, so that no exception is thrown in the actor

    private async Task<IReadOnlyList<DueSession>> ListDueAsync(DueSession? after) =>
        await store.ListDueAsync(DateTimeOffset.MaxValue, after, PageSize, stopping.Token).ConfigureAwait(false);

    private void WakeActive(ActivePage page)
    {
        isSweeping = false;
        foreach (var session in page.Sessions)
        {
            region.Tell(new SessionEnvelope(session, WakeUp.Instance));
        }

        var isLast = page.Sessions.Count < PageSize;
        sweptTo = isLast ? null : page.Sessions[^1];
        Timers.StartSingleTimer(SweepTimer, Sweep.Instance, isLast ? SweepEvery : PageEvery);
    }

    private void StartWaking()
    {
        if (isWaking)
        {
            return;
        }

        isWaking = true;
        ListDueAsync(wokenTo).PipeTo(Self, success: page => new DuePage(page), failure: failure => new LookFailed(failure));
    }

    private void WakeDue(DuePage page)
    {
        isWaking = false;
        var now = settings.Time.GetUtcNow();
        foreach (var session in page.Sessions.TakeWhile(s => s.DueAt <= now))
        {
            region.Tell(new SessionEnvelope(session.Session, WakeUp.Instance));
            wokenTo = session;
        }

        if (page.Sessions.Count == PageSize && page.Sessions[^1].DueAt <= now)
        {
            Timers.StartSingleTimer(DueTimer, LookForDue.Instance, PageEvery);
            return;
        }

        wokenTo = null;
        var next = page.Sessions.FirstOrDefault(s => s.DueAt > now)?.DueAt;
        Schedule(next is { } due && due - now < SweepEvery ? due - now : SweepEvery);
    }

    private void Expect(DateTimeOffset dueAt)
    {
        var wait = dueAt - settings.Time.GetUtcNow();
        if (wait < SweepEvery && (nextLook is not { } planned || dueAt < planned))
        {
            Schedule(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
        }
    }

    private void Schedule(TimeSpan wait)
    {
        nextLook = settings.Time.GetUtcNow() + wait;
        Timers.StartSingleTimer(DueTimer, LookForDue.Instance, wait);
    }

    private void Retry(LookFailed failed)
    {
        isSweeping = false;
        isWaking = false;
        settings.Problems.Report("The sessions with work to do could not be listed. It is tried again.", failed.Failure);
        Timers.StartSingleTimer(SweepTimer, Sweep.Instance, Backoff.Longest);
        Schedule(Backoff.Longest);
    }

    private sealed record Sweep
    {
        public static Sweep Instance { get; } = new();
    }

    private sealed record LookForDue
    {
        public static LookForDue Instance { get; } = new();
    }

    private sealed record ActivePage(IReadOnlyList<SessionId> Sessions) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record DuePage(IReadOnlyList<DueSession> Sessions) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record LookFailed(Exception Failure) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}

/// <summary>Published on the event stream when a session leaves memory with a timer.</summary>
/// <param name="DueAt">The time at which the timer is due, in UTC.</param>
internal sealed record TimerStored(DateTimeOffset DueAt) : INoSerializationVerificationNeeded;
