using Monty.Interop;

namespace Monty.Actors.Engine;

/// <summary>Runs turns on the pool's workers, as many at once as there are workers.</summary>
/// <remarks>Thread-safe. Turns wait for a worker in the order they come, for as long as it takes.</remarks>
internal sealed class TurnRunner(MontyPool pool, EngineTools tools, MontyEngineOptions options) : IDisposable
{
    private readonly TurnThreads threads = new(options.Pool.MaxWorkers);

    /// <summary>Runs the turn that is due.</summary>
    /// <param name="session">The session.</param>
    /// <param name="os">Its view of an operating system.</param>
    /// <param name="state">Its state, in which a turn is due.</param>
    /// <param name="before">The interpreter before the turn; null before the first.</param>
    /// <param name="cancellationToken">Ends the turn and its worker.</param>
    /// <returns>What became of it, and the interpreter after it; the one before where the turn does not count.</returns>
    /// <exception cref="MontyDumpException">The dump was refused; nothing ran.</exception>
    /// <exception cref="MontyWorkerException">No worker could be started.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the interpreter before it counts.</exception>
    public async Task<TurnRun> RunAsync(SessionId session, SessionOs os, SessionState state, MontyDump? before, CancellationToken cancellationToken)
    {
        var request = SessionCore.TurnDue(state)!;
        var answers = new SpotAnswers(session, state.Feed!, tools, os, options, cancellationToken);
        try
        {
            var result = await RunAsync(state.Setup!, before, request, request is AbortTurn ? null : answers.Answer, answers.Print, cancellationToken).ConfigureAwait(false);
            return new TurnRun(new TurnOutcome.Ran(answers.Steps, answers.TakePrinted(), result.Progress) { FileLength = answers.FileLength }, result.Dump);
        }
        catch (MontyWorkerException dead) when (IsOfTheTurn(dead))
        {
            return new TurnRun(OutcomeOf(dead, answers.AllPrinted), before);
        }
        catch (ArgumentException refused)
        {
            return new TurnRun(Discarded("RuntimeError", refused.Message, FailureOrigin.Runtime, answers.AllPrinted), before);
        }
    }

    /// <summary>Runs a turn whose suspensions somebody else answers.</summary>
    public Task<TurnResult> RunAsync(
        SessionSetup setup, MontyDump? before, TurnRequest request, Func<MontySuspension, MontyAnswer?>? goOn, Action<string> print, CancellationToken cancellationToken)
    {
        var turn = new TurnOptions
        {
            Session = new SessionOptions { ScriptName = setup.ScriptName, Limits = before is null ? setup.Limits : MontyLimits.None, TurnDeadline = options.TurnDeadline },
            GoOn = goOn,
            OnPrint = print,
        };
        return threads.RunAsync(() => pool.TurnAsync(before, request, turn, cancellationToken), cancellationToken);
    }

    /// <summary>True when a worker failed by what it ran, and not because none could be started or its turn was cancelled.</summary>
    public static bool IsOfTheTurn(MontyWorkerException dead) => dead.Failure is not (WorkerFailure.NotStarted or WorkerFailure.VersionMismatch or WorkerFailure.Cancelled);

    public void Dispose() => threads.Dispose();

    private static TurnOutcome OutcomeOf(MontyWorkerException dead, string printed) => dead.Failure switch
    {
        WorkerFailure.DeadlineExceeded => Discarded("TimeoutError", "the turn passed its deadline", FailureOrigin.Limit, printed),
        WorkerFailure.OutOfMemory => Discarded("MemoryError", "memory limit exceeded: the script needed more than its worker may have", FailureOrigin.Limit, printed),
        WorkerFailure.PrintLimitExceeded => Discarded("RuntimeError", dead.Message, FailureOrigin.Limit, printed),
        _ => new TurnOutcome.WorkerDied(dead.ExitCode is { } code ? $"{dead.Message} Exit code {code}. {dead.StandardError}".TrimEnd() : dead.Message),
    };

    private static TurnOutcome.Discarded Discarded(string type, string message, FailureOrigin origin, string printed) =>
        new(new FeedOutcome.Failed(new PythonError(type, message), origin), printed);
}

/// <summary>A turn that was run.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Dump">The interpreter that counts after it.</param>
internal sealed record TurnRun(TurnOutcome Outcome, MontyDump? Dump);
