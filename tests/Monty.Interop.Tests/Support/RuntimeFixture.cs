using Xunit;

namespace Monty.Interop.Tests;

/// <summary>One pool of real workers for tests that need no process of their own.</summary>
public sealed class RuntimeFixture : IDisposable
{
    /// <summary>The pool, found and started as any user's.</summary>
    public MontyPool Pool { get; } = new();

    public ValueTask<MontySession> OpenAsync(SessionOptions? options = null) =>
        Pool.OpenSessionAsync(options, TestContext.Current.CancellationToken);

    public void Dispose() => Pool.Dispose();
}
