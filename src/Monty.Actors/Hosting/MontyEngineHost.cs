using Microsoft.Extensions.Hosting;

namespace Monty.Actors;

/// <summary>Starts and stops a host's engine. Made by <c>services.AddMonty(…)</c>.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class MontyEngineHost : IHostedService, IAsyncDisposable
{
    private readonly MontyEngineOptions options;
    private MontyEngine? engine;

    internal MontyEngineHost(MontyEngineOptions options) => this.options = options;

    /// <summary>The engine. After the host's stop it is a disposed one.</summary>
    /// <exception cref="InvalidOperationException">The host has not started it yet.</exception>
    public MontyEngine Engine => Volatile.Read(ref engine) ?? throw new InvalidOperationException(
        $"The engine is not started yet: the host starts it with its services. Take {nameof(MontyEngineHost)} in constructors that run before, and read {nameof(Engine)} when it is needed.");

    /// <summary>Starts the engine.</summary>
    /// <inheritdoc cref="MontyEngine.StartAsync"/>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref engine) is not null) throw new InvalidOperationException("The engine was started before. A host starts it once.");
        Volatile.Write(ref engine, await MontyEngine.StartAsync(options, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Disposes the engine: what runs ends with its turn, and what waits is in the journal.</summary>
    /// <param name="cancellationToken">Stops waiting for it.</param>
    public Task StopAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask().WaitAsync(cancellationToken);

    /// <summary>Disposes the engine where it was started.</summary>
    public ValueTask DisposeAsync() => Volatile.Read(ref engine)?.DisposeAsync() ?? ValueTask.CompletedTask;
}
