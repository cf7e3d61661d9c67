using System.Diagnostics.CodeAnalysis;
using Monty.Interop.Syntax;
using Monty.Interop.Wire;
using Monty.Interop.Workers;

namespace Monty.Interop.Sessions;

/// <summary>Finds the line at which a feed exceeded its time, which the runtime does not report. It runs the feed again with added calls that report the current line.</summary>
/// <remarks>
/// The second run gets the answers of the first, so no handler is called again. It takes at most as long as the limit of the feed, and at most
/// <see cref="Longest"/>. Calls are sampled, because a call to the host takes a hundred times as long as a simple statement. When the run ends in a single
/// long operation, it is repeated up to the last sample, and every call after the sample is examined.
/// </remarks>
internal sealed class TimeoutLocator(HeldWorker held, SessionOptions options, TimeProvider time, SavedFeed feed)
{
    private const string Sample = "__monty_sample__";

    /// <summary>The number of calls that are all examined at the start of the relevant part.</summary>
    private const int Dense = 2000;

    private const string Definitions = $"""
        __monty_left__ = 1
        def {TickedSource.Tick}(line):
            global __monty_left__
            __monty_left__ -= 1
            if __monty_left__ == 0:
                __monty_left__ = {Sample}(line)
        """;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(2); // between samples

    private readonly TickedSource source = TickedSource.Create(feed.Request.Feed.Code);

    /// <summary>Returns true for a feed that the runtime ended at its limit on time without reporting the line.</summary>
    public static bool LacksLine(MontyProgress progress) =>
        progress is MontyFailed { Origin: FailureOrigin.Limit, Error: { Type: "TimeoutError", Frames.Count: 0 } };

    /// <summary>Returns a frame with the line, or no frame when the second run does not reach a line. The held worker may be broken afterwards.</summary>
    /// <param name="limit">The time that the feed ran.</param>
    /// <param name="cancellationToken">Ends the search with an exception.</param>
    public async Task<EquatableArray<PythonFrame>> FindAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var budget = limit < Longest ? limit : Longest;
        var run = await RunAsync(0, budget, cancellationToken).ConfigureAwait(false);
        if (run.IsStuck)
        {
            run = await RunAsync(run.Ticks - 1, budget, cancellationToken).ConfigureAwait(false) is { Line: > 0 } exact ? exact : run;
        }

        return run.Line > 0 ? [source.CreateFrame(run.Line, feed.ScriptName)] : [];
    }

    [SuppressMessage(
        "Design",
        "CA1031:Do not catch general exception types",
        Justification = "A run that fails reports no further line. The error of the first run is reported in any case."
    )]
    private async Task<LocatorRun> RunAsync(long skipped, TimeSpan budget, CancellationToken cancellationToken)
    {
        var run = new LocatorRun();
        try
        {
            var worker = await held.ClearAsync(cancellationToken).ConfigureAwait(false);
            var turns = new WorkerTurns(worker, new SuspensionBudget(MontyLimits.None), null, new FeedClock(budget), time)
            {
                MeasuresRequests = false,
            };
            await LoadAsync(worker, turns, cancellationToken).ConfigureAwait(false);
            await FollowAsync(turns, run, skipped, cancellationToken).ConfigureAwait(false);
        }
        catch (MontyWorkerException stuck) when (stuck.Failure == WorkerFailure.TimedOut)
        {
            run.IsStuck = true;
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or ObjectDisposedException))
        {
            held.Current.Break(WorkerFailure.Abandoned);
        }

        return run;
    }

    private async ValueTask LoadAsync(WorkerConnection worker, WorkerTurns turns, CancellationToken cancellationToken)
    {
        worker.EnqueueForOk(FeedEncoder.EncodeSetUp(options, withLimits: feed.Before is null));
        if (feed.Before is { } before)
        {
            worker.Enqueue(new ParentRequest { Load = new Load { State = before.State } });
            turns.Restore(before);
            await turns.ReceiveLoadAsync(cancellationToken).ConfigureAwait(false);
        }

        await turns.FeedAsync(FeedEncoder.Encode(Definitions, null), [], "", cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask FollowAsync(WorkerTurns turns, LocatorRun run, long skipped, CancellationToken cancellationToken)
    {
        var answers = new AnswerReplay(feed.Answers);
        var request = feed.Request.Clone();
        request.Feed.Code = source.Text;
        var sampled = time.GetTimestamp();
        var progress = await turns.FeedAsync(request, feed.Offered, feed.ScriptName, cancellationToken).ConfigureAwait(false);
        long count = 1;
        while (progress is MontySuspension suspension)
        {
            MontyAnswer? answer;
            if (suspension is MontyFunctionCall { Name: Sample } sample)
            {
                if (sample.Arguments is not [MontyInt line] || !line.TryGetInt64(out var number))
                {
                    run.Line = 0; // too near the limit of recursion for the line to be sent
                    return;
                }

                run.Line = (int)number;
                run.Ticks += count;
                var now = time.GetTimestamp();
                count = Next(run.Ticks, skipped, count, time.GetElapsedTime(sampled, now));
                sampled = now;
                answer = MontyAnswer.Return(count);
            }
            else
            {
                answer = answers.Next(suspension);
            }

            if (answer is null)
            {
                return;
            }

            progress = await turns.AnswerAsync(suspension, answer, cancellationToken).ConfigureAwait(false);
        }

        if (progress is MontyFailed { Error.Type: not "TimeoutError" })
        {
            run.Line = 0; // it failed where the first run did not, such as at its depth of calls, and says nothing of that one
        }
    }

    /// <summary>The number of calls until the next sample.</summary>
    private static long Next(long ticks, long skipped, long last, TimeSpan elapsed)
    {
        if (ticks < skipped)
        {
            return skipped - ticks;
        }

        if (ticks < skipped + Dense)
        {
            return 1;
        }

        return elapsed < Interval ? last * 2 : Math.Max(last / 2, 1);
    }

    private sealed class LocatorRun
    {
        /// <summary>The line of the last sample, or 0.</summary>
        public int Line { get; set; }

        /// <summary>The number of calls up to the last sample.</summary>
        public long Ticks { get; set; }

        /// <summary>True when the run was killed because it did not reach another sample.</summary>
        public bool IsStuck { get; set; }
    }
}
