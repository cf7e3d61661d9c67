namespace Monty.Actors.Actors;

/// <summary>Computes the wait before a failed operation is tried again.</summary>
internal static class Backoff
{
    /// <summary>The longest wait.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromSeconds(5);

    private static TimeSpan First { get; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Returns the wait after a number of consecutive failures, counted from 1. Each wait is twice as long as the one before.</summary>
    public static TimeSpan After(int failures)
    {
        var wait = First * Math.Pow(2, Math.Min(failures, 10) - 1);
        return wait < Longest ? wait : Longest;
    }
}
