using Monty.Interop.Wire;

namespace Monty.Interop.Sessions;

/// <summary>What timers take: more than nothing, and less than their 32 bits of milliseconds.</summary>
internal static class Timeouts
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    /// <summary>How long one native operation may overshoot the limit on duration, which the runtime polls between instructions.</summary>
    private static readonly TimeSpan Overshoot = TimeSpan.FromSeconds(10);

    /// <exception cref="ArgumentOutOfRangeException">The timeout is out of range; the message names it.</exception>
    public static void Check(TimeSpan value, string name, string wayOut = "")
    {
        if (value <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be positive{wayOut}.");
        }

        if (value > Longest)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} is over {Longest.Days} days, which no timer takes{wayOut}.");
        }
    }

    /// <summary>The timeout of a turn: the given one, else what the limit on duration leaves, as an operation may never come back to the runtime's poll.</summary>
    public static TimeSpan? ForTurn(TimeSpan? given, TimeSpan? maxDuration) =>
        given ?? (maxDuration <= Longest - Overshoot ? maxDuration + Overshoot : null);

    /// <summary>The timeout of the turn after this reply: as <see cref="ForTurn"/>, from what the reply says is left of the limit on duration.</summary>
    /// <param name="now">The timeout so far, which a reply without a limit keeps: no limit is in it when there is none, or when the request was malformed.</param>
    /// <param name="given">The one given, or null.</param>
    /// <param name="reply">The last event of a session.</param>
    public static TimeSpan? ForNextTurn(TimeSpan? now, TimeSpan? given, WorkerEvent reply)
    {
        if (reply.MaxDurationMicros is not { } limit)
        {
            return now;
        }

        var left = limit - Math.Min(limit, reply.ExecutionMicros);
        return ForTurn(given, left < Longest.TotalMicroseconds ? TimeSpan.FromMicroseconds((double)left) : null);
    }
}
