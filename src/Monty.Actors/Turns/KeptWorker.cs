using Monty.Interop;
using Monty.Interop.Sessions;

namespace Monty.Actors.Turns;

/// <summary>A worker that a session keeps between turns while its answers come at once: nothing is loaded or dumped then.</summary>
/// <remarks>In use by one turn at a time, or by whoever took it out of <see cref="KeptWorkers"/>.</remarks>
internal sealed class KeptWorker(MontySession session, TimeProvider time) : IDisposable
{
    private readonly TaskCompletionSource<MontyDump?> parked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How many turns ran on it since the interpreter was dumped last.</summary>
    public int TurnsSinceDump { get; private set; }

    /// <summary>True when the worker is dead or is to die, such as by a deadline that passed as its reply came.</summary>
    public bool IsBroken => session.IsBroken;

    /// <summary>Completes when somebody else needed the worker: the interpreter, or null where it was lost with the worker.</summary>
    public Task<MontyDump?> Parked => parked.Task;

    /// <summary>Runs a turn on the session that waits on the worker.</summary>
    /// <exception cref="MontyWorkerException">The worker died in the turn.</exception>
    /// <exception cref="ArgumentException">The runtime refused the answer.</exception>
    public async Task<MontyProgress> RunAsync(TurnRequest request, TurnOptions options, CancellationToken cancellationToken)
    {
        var printed = new PrintCollector(options.MaxPrintBytes);
        var begun = time.GetTimestamp();
        LimitReply();
        session.PrintTo(text =>
        {
            printed.Add(text);
            options.OnPrint?.Invoke(text);
        });
        var progress = request switch
        {
            AnswerTurn turn => await session.AnswerAsync(session.Pending!, turn.Answer, cancellationToken).ConfigureAwait(false),
            AbortTurn abort => await session.AbortAsync(abort.Error, cancellationToken).ConfigureAwait(false),
            _ => throw new ArgumentException($"A session that waits takes no {request.GetType().Name}.", nameof(request)),
        };
        while (progress is MontySuspension suspension && options.AnswerInline?.Invoke(suspension) is { } answer)
        {
            LimitReply();
            progress = await session.AnswerAsync(suspension, answer, cancellationToken).ConfigureAwait(false);
        }

        TurnsSinceDump++;
        return progress;

        void LimitReply()
        {
            if (options.Session.TurnTimeout is { } whole)
            {
                session.LimitReply(whole - time.GetElapsedTime(begun)); // the deadline holds for the turn, not for each reply
            }
        }
    }

    /// <summary>The interpreter as it is; the worker goes on with it.</summary>
    public async Task<MontyDump> DumpAsync(CancellationToken cancellationToken)
    {
        var dump = await session.DumpAsync(cancellationToken).ConfigureAwait(false);
        TurnsSinceDump = 0;
        return dump;
    }

    /// <summary>Dumps the interpreter for its session and gives the worker back.</summary>
    public async Task ParkAsync()
    {
        MontyDump? dump = null;
        try
        {
            dump = await session.DumpAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is MontyWorkerException or ObjectDisposedException)
        {
            // It died while nobody used it, or the engine stops: its session rebuilds the interpreter from its story.
        }
        finally
        {
            await session.DisposeAsync().ConfigureAwait(false);
            parked.TrySetResult(dump);
        }
    }

    /// <summary>Gives the worker back; what is not dumped is lost.</summary>
    public void Dispose()
    {
        session.Dispose();
        parked.TrySetResult(null);
    }
}
