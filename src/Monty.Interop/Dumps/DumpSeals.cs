using Monty.Interop.Workers;

namespace Monty.Interop.Dumps;

/// <summary>Creates the dump seal of a pool once the version of the runtime is known.</summary>
/// <remarks>Thread-safe. The runtime is asked for its version once, and again only if it failed to answer.</remarks>
internal sealed class DumpSeals(MontyPoolOptions options)
{
    private readonly Lock gate = new();
    private Task<DumpSeal>? seal;

    /// <summary>Returns the seal that wraps and opens dumps.</summary>
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
