using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Monty.Interop.Tools;
using Monty.Interop.Wire;

namespace Monty.Interop.Sessions;

/// <summary>The asynchronous calls of one feed whose outcomes the script has not received yet. Every call gets an outcome, even when its handler fails.</summary>
/// <remarks>Handlers may end on any thread. All members are called by the runner of the feed only, one at a time.</remarks>
internal sealed class OpenFutures(HandlerErrors errors, TimeProvider time)
{
    private readonly SortedDictionary<uint, OpenFuture> open = [];
    private readonly HashSet<uint> ended = [];

    /// <summary>The ids of calls that have ended and were not processed yet. This is a queue because waiting for all open calls each time would take quadratic time.</summary>
    private readonly Channel<uint> endings = Channel.CreateUnbounded<uint>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true } // the feed continues on the thread of the handler
    );

    /// <summary>Returns a warning for each call whose outcome the script did not receive.</summary>
    public IEnumerable<string> Warnings =>
        open.Values.Select(f =>
            $"Call {f.Call.CallId} of {f.Call.Name} was not awaited to its end, so {(f.Outcome.IsCompleted ? "its result was discarded" : "its handler was canceled")} when the feed ended."
        );

    /// <summary>Starts the handler of a call.</summary>
    /// <param name="tool">The tool that is called.</param>
    /// <param name="call">The call.</param>
    /// <param name="mayEndAtOnce">True when the script accepts the outcome of a handler that completes synchronously in place of a future.</param>
    /// <param name="feedEnd">Canceled when the feed ends.</param>
    /// <returns>A future, or the outcome of a handler that completed synchronously. An exception is returned in any case, so that the script can catch it at the call, even inside a gather.</returns>
    public MontyAnswer Start(MontyTool tool, ToolCall call, bool mayEndAtOnce, CancellationToken feedEnd)
    {
        var outcome = RunAsync(tool, call, feedEnd);
        if (outcome is { IsCompletedSuccessfully: true, Result: var ended } && (mayEndAtOnce || ended is RaiseAnswer))
        {
            return ended;
        }

        open.Add(call.Call.CallId, new OpenFuture(call.Call, outcome));
        _ = AnnounceAsync(call.Call.CallId, outcome);
        return MontyAnswer.Future;
    }

    /// <summary>Waits until at least one of the pending calls has ended, and returns the outcomes of all that have.</summary>
    public async ValueTask<MontyAnswer> ResolveAsync(MontyResolveFutures waiting, CancellationToken feedEnd)
    {
        var pending = waiting.PendingCallIds;
        if (!pending.Any(open.ContainsKey))
        {
            return MontyAnswer.Resolve(
                pending.ToDictionary(id => id, _ => MontyAnswer.Raise("RuntimeError", "no host function answers this call"))
            );
        }

        while (true)
        {
            while (endings.Reader.TryRead(out var callId))
            {
                ended.Add(callId);
            }

            var outcomes = new Dictionary<uint, MontyAnswer>();
            long size = 0;
            foreach (var id in pending.Where(ended.Contains))
            {
                var outcome = await open[id].Outcome.ConfigureAwait(false);
                size += RequestSize.OfOutcome(id, outcome) + RequestSize.MaxAsyncOverhead;
                if (size > RequestSize.MaxOutcomes && outcomes.Count > 0)
                {
                    break; // the script suspends again for the rest
                }

                outcomes.Add(id, outcome);
            }

            if (outcomes.Count > 0)
            {
                return MontyAnswer.Resolve(outcomes);
            }

            await endings.Reader.WaitToReadAsync(feedEnd).ConfigureAwait(false);
        }
    }

    /// <summary>Removes calls whose outcomes the script has received.</summary>
    public void Close(IEnumerable<uint> callIds)
    {
        foreach (var id in callIds)
        {
            open.Remove(id);
            ended.Remove(id);
        }
    }

    private async Task AnnounceAsync(uint callId, Task outcome)
    {
        await outcome.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        endings.Writer.TryWrite(callId);
    }

    [SuppressMessage(
        "Design",
        "CA1031:Do not catch general exception types",
        Justification = "An exception of the handler is the outcome of the call and is raised in the script."
    )]
    private async Task<MontyAnswer> RunAsync(MontyTool tool, ToolCall call, CancellationToken feedEnd)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(feedEnd);
        try
        {
            var handled = tool.Handler(call, end.Token);
            if (tool.Timeout is not { } timeout || handled.IsCompleted)
            {
                return MontyAnswer.Return(await handled.ConfigureAwait(false));
            }

            var running = handled.AsTask();
            try
            {
                return MontyAnswer.Return(await running.WaitAsync(timeout, time, end.Token).ConfigureAwait(false));
            }
            catch (TimeoutException) when (!running.IsFaulted)
            {
                await end.CancelAsync().ConfigureAwait(false);
                return MontyAnswer.Raise("TimeoutError", $"{call.Call.Name} did not answer within {timeout}");
            }
        }
        catch (Exception exception)
        {
            return errors.Answer(call.Call, exception, feedEnd);
        }
    }

    private sealed record OpenFuture(MontyFunctionCall Call, Task<MontyAnswer> Outcome);
}
