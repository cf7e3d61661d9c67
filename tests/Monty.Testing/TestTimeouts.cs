namespace Monty.Testing;

/// <summary>How long tests wait for what must happen. None of it passes in a test that succeeds.</summary>
public static class TestTimeouts
{
    /// <summary>More than any single step takes on a loaded machine; a test that waits so long has found a hang.</summary>
    public static TimeSpan Generous { get; } = TimeSpan.FromMinutes(2);

    /// <summary>A deadline that is meant to pass: long enough for the peer to be started, short enough to wait for.</summary>
    public static TimeSpan MeantToPass { get; } = TimeSpan.FromMilliseconds(150);
}
