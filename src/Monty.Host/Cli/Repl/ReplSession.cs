using System.Text;
using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli.Repl;

/// <summary>The session of a REPL. It is saved after every input, so an input that crashes the worker loses only its own changes.</summary>
internal sealed class ReplSession : IDisposable
{
    /// <summary>The code that runs without a preamble. A feed is needed to set the inputs.</summary>
    private const string EmptyPreamble = "# sets the inputs";
    private readonly HostSetup setup;
    private readonly string? preamble;
    private readonly MontyPool pool;
    private readonly SessionOptions sessionOptions;
    private readonly FeedOptions feedOptions;
    private MontySession? session;
    private MontyDump? saved;
    private int inputCount;
    private bool wasRolledBack;

    /// <param name="setup">The inputs, tools, limits and other options.</param>
    /// <param name="preamble">The code that runs first, or null.</param>
    /// <param name="calls">The log that receives calls and their answers.</param>
    /// <param name="print">Receives the text that code prints.</param>
    public ReplSession(HostSetup setup, string? preamble, CallLog calls, Action<string> print)
    {
        this.setup = setup;
        this.preamble = preamble;
        sessionOptions = new SessionOptions
        {
            Limits = setup.Limits.MaxDuration is { Ticks: > 0 } duration
                ? setup.Limits with
                {
                    MaxDuration = null,
                    MaxFeedDuration = duration, // each input has its own time
                }
                : setup.Limits,
            FlushEachLine = true,
            TypeCheck = new SessionTypeCheck { Stubs = setup.Stubs, OnlyOnDemand = setup.Stubs is null },
        };
        feedOptions = new FeedOptions
        {
            Tools = [.. setup.Tools.Select(t => t.ToHostFunction(calls, TimeProvider.System))],
            OnUnknownCall = new UnknownCalls(null, calls).AnswerAsync,
            OnHandlerError = calls.Fail,
            OnPrint = print,
            Os = setup.Os,
        };
        pool = setup.OpenPool();
    }

    /// <summary>The names of the session's globals and tools, for completion.</summary>
    public IEnumerable<string> Names => Session.GlobalNames.Concat(feedOptions.Tools.Select(t => t.Name));

    private MontySession Session => session ?? throw new InvalidOperationException("The session is not open.");

    /// <summary>Opens the session, or replaces it with a new one. Sets the inputs and runs the preamble.</summary>
    public async Task<RunOutcome> OpenAsync(Interruption interruption)
    {
        var opened = await pool.OpenSessionAsync(sessionOptions, interruption.Token).ConfigureAwait(false);
        if (session is not null)
        {
            await session.DisposeAsync().ConfigureAwait(false);
        }

        session = opened;
        await SaveAsync().ConfigureAwait(false);
        inputCount = 0;
        var preambleOptions = feedOptions with { Inputs = setup.Inputs, ScriptName = "<preamble>" };
        return await FeedAsync(preamble ?? EmptyPreamble, preambleOptions, interruption).ConfigureAwait(false);
    }

    /// <summary>Runs an input. Tracebacks name it <c>&lt;python-input-0&gt;</c> and so on, as CPython does.</summary>
    public Task<RunOutcome> FeedAsync(string code, Interruption interruption) =>
        FeedAsync(code, feedOptions with { ScriptName = $"<python-input-{inputCount++}>" }, interruption);

    /// <summary>Checks the types of code without running it.</summary>
    public Task<TypeCheckReport> CheckAsync(string code, CancellationToken cancellationToken) =>
        Session.CheckTypesAsync(code, feedOptions with { ScriptName = "<type>" }, cancellationToken);

