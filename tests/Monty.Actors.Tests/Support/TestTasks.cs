using Monty.Testing;
using Xunit;

namespace Monty.Actors.Tests;

/// <summary>Bounds every wait for what must happen, so that a hang is a failed test.</summary>
internal static class TestTasks
{
    public static Task InTime(this Task task) => task.WaitAsync(TestTimeouts.Generous, TestContext.Current.CancellationToken);

    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(TestTimeouts.Generous, TestContext.Current.CancellationToken);

    public static Task<T> InTime<T>(this ValueTask<T> task) => task.AsTask().InTime();
}
