using Monty.Interop.Wire;

namespace Monty.Interop.Sessions;

/// <summary>Checks timeouts against the range of timers, which is limited by 32 bits of milliseconds, and computes the timeouts of turns.</summary>
internal static class Timeouts
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    /// <summary>The time by which a native operation may exceed the limit on duration, because the runtime polls the limit only between instructions.</summary>
    private static readonly TimeSpan Overshoot = TimeSpan.FromSeconds(10);

    /// <exception cref="ArgumentOutOfRangeException">The timeout is not positive, or is longer than a timer supports.</exception>
    public static void Check(TimeSpan value, string name, string wayOut = "")
    {
        if (value <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be positive{wayOut}.");
        }

        if (value > Longest)
        {
            throw new ArgumentOutOfRangeException(
                name,
                value,
                $"{name} is over {Longest.Days} days, which is more than a timer supports{wayOut}."
            );
        }
    }

    /// <summary>Returns the timeout of a turn: the given one, or else one derived from the limit on duration, because a native operation may run without the runtime polling the limit.</summary>
    public static TimeSpan? ForTurn(TimeSpan? given, TimeSpan? maxDuration) =>
        given ?? (maxDuration <= Longest - Overshoot ? maxDuration + Overshoot : null);

    /// <summary>Returns the timeout of the turn after this reply, like <see cref="ForTurn"/>, from the rest of the limit on duration that the reply reports.</summary>
    /// <param name="now">The current timeout. It is kept when the reply has no limit, because there is none or the request was malformed.</param>
    /// <param name="given">The timeout that the user set, or null.</param>
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
