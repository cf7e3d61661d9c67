namespace Monty.Testing;

/// <summary>Adds timeouts to waits, so that a hang fails the test.</summary>
public static class TestTasks
{
    /// <summary>Returns the task with a timeout of <see cref="TestTimeouts.Generous"/>, after which the test fails.</summary>
    public static Task InTime(this Task task) => task.WaitAsync(TestTimeouts.Generous);

    /// <inheritdoc cref="InTime(Task)"/>
    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(TestTimeouts.Generous);

    /// <inheritdoc cref="InTime(Task)"/>
    public static Task<T> InTime<T>(this ValueTask<T> task) => task.AsTask().InTime();

    /// <summary>Polls until a condition is true. For conditions that cannot be awaited.</summary>
    public static Task UntilAsync(Func<bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return UntilAsync(() => Task.FromResult(condition()));
    }

    /// <inheritdoc cref="UntilAsync(Func{bool})"/>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        using var timeout = new CancellationTokenSource(TestTimeouts.Generous);
        while (!await condition().ConfigureAwait(false))
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
