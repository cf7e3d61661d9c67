namespace Monty.Testing;

/// <summary>The timeouts of waits in tests.</summary>
public static class TestTimeouts
{
    /// <summary>The timeout for events that must happen. It is longer than any step takes on a loaded machine, so it elapses only when something hangs.</summary>
    public static TimeSpan Generous { get; } = TimeSpan.FromMinutes(2);

    /// <summary>A timeout that is expected to elapse. It is long enough for a peer to start, and short enough to wait for.</summary>
    public static TimeSpan MeantToPass { get; } = TimeSpan.FromMilliseconds(150);
}
