using Monty.Interop;

namespace Monty.Actors.Turns;

/// <summary>
/// A worker that a session keeps between turns while its calls are answered quickly, so that the interpreter need not be dumped and loaded.
/// </summary>
/// <remarks>Not thread-safe. Used by one turn at a time, or by the caller that took it out of <see cref="KeptWorkers"/>.</remarks>
internal sealed class KeptWorker(MontySession session) : IDisposable
{
    private readonly TaskCompletionSource<MontyDump?> parked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The number of turns since the interpreter was last dumped.</summary>
    public int TurnsSinceDump { get; private set; }

    /// <summary>True if the worker is dead or must be killed, for example because a deadline passed as its reply arrived.</summary>
    public bool IsBroken => session.IsBroken;

    /// <summary>Completes when another session needs the worker. The result is the interpreter, or null if it was lost with the worker.</summary>
    public Task<MontyDump?> Parked => parked.Task;

    /// <summary>Runs a turn on the suspended session.</summary>
    /// <exception cref="MontyWorkerException">The worker died in the turn.</exception>
    /// <exception cref="ArgumentException">The runtime refused the answer.</exception>
    public async Task<MontyProgress> RunAsync(TurnRequest request, TurnOptions options, CancellationToken cancellationToken)
    {
        var progress = await session.RunTurnAsync(request, options, cancellationToken).ConfigureAwait(false);
        TurnsSinceDump++;
        return progress;
    }

    /// <summary>Dumps the interpreter. The worker keeps its state.</summary>
    public async Task<MontyDump> DumpAsync(CancellationToken cancellationToken)
    {
        var dump = await session.DumpAsync(cancellationToken).ConfigureAwait(false);
        TurnsSinceDump = 0;
        return dump;
    }

    /// <summary>Dumps the interpreter for its session and returns the worker to the pool.</summary>
    public async Task ParkAsync()
    {
        MontyDump? dump = null;
        try
        {
            dump = await session.DumpAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is MontyWorkerException or ObjectDisposedException)
        {
            // The worker died while it was not in use, or the engine stops. The session rebuilds the interpreter from its history.
        }
        finally
        {
            await session.DisposeAsync().ConfigureAwait(false);
            parked.TrySetResult(dump);
        }
    }

    /// <summary>Returns the worker to the pool. State that was not dumped is lost.</summary>
    public void Dispose()
    {
        session.Dispose();
        parked.TrySetResult(null);
    }
}
