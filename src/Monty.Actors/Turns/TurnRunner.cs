using Monty.Actors.Tools;
using Monty.Interop;

namespace Monty.Actors.Turns;

/// <summary>Runs turns on the workers of the pool, at most one for each worker at a time.</summary>
/// <remarks>
/// Thread-safe. Turns wait for a worker without a limit. A session whose call is answered by a handler keeps its worker while no other session
/// waits for one. Its next turn then needs no load and no dump. Turns that its last dump lacks are in its history.
/// </remarks>
internal sealed class TurnRunner(MontyPool pool, EngineTools tools, MontyEngineOptions options) : IDisposable
{
    private readonly TurnThreads threads = new(options.Pool.MaxWorkers);
    private readonly KeptWorkers workers = new(options.Pool.MaxWorkers);

    /// <summary>Runs the next turn of a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="os">The operating system of the session.</param>
    /// <param name="state">The state of the session, which requires a turn.</param>
    /// <param name="before">The interpreter before the turn. It is null before the first turn, and not used if a worker holds the interpreter.</param>
    /// <param name="kept">The worker that holds the interpreter, or null.</param>
    /// <param name="gate">The gate that the turn passes when it has a thread, or null.</param>
    /// <param name="cancellationToken">Cancels the turn and kills its worker.</param>
    /// <returns>The outcome of the turn and its interpreter. There is no interpreter if the turn does not count.</returns>
    /// <exception cref="MontyDumpException">The dump was refused. No turn ran.</exception>
    /// <exception cref="InterpreterLostException">The interpreter was lost with the worker that held it. No turn ran.</exception>
    /// <exception cref="MontyWorkerException">No worker could be started.</exception>
    /// <exception cref="OperationCanceledException">The turn was canceled. The interpreter before the turn stays valid.</exception>
    public async Task<TurnRun> RunAsync(
        SessionId session,
        SessionFiles os,
        SessionState state,
        MontyDump? before,
        KeptWorker? kept,
        TurnGate? gate,
        CancellationToken cancellationToken
    )
    {
        var request = SessionDecider.NextTurn(state)!;
        var answers = new InlineAnswers(session, state.Feed!, tools, os, options, cancellationToken);
        try
        {
            var turn = Turn(state.Setup!, before, request is AbortTurn ? null : answers.Answer, answers.Print, isReplay: false);
            var (progress, dump, keeps) = await RunOnThreadAsync(
                    session.Tenant,
                    gate,
                    () =>
                        RunAsync(
                            before,
                            kept,
                            request,
                            turn,
                            p => !threads.HasWaiters && IsAnsweredSoon(p, state, answers),
                            cancellationToken
                        ),
                    cancellationToken
                )
                .ConfigureAwait(false);
            return new TurnRun(
                new TurnOutcome.Ran(answers.Steps, answers.TakePrinted(), progress) { FileLength = answers.FileLength },
                dump,
                keeps
            );
        }
        catch (MontyWorkerException dead) when (IsOfTheTurn(dead))
        {
            return new TurnRun(GetOutcome(dead, answers.AllPrinted), null, null);
        }
        catch (Exception refused) when (refused is ArgumentException or MontySizeException)
        {
            return new TurnRun(Discarded("RuntimeError", refused.Message, FailureOrigin.Runtime, answers.AllPrinted), null, null);
        }
    }

    /// <summary>
    /// Runs a turn whose suspensions the caller answers. A replay does not check types, because the history holds the result, but records the code for later
    /// checks.
    /// </summary>
    public async Task<TurnResult> RunAsync(
        SessionId session,
        SessionSetup setup,
        MontyDump? before,
        TurnRequest request,
        Func<MontySuspension, MontyAnswer?>? answerInline,
        Action<string> print,
        bool isReplay,
        TurnGate? gate,
        CancellationToken cancellationToken
    )
    {
        var turn = Turn(setup, before, answerInline, print, isReplay);
        var (progress, dump, _) = await RunOnThreadAsync(
                session.Tenant,
                gate,
                () => RunAsync(before, null, request, turn, _ => false, cancellationToken),
                cancellationToken
            )
            .ConfigureAwait(false);
        return new TurnResult("", progress, dump!);
    }

    /// <summary>Lets a session keep the worker of a turn that counts, until another session needs it.</summary>
    public void Keep(KeptWorker kept) => workers.Keep(kept);

    /// <summary>Returns the worker of a turn that does not count.</summary>
    public void Drop(KeptWorker kept)
    {
        kept.Dispose();
        workers.End();
    }

    /// <summary>Returns a worker that its session kept and no longer needs.</summary>
    public void Release(KeptWorker kept) => workers.Release(kept);

    /// <summary>Returns true if a worker failed because of the code that it ran, and not because it could not be started or its turn was canceled.</summary>
    public static bool IsOfTheTurn(MontyWorkerException dead) =>
        dead.Failure is not (WorkerFailure.NotStarted or WorkerFailure.VersionMismatch or WorkerFailure.Cancelled);

    public void Dispose()
    {
        workers.Dispose();
        threads.Dispose();
    }

    private Task<T> RunOnThreadAsync<T>(string tenant, TurnGate? gate, Func<Task<T>> turn, CancellationToken cancellationToken)
    {
        return threads.RunAsync(tenant, gate is null ? turn : PassAsync, cancellationToken);

        async Task<T> PassAsync()
        {
            await gate.PassAsync(cancellationToken).ConfigureAwait(false);
            return await turn().ConfigureAwait(false);
        }
    }

