using Monty.Interop.Tools;

namespace Monty.Interop.Sessions;

/// <summary>An asynchronous call that the script may await: its handler runs, and its outcome is an answer in every case.</summary>
internal sealed record OpenFuture(MontyFunctionCall Call, Task<MontyAnswer> Outcome, MontyAnswer? FailedAtOnce)
{
    public static OpenFuture Start(MontyTool tool, ToolCall call, HandlerErrors errors, TimeProvider time, CancellationToken feedEnd)
    {
        var outcome = RunAsync(tool, call, errors, time, feedEnd);
        return new OpenFuture(
            call.Call,
            outcome,
            outcome is { IsCompletedSuccessfully: true, Result: RaiseAnswer failure } ? failure : null
        );
    }

    private static async Task<MontyAnswer> RunAsync(
        MontyTool tool,
        ToolCall call,
        HandlerErrors errors,
        TimeProvider time,
        CancellationToken feedEnd
    )
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
#pragma warning disable CA1031 // Whatever the handler throws is the call's outcome: it is raised in the script.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return errors.Answer(call.Call, exception, feedEnd);
        }
    }
}
