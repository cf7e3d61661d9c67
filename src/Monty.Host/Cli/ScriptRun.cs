using Monty.Host.Cli.Streams;
using Monty.Host.Cli.Tools;
using Monty.Interop;

namespace Monty.Host.Cli;

/// <summary>Runs one script on its own worker, and reports every way it can end as a <see cref="RunOutcome"/>.</summary>
/// <param name="request">The script and its options.</param>
/// <param name="calls">The log that receives every call and its answer.</param>
/// <param name="unknown">Answers the calls that no tool handles.</param>
/// <param name="print">Receives the text that the script prints, as it is printed.</param>
/// <param name="warn">Receives type check warnings, which do not prevent the script from running.</param>
internal sealed class ScriptRun(RunRequest request, CallLog calls, UnknownCalls unknown, Action<string> print, Action<string> warn)
{
    /// <summary>The type checker only warns here, but a call that is not awaited does nothing.</summary>
    private const string MissingAwait = "unused-awaitable";

    private readonly HostSetup setup = request.Setup;

    /// <summary>Runs the script.</summary>
    /// <param name="interruption">Stops the worker and ends the run.</param>
    public async Task<RunOutcome> RunAsync(Interruption interruption)
    {
        try
        {
            using var pool = setup.OpenPool();
            return await CheckTypesAsync(pool, interruption.Token).ConfigureAwait(false)
                ?? await FeedAsync(pool, interruption.Token).ConfigureAwait(false);
        }
        catch (MontyScriptException exception)
        {
            return new RunOutcome.ScriptFailed(exception.Error, exception.Origin, exception.ExecutionTime);
        }
        catch (MontyWorkerException exception) when (exception.Failure == WorkerFailure.TimedOut && setup.Limits.MaxDuration is { } limit)
        {
            var message =
                $"time limit exceeded: one operation was still running {HostSetup.Overshoot.TotalSeconds} s after the limit "
                + $"of {limit.TotalSeconds} s, so the worker was stopped";
            return new RunOutcome.ScriptFailed(new PythonError("TimeoutError", message), FailureOrigin.Limit, null);
        }
        catch (Exception exception) when (exception is ArgumentException or MontySizeException)
        {
            return new RunOutcome.BadInput(exception.Message);
        }
        catch (Exception exception) when (exception is MontyException or RuntimeMissingException)
        {
            return new RunOutcome.RuntimeFailed(exception.Message);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return new RunOutcome.Interrupted(interruption.Signal);
        }
        catch (IOException exception)
        {
            return new RunOutcome.OutputClosed(exception.Message);
        }
    }

    /// <summary>The limits of the type check, which gets no more memory than the script.</summary>
    private TypeCheckLimits CheckLimits
    {
        get
        {
            var limits = new TypeCheckLimits();
            return setup.Limits.MaxMemoryBytes is { } memory && memory < limits.MaxMemoryBytes
                ? limits with
                {
                    MaxMemoryBytes = memory,
                }
                : limits;
        }
    }

    private async Task<RunOutcome?> CheckTypesAsync(MontyPool pool, CancellationToken cancellationToken)
    {
        if (setup.Stubs is not { } stubs)
        {
            return null;
        }

        var check = new TypeCheckOptions
        {
            Stubs = stubs,
            Tools = [.. setup.Tools.Select(t => t.ToHostFunction(calls, TimeProvider.System))],
            ScriptName = request.ScriptName,
            Inputs = setup.Inputs,
            Limits = CheckLimits,
        };
        var report = await pool.CheckTypesAsync(request.Source.Code, check, cancellationToken).ConfigureAwait(false);
        var isAwaitMissing = setup.Tools.Any(t => t.IsAsync) && report.Diagnostics.Any(d => d.Rule == MissingAwait);
        if (report.HasErrors || isAwaitMissing)
        {
            return new RunOutcome.Rejected(report);
        }

        if (report.Text.Length > 0)
        {
            warn(report.Text);
        }

        return null;
    }

    private async Task<RunOutcome> FeedAsync(MontyPool pool, CancellationToken cancellationToken)
    {
        var options = new SessionOptions
        {
            ScriptName = request.ScriptName,
            Limits = setup.Limits,
            FlushEachLine = true, // Printed text must be shown even if the worker dies right after it.
        };
        var feed = new FeedOptions
        {
            Inputs = setup.Inputs,
            Tools = [.. setup.Tools.Select(t => t.ToHostFunction(calls, TimeProvider.System))],
            OnUnknownCall = unknown.AnswerAsync,
            OnHandlerError = calls.Fail,
            OnPrint = print,
            Os = setup.Os,
        };
        using var session = await pool.OpenSessionAsync(options, cancellationToken).ConfigureAwait(false);
        return new RunOutcome.Finished(await session.FeedAsync(request.Source.Code, feed, cancellationToken).ConfigureAwait(false));
    }
}
