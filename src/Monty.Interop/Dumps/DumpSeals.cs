using Monty.Interop.Workers;

namespace Monty.Interop.Dumps;

/// <summary>Gives out a pool's dump seal, which holds the runtime's version.</summary>
/// <remarks>Thread-safe. The runtime is asked for its version once, and again only if it failed to answer.</remarks>
internal sealed class DumpSeals(MontyPoolOptions options)
{
    private readonly Lock gate = new();
    private Task<DumpSeal>? seal;

    /// <summary>Returns what wraps and opens dumps.</summary>
    /// <exception cref="MontyRuntimeNotFoundException">There is no runtime.</exception>
    /// <exception cref="MontyWorkerException">The runtime did not print its version.</exception>
    public Task<DumpSeal> GetAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (seal is null || seal.IsFaulted || seal.IsCanceled)
            {
                seal = CreateAsync();
            }

            return seal.IsCompleted ? seal : seal.WaitAsync(cancellationToken);
        }
    }

    private async Task<DumpSeal> CreateAsync()
    {
        var path = RuntimeLocator.Find(options.RuntimePath);
        var version = await RuntimeVersion.AskAsync(path, options.StartTimeout, options.TimeProvider).ConfigureAwait(false);
        return new DumpSeal(options.DumpKey, version);
    }
}