    /// <summary>Reads the globals and their values in a copy of the session.</summary>
    public async Task<IReadOnlyList<(string Name, MontyValue Value)>> ReadGlobalsAsync(CancellationToken cancellationToken)
    {
        using var copy = await pool.LoadSessionAsync(
                saved!,
                new SessionOptions
                {
                    TurnTimeout = HostSetup.Overshoot,
                    TypeCheck = new SessionTypeCheck { OnlyOnDemand = true },
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        var globals = new List<(string, MontyValue)>();
        foreach (var name in Session.GlobalNames)
        {
            var progress = await copy.StartAsync(name, null, cancellationToken).ConfigureAwait(false);
            if (progress is MontyComplete complete)
            {
                globals.Add((name, complete.Value));
            }
            else if (progress is MontySuspension)
            {
                await copy.AbortAsync(new PythonError("NameError", name), cancellationToken).ConfigureAwait(false);
            }
        }

        return globals;
    }

    /// <summary>Returns the dump of the session after the last input.</summary>
    public ReadOnlyMemory<byte> Dump() => saved!.Bytes;

    /// <summary>Replaces the session with the session of a dump. If this fails, the session is unchanged.</summary>
    /// <exception cref="MontyDumpException">The bytes are not a dump, or were made by another runtime version.</exception>
    /// <exception cref="BadInputException">The dumped session waits for an answer, which the REPL cannot give.</exception>
    public async Task LoadAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var dump = new MontyDump(bytes);
        var loaded = await pool.LoadSessionAsync(dump, sessionOptions, cancellationToken).ConfigureAwait(false);
        if (loaded.Pending is not null)
        {
            await loaded.DisposeAsync().ConfigureAwait(false);
            throw new BadInputException(
                "The dumped session waits for an answer, which the REPL cannot give. "
                    + "Answer the call in the program that made the dump, and then dump the session again."
            );
        }

        if (session is not null)
        {
            await session.DisposeAsync().ConfigureAwait(false);
        }

        session = loaded;
        saved = dump;
    }

    /// <summary>Returns true if the last input was rolled back, and resets this state.</summary>
    public bool ConsumeRollback()
    {
        var result = wasRolledBack;
        wasRolledBack = false;
        return result;
    }

    public void Dispose()
    {
        session?.Dispose();
        pool.Dispose();
    }

    private async Task<RunOutcome> FeedAsync(string code, FeedOptions options, Interruption interruption)
    {
        try
        {
            var result = await Session.FeedAsync(code, options, interruption.Token).ConfigureAwait(false);
            return await SaveOrRollBackAsync().ConfigureAwait(false) is { } error
                ? new RunOutcome.RuntimeFailed(error)
                : new RunOutcome.Finished(result);
        }
        catch (MontyScriptException exception)
        {
            // After a limit on time or memory, every further input would fail: the time is used up, and the memory is still allocated.
            if (exception is { Origin: FailureOrigin.Limit, Error.Type: "TimeoutError" or "MemoryError" })
            {
                await RollBackAsync().ConfigureAwait(false);
            }
            else
            {
                await SaveOrRollBackAsync().ConfigureAwait(false);
            }

            return new RunOutcome.ScriptFailed(exception.Error, exception.Origin, exception.ExecutionTime);
        }
        catch (MontyTypeCheckException exception)
        {
            return new RunOutcome.Rejected(exception.Report);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            await SaveOrRollBackAsync().ConfigureAwait(false);
            return new RunOutcome.Interrupted(interruption.Signal);
        }
        catch (MontyWorkerException exception)
        {
            await RollBackAsync().ConfigureAwait(false);
            return new RunOutcome.RuntimeFailed(exception.Message);
        }
        catch (Exception exception) when (exception is ArgumentException or MontySizeException)
        {
            return new RunOutcome.BadInput(exception.Message);
        }
    }

    private async Task SaveAsync() => saved = await Session.DumpAsync().ConfigureAwait(false);

    /// <summary>Saves the session, and rolls it back if its worker was lost or if it is too large for a dump.</summary>
    /// <returns>The reason for the rollback, or null if the session was saved.</returns>
    private async Task<string?> SaveOrRollBackAsync()
    {
        try
        {
            await SaveAsync().ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (exception is MontyWorkerException or MontySizeException)
        {
            await RollBackAsync().ConfigureAwait(false);
            return exception.Message;
        }
    }

    /// <summary>Restores the state that was saved after the last input.</summary>
    private async Task RollBackAsync()
    {
        wasRolledBack = true;
        if (session is not null)
        {
            await session.DisposeAsync().ConfigureAwait(false);
        }

        session = await pool.LoadSessionAsync(saved!, sessionOptions).ConfigureAwait(false);
    }
}
