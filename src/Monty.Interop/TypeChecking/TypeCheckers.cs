using Monty.Interop.Workers;

namespace Monty.Interop.TypeChecking;

/// <summary>The workers that check types, separate from those of sessions, and the turns that callers take on them.</summary>
/// <remarks>
/// Thread-safe. They are a pool of their own for two reasons. The checker keeps about 5 MB of loaded data in a worker, even after a reset. It would count
/// against the memory limit of a session, and it makes the next check a hundred times faster. And a check never waits for a session, so code can be
/// checked even while sessions use all workers of the pool.
/// </remarks>
internal sealed class TypeCheckers : IDisposable
{
    private readonly MontyPoolOptions options;
    private readonly int count;
    private readonly WorkerPool workers;
    private readonly CallerTurns turns;
    private string soundStubs = "";

    public TypeCheckers(MontyPoolOptions options)
    {
        this.options = options;
        count = Math.Max(1, options.MaxWorkers / 4);
        workers = new WorkerPool(options with { MinWorkers = 0, MaxWorkers = count });
        turns = new CallerTurns(count);
    }

    /// <summary>The limits of checks without limits of their own.</summary>
    public TypeCheckLimits Limits => options.TypeCheckLimits;

    public MontyPoolStatistics Statistics
    {
        get
        {
            var statistics = workers.Statistics;
            return statistics with { Waiting = statistics.Waiting + turns.Waiting };
        }
    }

    /// <summary>Checks code without running it.</summary>
    /// <returns>The findings, or the report of a check that could not be finished.</returns>
    /// <exception cref="ArgumentException">The stubs are not valid.</exception>
    /// <exception cref="TimeoutException">No checker became free in time.</exception>
    /// <exception cref="MontyWorkerException">No checker could be started.</exception>
    public async Task<TypeCheckReport> CheckAsync(TypeCheckRequest request, CancellationToken cancellationToken)
    {
        var limits = request.Limits ?? options.TypeCheckLimits;
        if (request.Code.Length > limits.MaxCodeLength)
        {
            return TypeCheckReport.Failed(
                TypeCheckFailure.CodeTooLong,
                request.ScriptName,
                $"The code was not type checked: it has {request.Code.Length} characters, and the limit is {limits.MaxCodeLength}. "
                    + "Split the code, pass large data as inputs, or raise TypeCheckLimits.MaxCodeLength."
            );
        }

        var module = new CheckedModule(request);
        return await RunAsync(
                request.Caller,
                limits,
                async checker =>
                    await CheckStubsAsync(checker, request.Stubs).ConfigureAwait(false)
                    ?? await checker.CheckAsync(module, request.Stubs).ConfigureAwait(false),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>Checks that a session's stubs can be parsed, because the runtime ignores invalid stubs. The stubs that were checked last are not checked again.</summary>
    /// <exception cref="ArgumentException">The stubs are not valid.</exception>
    /// <exception cref="MontyTypeCheckException">The check of the stubs could not be finished.</exception>
    /// <exception cref="TimeoutException">No checker became free in time.</exception>
    /// <exception cref="MontyWorkerException">No checker could be started.</exception>
    public async Task RequireSoundStubsAsync(SessionTypeCheck? session, CancellationToken cancellationToken)
    {
        if (session?.Stubs is not { Length: > 0 } stubs || IsKnownAsSound(stubs))
        {
            return;
        }

        var report = await RunAsync(
                session.Caller,
                options.TypeCheckLimits,
                async checker => await CheckStubsAsync(checker, stubs).ConfigureAwait(false) ?? TypeCheckReport.Empty,
                cancellationToken
            )
            .ConfigureAwait(false);
        if (report.Failure is not null)
        {
            throw new MontyTypeCheckException(report);
        }
    }

    public void Dispose()
    {
        turns.Dispose();
        workers.Dispose();
    }

    private bool IsKnownAsSound(string stubs) => stubs.Length == 0 || stubs == Volatile.Read(ref soundStubs);

    private async Task<TypeCheckReport?> CheckStubsAsync(TypeChecker checker, string stubs)
    {
        if (IsKnownAsSound(stubs))
        {
            return null;
        }

        var failed = await checker.CheckStubsAsync(stubs).ConfigureAwait(false);
        if (failed is null)
        {
            Volatile.Write(ref soundStubs, stubs);
        }

        return failed;
    }

    private async Task<TypeCheckReport> RunAsync(
        string? caller,
        TypeCheckLimits limits,
        Func<TypeChecker, Task<TypeCheckReport>> check,
        CancellationToken cancellationToken
    )
    {
        using var turn = await EnterAsync(caller, cancellationToken).ConfigureAwait(false);
        WorkerConnection? worker = await workers.TakeAsync(cancellationToken).ConfigureAwait(false);
        var budget = new CheckBudget(limits, options.TimeProvider);
        var isClean = false;
        try
        {
            var report = await check(new TypeChecker(worker, budget, cancellationToken)).ConfigureAwait(false);
            if (report.Failure == TypeCheckFailure.OutOfMemory && worker.Checkouts > 1)
            {
                // The memory that earlier checks left in the worker counted against this one.
                var used = worker;
                worker = null;
                worker = await workers.ReplaceAsync(used, cancellationToken).ConfigureAwait(false);
                report = await check(new TypeChecker(worker, budget, cancellationToken)).ConfigureAwait(false);
            }

            isClean = !worker.IsBroken;
            return report;
        }
        catch (ArgumentException)
        {
            isClean = true; // the stubs are not valid, or the text cannot be sent: the worker has answered all requests
            throw;
        }
        catch (OperationCanceledException exception) when (worker is { IsBroken: true })
        {
            throw new OperationCanceledException(
                "The type check was canceled, and its checker was killed. No code ran.",
                exception,
                cancellationToken
            );
        }
        finally
        {
            if (worker is not null)
            {
                workers.Return(worker, isClean);
            }
        }
    }

    private async Task<CallerTurns.Turn> EnterAsync(string? caller, CancellationToken cancellationToken)
    {
        try
        {
            return await turns.EnterAsync(caller, options.CheckoutTimeout, options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException(
                $"The types were not checked: none of the {count} type checkers became free{(caller is null ? "" : $" for the caller '{caller}'")} within {options.CheckoutTimeout}. "
                    + "Raise MaxWorkers, of which type checkers are a quarter, or CheckoutTimeout, or check less at once.",
                exception
            );
        }
        catch (ObjectDisposedException)
        {
            throw WorkerPool.CreateDisposedException();
        }
    }
}
