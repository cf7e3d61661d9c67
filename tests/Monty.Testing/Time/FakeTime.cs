using System.Diagnostics.CodeAnalysis;

namespace Monty.Testing;

/// <summary>A clock that moves only when a test advances it. The wall clock can be set independently of the elapsed time, which timers count.</summary>
/// <remarks>
/// Thread-safe. Timers fire on the thread that advances the clock, in the order of their due times. A timer with a due time of zero fires
/// immediately on a thread of the pool. A test first waits until a timer is armed (<see cref="WhenArmed"/>), and then advances the clock.
/// </remarks>
public sealed class FakeTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly Lock advancing = new();
    private readonly List<FakeTimer> timers = [];
    private readonly List<Watcher> watchers = [];
    private readonly DateTimeOffset start;
    private TimeSpan elapsed;
    private TimeSpan set;
    private TimeZoneInfo zone = TimeZoneInfo.Utc;

    /// <summary>Creates a clock that starts at the beginning of 2030, UTC.</summary>
    public FakeTime()
        : this(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero)) { }

    /// <summary>Creates a clock that starts at <paramref name="start"/>.</summary>
    public FakeTime(DateTimeOffset start) => this.start = start;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => zone;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>The number of timers that will fire.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (gate)
            {
                return timers.Count;
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return start + elapsed + set;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (gate)
        {
            return elapsed.Ticks;
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Returns a task that completes when a number of timers with a due time is armed. It completes immediately when they are armed already.</summary>
    /// <param name="dueTime">The due time that was passed when a timer was armed.</param>
    /// <param name="count">The number of timers.</param>
    public Task WhenArmed(TimeSpan dueTime, int count = 1)
    {
        lock (gate)
        {
            if (AreArmed(dueTime, count))
            {
                return Task.CompletedTask;
            }

            var armed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            watchers.Add(new Watcher(dueTime, count, armed));
            return armed.Task;
        }
    }

    /// <summary>Sets the wall clock forward or back. No time elapses, as on a machine whose clock is set or that was suspended.</summary>
    public void SetClock(TimeSpan by)
    {
        lock (gate)
        {
            set += by;
        }
    }

    /// <summary>Sets the time zone of the machine.</summary>
    public void SetTimeZone(TimeZoneInfo local) => zone = local;

    /// <summary>Advances the clock, and fires the timers that become due. While a timer fires, the clock shows its due time.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="by"/> is negative.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        lock (advancing)
        {
            TimeSpan target;
            lock (gate)
            {
                target = elapsed + by;
            }

            while (TakeDue(target) is { } due)
            {
                due.Fire();
            }
        }
    }

    /// <summary>Moves the clock to the next timer that is due by the target, and returns it; or moves the clock to the target and returns null.</summary>
    private FakeTimer? TakeDue(TimeSpan target)
    {
        lock (gate)
        {
            var next = timers.Where(t => t.DueAt <= target).MinBy(t => t.DueAt);
            var reached = next?.DueAt ?? target;
            if (reached > elapsed)
            {
                elapsed = reached; // The clock never moves back, also for a timer whose due time has passed.
            }

            if (next is null)
            {
                return null;
            }

            if (next.Period > TimeSpan.Zero)
            {
                next.DueAt += next.Period;
            }
            else
            {
                timers.Remove(next);
            }

            return next;
        }
    }

    private bool Arm(FakeTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (gate)
        {
            if (timer.Disposed)
            {
                return false;
            }

            timers.Remove(timer);
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                return true;
            }

            timer.DueTime = dueTime;
            timer.DueAt = elapsed + dueTime;
            timer.Period = period;
            timers.Add(timer);
            watchers.RemoveAll(w => AreArmed(w.DueTime, w.Count) && w.Armed.TrySetResult());
            return true;
        }
    }

    private bool AreArmed(TimeSpan dueTime, int count) => timers.Count(t => t.DueTime == dueTime) >= count;

    private void Disarm(FakeTimer timer)
    {
        lock (gate)
        {
            timer.Disposed = true;
            timers.Remove(timer);
        }
    }

    [SuppressMessage(
        "Usage",
        "CA2213:Disposable fields should be disposed",
        Justification = "A captured execution context is owned by the code that captured it."
    )]
    private sealed class FakeTimer(FakeTime clock, TimerCallback callback, object? state) : ITimer
    {
        private readonly ExecutionContext? context = ExecutionContext.Capture();

        public TimeSpan DueTime { get; set; }

        public TimeSpan DueAt { get; set; }

        public TimeSpan Period { get; set; }

        public bool Disposed { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            // The limits are those of the system's timer, so that tests find values that the real timer would refuse.
            CheckRange(dueTime, nameof(dueTime));
            CheckRange(period, nameof(period));
            var isArmed = clock.Arm(this, dueTime, period);
            if (isArmed && dueTime == TimeSpan.Zero)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static time => time.Advance(TimeSpan.Zero), clock, preferLocal: false);
            }

            return isArmed;
        }

        public void Fire()
        {
            if (context is null)
            {
                callback(state);
            }
            else
            {
                ExecutionContext.Run(context, static timer => ((FakeTimer)timer!).Invoke(), this);
            }
        }

        public void Dispose() => clock.Disarm(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private static void CheckRange(TimeSpan value, string name)
        {
            var milliseconds = (long)value.TotalMilliseconds;
            ArgumentOutOfRangeException.ThrowIfLessThan(milliseconds, -1, name);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(milliseconds, uint.MaxValue - 1L, name);
        }

        private void Invoke() => callback(state);
    }

    private sealed record Watcher(TimeSpan DueTime, int Count, TaskCompletionSource Armed);
}
