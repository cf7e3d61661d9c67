using Monty.Interop;

namespace Monty.Actors.Actors;

/// <summary>The time at which a call ends or is tried again by itself, on two clocks.</summary>
/// <remarks>
/// Immutable and thread-safe. The time is reached when the wall clock shows it, or when the time that was left at first has passed, whichever comes first.
/// Therefore a clock that is set back does not delay a timer, and time counts even if the machine was suspended or no engine ran.
/// </remarks>
/// <param name="At">The stored time, in UTC.</param>
/// <param name="Deadline">The timestamp of the clock that cannot be set.</param>
internal sealed record DueTime(DateTimeOffset At, long Deadline)
{
    /// <summary>Creates the due time of a stored time, from the time that is left now.</summary>
    /// <param name="at">The stored time, in UTC.</param>
    /// <param name="longest">The maximum time that can be left, for example the duration of the timer.</param>
    /// <param name="time">The clocks.</param>
    public static DueTime From(DateTimeOffset at, TimeSpan longest, TimeProvider time)
    {
        var left = at - time.GetUtcNow();
        left = left < longest ? left : longest;
        var ticks = Math.Max(0, left.TotalSeconds * time.TimestampFrequency);
        var now = time.GetTimestamp();
        return new DueTime(at, ticks < long.MaxValue - now ? now + (long)Math.Ceiling(ticks) : long.MaxValue);
    }

    /// <summary>Returns the time that is left, or zero if the time is reached.</summary>
    public TimeSpan Left(TimeProvider time)
    {
        var byClock = At - time.GetUtcNow();
        var elapsed = time.GetTimestamp();
        var byDuration = Deadline > elapsed ? time.GetElapsedTime(elapsed, Deadline) : TimeSpan.Zero;
        var left = byClock < byDuration ? byClock : byDuration;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}

/// <summary>The times at which a call ends or is tried again by itself.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <param name="End">The time at which the call ends, or null for never.</param>
/// <param name="Retry">The time of the next attempt, or null for none.</param>
internal sealed record CallTimes(DueTime? End, DueTime? Retry)
{
    /// <summary>No times.</summary>
    public static CallTimes None { get; } = new(null, null);

    /// <summary>The stored time that comes first, or null for none.</summary>
    public DueTime? Earliest => End is null || Retry?.At < End.At ? Retry : End;

    /// <summary>Returns the times of a call. A time that was already known keeps its remaining time.</summary>
    /// <param name="call">The call.</param>
    /// <param name="before">The times that were known before.</param>
    /// <param name="reached">A time of the call that was reached while the session was not in memory, or null.</param>
    /// <param name="time">The clocks.</param>
    public static CallTimes From(OpenCall call, CallTimes before, DateTimeOffset? reached, TimeProvider time)
    {
        var duration =
            call is { Kind: CallKind.Timer, Call: MontyFunctionCall timer } && TimerCall.Check(timer) is null
                ? TimerCall.DurationOf(timer)
                : TimeSpan.MaxValue;
        return new CallTimes(Time(call.DueAt, before.End, duration), Time(call.RetryAt, before.Retry, TimeSpan.MaxValue));

        DueTime? Time(DateTimeOffset? at, DueTime? known, TimeSpan longest) =>
            at is not { } due ? null
            : known?.At == due ? known
            : DueTime.From(due, due == reached ? TimeSpan.Zero : longest, time);
    }

    /// <summary>Returns the time that is left until the first of the times, or null for never.</summary>
    public TimeSpan? Left(TimeProvider time)
    {
        var end = End?.Left(time);
        var retry = Retry?.Left(time);
        return end is null || retry < end ? retry : end;
    }

    /// <summary>Returns the latest of the stored times that have been reached.</summary>
    public DateTimeOffset LatestReached(TimeProvider time) =>
        new[] { End, Retry }.Where(t => t?.Left(time) == TimeSpan.Zero).Max(t => t!.At);
}
