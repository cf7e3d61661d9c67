using Xunit;

namespace Monty.Testing;

/// <summary>Bounds every wait for what must happen, so that a hang is a failed test.</summary>
public static class TestTasks
{
    /// <summary>The task, or a failure of the test when it takes too long.</summary>
    public static Task InTime(this Task task) => task.WaitAsync(TestTimeouts.Generous, TestContext.Current.CancellationToken);

    /// <inheritdoc cref="InTime(Task)"/>
    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(TestTimeouts.Generous, TestContext.Current.CancellationToken);

    /// <inheritdoc cref="InTime(Task)"/>
    public static Task<T> InTime<T>(this ValueTask<T> task) => task.AsTask().InTime();
}
