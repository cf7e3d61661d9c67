using Akka.Actor;
using Akka.Event;

namespace Monty.Actors.Actors;

/// <summary>
/// Wakes sessions that have work to do without a command: at start those with an unfinished turn or handler, later those whose timer is due.
/// </summary>
/// <remarks>
/// It reads the index when the engine starts, when the next timer is due, and once a minute, because an earlier engine may have appended until it noticed the
/// loss of the store, and because clocks can be set. It wakes one page of sessions at a time, so that recoveries for commands are not delayed. It remembers
/// how much time is left of the timers that it has seen, so that a clock that is set back does not delay them.
/// </remarks>
internal sealed class WakeUpActor : ReceiveActor, IWithTimers
{
    private const int PageSize = 200;
    private const int MaxKnown = 1_000;
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
    private readonly Dictionary<SessionId, DueTime> known = [];
    private readonly HashSet<SessionId> storedSinceLook = [];
    private DueTime? nextLook;

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
        Receive<TimerStored>(Expect);
        Receive<IndexRebuilt>(_ => LookNow());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(TimerStored));
        Context.System.EventStream.Subscribe(Self, typeof(IndexRebuilt));
        LookNow();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        stopping.Cancel();
        stopping.Dispose();
    }

    private void LookNow()
    {
        Self.Tell(Sweep.Instance);
        Self.Tell(LookForDue.Instance);
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
        storedSinceLook.Clear();
        ListDueAsync(wokenTo).PipeTo(Self, success: page => new DuePage(page), failure: failure => new LookFailed(failure));
    }

    private void WakeDue(DuePage page)
    {
        isWaking = false;
        var now = settings.Time.GetUtcNow();
        foreach (var session in page.Sessions.TakeWhile(s => s.DueAt <= now))
        {
            Wake(session.Session, session.DueAt);
            known.Remove(session.Session);
            wokenTo = session;
        }

        Remember(page, now);
        if (page.Sessions.Count == PageSize && page.Sessions[^1].DueAt <= now)
        {
            Timers.StartSingleTimer(DueTimer, LookForDue.Instance, PageEvery);
            return;
        }

        wokenTo = null;
        foreach (var (session, due) in known.Where(k => k.Value.Left(settings.Time) == TimeSpan.Zero).ToList())
        {
            Wake(session, due.At);
            known[session] = due with { Deadline = long.MaxValue }; // not woken again before the clock shows its time
        }

        var left = known.Values.Min(d => (TimeSpan?)d.Left(settings.Time));
        Schedule(left < SweepEvery ? left.Value : SweepEvery);
    }

    private void Wake(SessionId session, DateTimeOffset dueAt) => region.Tell(new SessionEnvelope(session, new WakeUp { Reached = dueAt }));

    /// <summary>Remembers how much time is left of the timers on a page. What was known before is kept.</summary>
    private void Remember(DuePage page, DateTimeOffset now)
    {
        if (wokenTo is null && page.Sessions.Count < PageSize)
        {
            var listed = page.Sessions.Select(s => s.Session).ToHashSet(); // the page contains all sessions with timers
            foreach (var ended in known.Keys.Where(s => !listed.Contains(s) && !storedSinceLook.Contains(s)).ToList())
            {
                known.Remove(ended);
            }
        }

        foreach (var session in page.Sessions.SkipWhile(s => s.DueAt <= now))
        {
            if (known.GetValueOrDefault(session.Session)?.At != session.DueAt)
            {
                Remember(session.Session, DueTime.From(session.DueAt, TimeSpan.MaxValue, settings.Time));
            }
        }
    }

    private void Remember(SessionId session, DueTime due)
    {
        if (known.Count < MaxKnown || known.ContainsKey(session))
        {
            known[session] = due;
        }
    }

    private void Expect(TimerStored stored)
    {
        storedSinceLook.Add(stored.Session); // a page that is being read may not list it
        Remember(stored.Session, stored.Due);
        var left = stored.Due.Left(settings.Time);
        if (left < SweepEvery && (nextLook is null || left < nextLook.Left(settings.Time)))
        {
            Schedule(left);
        }
    }

    private void Schedule(TimeSpan wait)
    {
        nextLook = DueTime.From(settings.Time.GetUtcNow() + wait, wait, settings.Time);
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

/// <summary>Published on the event stream when the index was rebuilt. The index may list other sessions than before.</summary>
internal sealed record IndexRebuilt : INoSerializationVerificationNeeded
{
    public static IndexRebuilt Instance { get; } = new();
}

/// <summary>Published on the event stream when a session leaves memory with a timer.</summary>
/// <param name="Session">The session.</param>
/// <param name="Due">The time at which the timer is due.</param>
internal sealed record TimerStored(SessionId Session, DueTime Due) : INoSerializationVerificationNeeded;
