namespace Monty.Testing;

/// <summary>Bounds every wait for what must happen, so that a hang is a failed test.</summary>
public static class TestTasks
{
    /// <summary>The task, or a failure of the test when it takes too long.</summary>
    public static Task InTime(this Task task) => task.WaitAsync(TestTimeouts.Generous);

    /// <inheritdoc cref="InTime(Task)"/>
    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(TestTimeouts.Generous);

    /// <inheritdoc cref="InTime(Task)"/>
    public static Task<T> InTime<T>(this ValueTask<T> task) => task.AsTask().InTime();

    /// <summary>Waits until something is so that nothing tells of, looking again and again.</summary>
    public static Task UntilAsync(Func<bool> isSo)
    {
        ArgumentNullException.ThrowIfNull(isSo);
        return UntilAsync(() => Task.FromResult(isSo()));
    }

    /// <inheritdoc cref="UntilAsync(Func{bool})"/>
    public static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        ArgumentNullException.ThrowIfNull(isSo);
        using var timeout = new CancellationTokenSource(TestTimeouts.Generous);
        while (!await isSo().ConfigureAwait(false))
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
