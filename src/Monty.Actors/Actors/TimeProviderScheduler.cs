using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Monty.Actors.Actors;

/// <summary>A scheduler based on a <see cref="TimeProvider"/>, so that one clock drives the timers of actors and the rest of the engine.</summary>
/// <remarks>
/// Thread-safe. Akka creates the scheduler from the configuration, without a clock. <see cref="Create"/> supplies the clock to the system that it creates.
/// </remarks>
internal sealed class TimeProviderScheduler : SchedulerBase, IDisposable
{
    [ThreadStatic]
    private static TimeProvider? clockOfNext;

    private readonly TimeProvider time = clockOfNext ?? TimeProvider.System;
    private readonly long start;
    private volatile bool isDisposed;

    /// <summary>Called by Akka.</summary>
    public TimeProviderScheduler(Config scheduler, ILoggingAdapter log)
        : base(scheduler, log) => start = time.GetTimestamp();

    /// <inheritdoc/>
    public override TimeSpan MonotonicClock => time.GetElapsedTime(start);

    /// <inheritdoc/>
    public override TimeSpan HighResMonotonicClock => time.GetElapsedTime(start);

    /// <inheritdoc/>
    protected override DateTimeOffset TimeNow => time.GetUtcNow();

    /// <summary>Creates an actor system whose scheduler uses a clock.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="create">Creates the system, on the calling thread.</param>
    public static ActorSystem Create(TimeProvider time, Func<ActorSystem> create)
    {
        clockOfNext = time;
        try
        {
            return create();
        }
        finally
        {
            clockOfNext = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => isDisposed = true;

    /// <inheritdoc/>
    protected override void InternalScheduleTellOnce(
        TimeSpan delay,
        ICanTell receiver,
        object message,
        IActorRef sender,
        ICancelable cancelable
    ) => Schedule(delay, Timeout.InfiniteTimeSpan, () => receiver.Tell(message, sender), cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay,
        TimeSpan interval,
        ICanTell receiver,
        object message,
        IActorRef sender,
        ICancelable cancelable
    ) => Schedule(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Schedule(delay, Timeout.InfiniteTimeSpan, action, cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Schedule(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        Schedule(delay, Timeout.InfiniteTimeSpan, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay,
        TimeSpan interval,
        IRunnable action,
        ICancelable cancelable
    ) => Schedule(initialDelay, interval, action.Run, cancelable);

    private void Schedule(TimeSpan delay, TimeSpan interval, Action action, ICancelable? cancelable)
    {
        if (isDisposed || cancelable?.IsCancellationRequested == true)
        {
            return;
        }

        var scheduled = new Scheduled(this, action, cancelable, isOnce: interval == Timeout.InfiniteTimeSpan);
        scheduled.Start(time, delay, interval);
    }

    /// <summary>One timer. It is removed when it has fired or was canceled.</summary>
    private sealed class Scheduled(TimeProviderScheduler scheduler, Action action, ICancelable? cancelable, bool isOnce)
    {
        private ITimer? timer;
        private CancellationTokenRegistration registration;

        public void Start(TimeProvider time, TimeSpan delay, TimeSpan interval)
        {
            timer = time.CreateTimer(static state => ((Scheduled)state!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (cancelable is not null)
            {
                registration = cancelable.Token.UnsafeRegister(static state => ((Scheduled)state!).End(), this);
            }

            timer.Change(delay, interval);
        }

        private void Fire()
        {
            if (scheduler.isDisposed || cancelable?.IsCancellationRequested == true)
            {
                End();
                return;
            }

            action();
            if (isOnce)
            {
                End();
            }
        }

        private void End()
        {
            timer?.Dispose();
            registration.Dispose();
        }
    }
}
