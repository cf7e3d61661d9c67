namespace Monty.Interop;

/// <summary>What timers take: more than nothing, and less than their 32 bits of milliseconds.</summary>
internal static class Timeouts
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    /// <exception cref="ArgumentOutOfRangeException">The timeout is out of range; the message names it.</exception>
    public static void Check(TimeSpan value, string name, string wayOut = "")
    {
        if (value <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(name, value, $"{name} must be positive{wayOut}.");
        if (value > Longest) throw new ArgumentOutOfRangeException(name, value, $"{name} is over {Longest.Days} days, which no timer takes{wayOut}.");
    }
}
