using Monty.Interop.Wire;
using Monty.Interop.Workers;

namespace Monty.Interop;

/// <summary>Workers of one process, lent to one session at a time and used again when they come back clean.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class MontyPool : IAsyncDisposable
{
    private readonly string? runtimePath;
    private readonly Stack<(WorkerConnection Worker, int Unacknowledged)> idle = new();
    private bool disposed;

    /// <summary>A pool; nothing is started yet.</summary>
    /// <param name="runtimePath">The runtime's executable, or null to look it up.</param>
    public MontyPool(string? runtimePath = null) => this.runtimePath = runtimePath;

    /// <summary>Opens a session on a free worker, starting one when there is none.</summary>
    public async Task<MontySession> OpenSessionAsync(SessionOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= SessionOptions.Default;
        options.Validate();
        ObjectDisposedException.ThrowIf(disposed, this);
        if (TakeIdle() is { } free) return new MontySession(free.Worker, free.Unacknowledged, options, ReturnAsync);
        return new MontySession(await StartAsync(cancellationToken).ConfigureAwait(false), 0, options, ReturnAsync);
    }

    /// <summary>Ends every idle worker; those lent out end when their sessions are disposed.</summary>
    public async ValueTask DisposeAsync()
    {
        disposed = true;
        while (TakeIdle() is { } free) await free.Worker.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<WorkerConnection> StartAsync(CancellationToken cancellationToken)
    {
        var worker = new WorkerConnection(WorkerProcess.Start(RuntimeLocator.Find(runtimePath)), TimeProvider.System);
        try
        {
            worker.Send(new ParentRequest { Configure = new Configure { ScriptName = "main.py", ProtocolVersion = WorkerConnection.ProtocolVersion } });
            worker.Send(new ParentRequest { Reset = new Unit() });
            await worker.ExpectOkAsync(TimeSpan.FromSeconds(30), cancellationToken).ConfigureAwait(false);
            await worker.ExpectOkAsync(TimeSpan.FromSeconds(30), cancellationToken).ConfigureAwait(false);
            return worker;
        }
        catch
        {
            await worker.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private (WorkerConnection Worker, int Unacknowledged)? TakeIdle()
    {
        lock (idle) return idle.TryPop(out var free) ? free : null;
    }

    private async ValueTask ReturnAsync(WorkerConnection worker, bool clean)
    {
        if (!clean || worker.IsBroken || disposed)
        {
            await worker.DisposeAsync().ConfigureAwait(false);
            return;
        }

        worker.Send(new ParentRequest { Reset = new Unit() });
        worker.Flush();
        lock (idle) idle.Push((worker, 1));
    }
}