    private TurnOptions Turn(
        SessionSetup setup,
        MontyDump? before,
        Func<MontySuspension, MontyAnswer?>? answerInline,
        Action<string> print,
        bool isReplay
    ) =>
        new()
        {
            Session = new SessionOptions
            {
                ScriptName = setup.ScriptName,
                Limits = before is null ? setup.EffectiveLimits : MontyLimits.None,
                TurnTimeout = options.TurnTimeout,
                TypeCheck = setup.TypeCheck ? new SessionTypeCheck { Stubs = tools.Stubs, OnlyOnDemand = isReplay } : null,
            },
            AnswerInline = answerInline,
            OnPrint = print,
        };

    private async Task<(MontyProgress Progress, MontyDump? Dump, KeptWorker? Kept)> RunAsync(
        MontyDump? before,
        KeptWorker? kept,
        TurnRequest request,
        TurnOptions turn,
        Func<MontyProgress, bool> keeps,
        CancellationToken cancellationToken
    )
    {
        if (kept is not null && !workers.TryBegin(kept))
        {
            before = await kept.Parked.ConfigureAwait(false) ?? throw new InterpreterLostException();
            kept = null;
        }

        var canKeep =
            kept is not null || (options.KeepsWorkers && request is AnswerTurn answer && workers.HasCapacity && keeps(answer.Suspension));
        if (kept is null)
        {
            await workers.BeginAsync().ConfigureAwait(false);
        }

        KeptWorker? stays = null;
        try
        {
            if (!canKeep)
            {
                var result = await RunStatelessAsync(before, request, turn, cancellationToken).ConfigureAwait(false);
                return (result.Progress, result.Dump, null);
            }

            kept ??= new KeptWorker(await pool.LoadSessionAsync(before!, turn.Session, cancellationToken).ConfigureAwait(false));
            var progress = await kept.RunAsync(request, turn, cancellationToken).ConfigureAwait(false);
            var isKept = keeps(progress) && !kept.IsBroken;
            var dump =
                isKept && kept.TurnsSinceDump < options.LargeDumpTurns
                    ? null
                    : await kept.DumpAsync(cancellationToken).ConfigureAwait(false);
            if (isKept)
            {
                stays = kept;
            }

            return (progress, dump, stays);
        }
        finally
        {
            if (stays is null)
            {
                kept?.Dispose();
                workers.End();
            }
        }
    }

    /// <summary>
    /// Runs a turn that delivers a tool's answer. Such a turn usually ends at the next call, so that everything is sent in one write. If it does not end
    /// there, it continues from the dump that came with the call.
    /// </summary>
    private async Task<TurnResult> RunStatelessAsync(
        MontyDump? before,
        TurnRequest request,
        TurnOptions turn,
        CancellationToken cancellationToken
    )
    {
        if (request is not AnswerTurn { Suspension: MontyFunctionCall } || turn.AnswerInline is not { } answerInline)
        {
            return await pool.TurnAsync(before, request, turn, cancellationToken).ConfigureAwait(false);
        }

        var begun = options.TimeProvider.GetTimestamp();
        var result = await pool.TurnAsync(before, request, turn with { AnswerInline = null }, cancellationToken).ConfigureAwait(false);
        if (result.Progress is not MontySuspension suspension || answerInline(suspension) is not { } answer)
        {
            return result;
        }

        var left = options.TurnTimeout - options.TimeProvider.GetElapsedTime(begun);
        var rest = turn with
        {
            Session = turn.Session with { TurnTimeout = left > TimeSpan.FromMilliseconds(1) ? left : TimeSpan.FromMilliseconds(1) },
        };
        return await pool.TurnAsync(result.Dump, new AnswerTurn(suspension, answer), rest, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Returns true if the script waits only for handlers in this process, which usually answer before another session could use the worker.
    /// </summary>
    private bool IsAnsweredSoon(MontyProgress progress, SessionState state, InlineAnswers answers) =>
        progress switch
        {
            MontyFunctionCall call => IsHandled(call),
            MontyOsCall => true,
            MontyResolveFutures => state.Feed!.Calls.Values.All(c => c.Kind == CallKind.Handler)
                && answers.Steps.All(s => s is not { Answer: FutureAnswer, Suspension: MontyFunctionCall call } || IsHandled(call)),
            _ => false,
        };

    private bool IsHandled(MontyFunctionCall call) => options.Host is null && tools.Find(call.Name)?.Kind == CallKind.Handler;

    private static TurnOutcome GetOutcome(MontyWorkerException dead, string printed) =>
        dead.Failure switch
        {
            WorkerFailure.TimedOut => Discarded("TimeoutError", "the turn passed its deadline", FailureOrigin.Limit, printed),
            WorkerFailure.OutOfMemory => Discarded(
                "MemoryError",
                "memory limit exceeded: the script needed more than its worker may have",
                FailureOrigin.Limit,
                printed
            ),
            WorkerFailure.PrintLimitExceeded => Discarded("RuntimeError", dead.Message, FailureOrigin.Limit, printed),
            _ => new TurnOutcome.WorkerDied(
                dead.ExitCode is { } code ? $"{dead.Message} Exit code {code}. {dead.StandardError}".TrimEnd() : dead.Message
            ),
        };

    private static TurnOutcome.Discarded Discarded(string type, string message, FailureOrigin origin, string printed) =>
        new(new FeedOutcome.Failed(new PythonError(type, message), origin), printed);
}

/// <summary>A turn that was run.</summary>
/// <param name="Outcome">The outcome of the turn.</param>
/// <param name="Dump">The interpreter after the turn, or null if it was not dumped or does not count.</param>
/// <param name="Kept">The worker that holds the interpreter, to be kept or dropped, or null.</param>
internal sealed record TurnRun(TurnOutcome Outcome, MontyDump? Dump, KeptWorker? Kept);
