using Monty.Interop.Wire;

namespace Monty.Interop;

/// <summary>What timers take: more than nothing, and less than their 32 bits of milliseconds.</summary>
internal static class Timeouts
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    /// <summary>How long one native operation may overshoot the limit on duration, which the runtime polls between instructions.</summary>
    private static readonly TimeSpan Overshoot = TimeSpan.FromSeconds(10);

    /// <exception cref="ArgumentOutOfRangeException">The timeout is out of range; the message names it.</exception>
    public static void Check(TimeSpan value, string name, string wayOut = "")
    {
        if (value <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(name, value, $"{name} must be positive{wayOut}.");
        if (value > Longest) throw new ArgumentOutOfRangeException(name, value, $"{name} is over {Longest.Days} days, which no timer takes{wayOut}.");
    }

    /// <summary>The deadline of a turn: the given one, else what the limit on duration leaves, as an operation may never come back to the runtime's poll.</summary>
    public static TimeSpan? OfTurn(TimeSpan? given, TimeSpan? maxDuration) =>
        given ?? (maxDuration <= Longest - Overshoot ? maxDuration + Overshoot : null);

    /// <inheritdoc cref="OfTurn(TimeSpan?, TimeSpan?)"/>
    /// <param name="given">The one given, or null.</param>
    /// <param name="loaded">The reply to a load, which tells the limit that the dump brought.</param>
    public static TimeSpan? OfTurn(TimeSpan? given, WorkerEvent loaded) =>
        OfTurn(given, loaded.MaxDurationMicros is { } micros && micros < Longest.TotalMicroseconds ? TimeSpan.FromMicroseconds((double)micros) : null);
}
