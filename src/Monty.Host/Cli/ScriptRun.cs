using Monty.Host.Cli.Streams;
using Monty.Host.Cli.Tools;
using Monty.Interop;

namespace Monty.Host.Cli;

/// <summary>Runs one script on a worker of its own; every end of it is a <see cref="RunOutcome"/>.</summary>
/// <param name="request">What to run.</param>
/// <param name="calls">Hears of every call and its answer.</param>
/// <param name="unknown">Answers the calls that no tool takes.</param>
/// <param name="print">Takes what the script prints, as it comes.</param>
/// <param name="warn">Takes what a person should know although the script may run.</param>
internal sealed class ScriptRun(RunRequest request, CallLog calls, UnknownCalls unknown, Action<string> print, Action<string> warn)
{
    private readonly HostSetup setup = request.Setup;

    /// <summary>Runs the script.</summary>
    /// <param name="interruption">Ends the worker, and the run with it.</param>
    public async Task<RunOutcome> RunAsync(Interruption interruption)
    {
        try
        {
            using var pool = setup.OpenPool();
            return await CheckTypesAsync(pool, interruption.Token).ConfigureAwait(false)
                ?? await FeedAsync(pool, interruption.Token).ConfigureAwait(false);
        }
        catch (MontyScriptException failed)
        {
            return new ScriptFailed(failed.Error, failed.Origin, failed.ExecutionTime);
        }
        catch (MontyWorkerException killed) when (killed.Failure == WorkerFailure.TimedOut && setup.Limits.MaxDuration is { } limit)
        {
            var late =
                $"time limit exceeded: one operation still ran {HostSetup.Overshoot.TotalSeconds} s after the limit of {limit.TotalSeconds} s";
            return new ScriptFailed(new PythonError("TimeoutError", $"{late}; the worker was ended"), FailureOrigin.Limit, null);
        }
        catch (Exception refused) when (refused is ArgumentException or MontySizeException)
        {
            return new InputRefused(refused.Message);
        }
        catch (Exception failed) when (failed is MontyException or RuntimeMissingException)
        {
            return new RuntimeFailed(failed.Message);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return new Interrupted(interruption.Signal);
        }
        catch (IOException lost)
        {
            return new OutputLost(lost.Message);
        }
    }

    /// <summary>The check gets no more memory than the script.</summary>
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
        if (report.HasErrors)
        {
            return new Rejected(report);
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
            FlushEachLine = true, // what was printed is seen even when the worker dies right after it
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
        return new Finished(await session.FeedAsync(request.Source.Code, feed, cancellationToken).ConfigureAwait(false));
    }
}
