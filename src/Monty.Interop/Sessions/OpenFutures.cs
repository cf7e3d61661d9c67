using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Monty.Interop.Tools;
using Monty.Interop.Wire;

namespace Monty.Interop.Sessions;

/// <summary>The asynchronous calls of one feed: their handlers run, and each has an outcome in every case, until the script has taken it.</summary>
/// <remarks>Handlers end on any thread. Everything else is for the runner of the feed, one call at a time.</remarks>
internal sealed class OpenFutures(HandlerErrors errors, TimeProvider time)
{
    private readonly SortedDictionary<uint, OpenFuture> open = [];
    private readonly HashSet<uint> ended = [];

    /// <summary>The calls that have ended since it was last looked. A queue, as waiting for each of the open calls takes a time that grows with their square.</summary>
    private readonly Channel<uint> endings = Channel.CreateUnbounded<uint>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true } // the feed goes on on the thread of the handler
    );

    /// <summary>Says of each call whose outcome the script has not taken that it is dropped.</summary>
    public IEnumerable<string> Warnings =>
        open.Values.Select(f =>
            $"Call {f.Call.CallId} of {f.Call.Name} was not awaited to its end: {(f.Outcome.IsCompleted ? "what it gave was dropped" : "its handler was cancelled")} with the feed."
        );

    /// <summary>Starts a handler.</summary>
    /// <param name="tool">The tool that is called.</param>
    /// <param name="call">The call.</param>
    /// <param name="mayEndAtOnce">True where the script takes the outcome of a handler that never waits in place of a future.</param>
    /// <param name="feedEnd">Cancelled with the feed.</param>
    /// <returns>A future, or what a handler came to that never waited: an exception in any case, as it can be caught at the call even inside a gather.</returns>
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

    /// <summary>Waits for at least one of the calls that are waited for, and gives the outcomes of all that have ended.</summary>
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
                    break; // the script waits for the rest again
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

    /// <summary>Forgets calls whose outcomes the script has.</summary>
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
        Justification = "Whatever the handler throws is the call's outcome: it is raised in the script."
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
