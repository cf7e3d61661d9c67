namespace Monty.Actors.Engine;

/// <summary>How long to wait before what failed is tried again.</summary>
internal static class Backoff
{
    /// <summary>The longest wait.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromSeconds(5);

    private static TimeSpan First { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The wait after so many failures in a row, from 1: each is twice as long as the one before.</summary>
    public static TimeSpan After(int failures)
    {
        var wait = First * Math.Pow(2, Math.Min(failures, 10) - 1);
        return wait < Longest ? wait : Longest;
    }
}
