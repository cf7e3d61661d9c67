using System.Text;
using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli.Repl;

/// <summary>The session of a console. It is saved after every input, so that one that takes the worker with it costs nothing else.</summary>
internal sealed class ReplSession : IDisposable
{
    private const string BindsInputs = "# binds the inputs";
    private readonly HostSetup setup;
    private readonly string? preamble;
    private readonly MontyPool pool;
    private readonly SessionOptions options;
    private readonly FeedOptions feed;
    private MontySession? session;
    private MontyDump? saved;
    private int inputs;

    /// <param name="setup">What code gets, may call and may use up.</param>
    /// <param name="preamble">Code that runs first, or null.</param>
    /// <param name="calls">Hears of calls and their answers.</param>
    /// <param name="print">Takes what code prints.</param>
    public ReplSession(HostSetup setup, string? preamble, CallLog calls, Action<string> print)
    {
        this.setup = setup;
        this.preamble = preamble;
        options = new SessionOptions
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
        feed = new FeedOptions
        {
            Tools = [.. setup.Tools.Select(t => t.ToHostFunction(calls, TimeProvider.System))],
            OnUnknownCall = new UnknownCalls(null, calls).AnswerAsync,
            OnHandlerError = calls.Fail,
            OnPrint = print,
            Os = setup.Os,
        };
        pool = setup.OpenPool();
    }

    /// <summary>The names that code of the session may use: its globals and its tools.</summary>
    public IEnumerable<string> Names => Session.GlobalNames.Concat(feed.Tools.Select(t => t.Name));

    private MontySession Session => session ?? throw new InvalidOperationException("The session is not open.");

    /// <summary>Opens the session, or a new one in its place: inputs are bound and the preamble runs.</summary>
    public async Task<RunOutcome> OpenAsync(Interruption interruption)
    {
        var opened = await pool.OpenSessionAsync(options, interruption.Token).ConfigureAwait(false);
        if (session is not null)
        {
            await session.DisposeAsync().ConfigureAwait(false);
        }

        session = opened;
        await SaveAsync().ConfigureAwait(false);
        inputs = 0;
        return await FeedAsync(preamble ?? BindsInputs, feed with { Inputs = setup.Inputs, ScriptName = "<preamble>" }, interruption)
            .ConfigureAwait(false);
    }

    /// <summary>Runs an input; its tracebacks call it as CPython does.</summary>
    public Task<RunOutcome> FeedAsync(string code, Interruption interruption) =>
        FeedAsync(code, feed with { ScriptName = $"<python-input-{inputs++}>" }, interruption);

    /// <summary>What the type checker says of code that is not run.</summary>
    public Task<TypeCheckReport> CheckAsync(string code, CancellationToken cancellationToken) =>
        Session.CheckTypesAsync(code, feed with { ScriptName = "<type>" }, cancellationToken);

    /// <summary>The globals that are there and their values, read in a copy of the session.</summary>
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
        var found = new List<(string, MontyValue)>();
        foreach (var name in Session.GlobalNames)
        {
            var progress = await copy.StartAsync(name, null, cancellationToken).ConfigureAwait(false);
            if (progress is MontyComplete complete)
            {
                found.Add((name, complete.Value));
            }
            else if (progress is MontySuspension)
            {
                await copy.AbortAsync(new PythonError("NameError", name), cancellationToken).ConfigureAwait(false);
            }
        }

        return found;
    }

    /// <summary>The session as bytes, as it is after the last input.</summary>
    public ReadOnlyMemory<byte> Dump() => saved!.Bytes;

    /// <summary>Goes on from a dump.</summary>
    /// <exception cref="MontyDumpException">It is none, or of another runtime; the session is as before.</exception>
    /// <exception cref="BadInputException">It waits for an answer, which nobody could give here; the session is as before.</exception>
    public async Task LoadAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var dump = new MontyDump(bytes);
        var loaded = await pool.LoadSessionAsync(dump, options, cancellationToken).ConfigureAwait(false);
        if (loaded.Pending is not null)
        {
            await loaded.DisposeAsync().ConfigureAwait(false);
            throw new BadInputException(
                "The dump is of a session that waits for an answer. Answer it where it was made, and dump it then."
            );
        }

        if (session is not null)
        {
            await session.DisposeAsync().ConfigureAwait(false);
        }

        session = loaded;
        saved = dump;
    }

    public void Dispose()
    {
        session?.Dispose();
        pool.Dispose();
    }

    private async Task<RunOutcome> FeedAsync(string code, FeedOptions with, Interruption interruption)
    {
        try
        {
            var result = await Session.FeedAsync(code, with, interruption.Token).ConfigureAwait(false);
            await SaveAsync().ConfigureAwait(false);
            return new Finished(result);
        }
        catch (MontyScriptException failed)
        {
            // What ran into a limit would run into it again: the time is used up, the memory is held.
            if (failed is { Origin: FailureOrigin.Limit, Error.Type: "TimeoutError" or "MemoryError" })
            {
                await GoBackAsync().ConfigureAwait(false);
            }
            else
            {
                await KeepAsync().ConfigureAwait(false);
            }

            return new ScriptFailed(failed.Error, failed.Origin, failed.ExecutionTime);
        }
        catch (MontyTypeCheckException refused)
        {
            return new Rejected(refused.Report);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            await KeepAsync().ConfigureAwait(false);
            return new Interrupted(interruption.Signal);
        }
        catch (MontyWorkerException lost)
        {
            await GoBackAsync().ConfigureAwait(false);
            return new RuntimeFailed(lost.Message);
        }
        catch (Exception refused) when (refused is ArgumentException or MontySizeException)
        {
            return new InputRefused(refused.Message);
        }
    }

    private async Task SaveAsync() => saved = await Session.DumpAsync().ConfigureAwait(false);

    /// <summary>Keeps the session where only a tool was given up, and goes back where the worker was.</summary>
    private async Task KeepAsync()
    {
        try
        {
            await SaveAsync().ConfigureAwait(false);
        }
        catch (MontyWorkerException)
        {
            await GoBackAsync().ConfigureAwait(false);
        }
    }

    private async Task GoBackAsync()
    {
        WentBack = true;
        if (session is not null)
        {
            await session.DisposeAsync().ConfigureAwait(false);
        }

        session = await pool.LoadSessionAsync(saved!, options).ConfigureAwait(false);
    }

    /// <summary>Whether the session went back to what it was before the last input; asking forgets it.</summary>
    public bool TakeWentBack() => (WentBack, WentBack = false).Item1;

    private bool WentBack { get; set; }
}
