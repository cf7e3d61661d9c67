using Monty.Interop;

namespace Monty.Actors.Engine;

/// <summary>Runs one attempt of an open call, whose number is its message, and tells its session how it ended. Killed with its call, its feed or its session.</summary>
internal sealed class CallActor(SessionId session, int feed, OpenCall call, DurableTool tool, MontyEngineOptions options, Func<SessionMessage, ValueTask> tell) : Actor<int>(capacity: 1)
{
    /// <inheritdoc/>
    protected override async ValueTask ReceiveAsync(int attempt)
    {
        await Task.Yield(); // the session goes on meanwhile
        SessionCommand ended;
        try
        {
            var value = await tool.Handler!(new DurableCall(session, feed, (FunctionCall)call.Call, attempt, call.ArgumentsHash), Killed).ConfigureAwait(false);
            ended = End(HandlerAnswer.Sendable(MontyAnswer.Return(value)));
        }
        catch (OperationCanceledException) when (Killed.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // Whatever the handler throws is the call's end, or the attempt's.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (exception is not PythonException) options.Report($"The handler of {tool.Name} threw in attempt {attempt} of call {call.CallId} in feed {feed} of {session}; the script sees {exception.GetType().Name} alone.", exception);
            ended = exception is not PythonException && attempt < tool.MaxAttempts
                ? new RetryCommand(feed, call.CallId, attempt, exception.GetType().Name, options.TimeProvider.GetUtcNow() + tool.DelayAfter(attempt))
                : End(HandlerAnswer.Of(exception));
        }

        await tell(new SessionMessage.CallEnded(ended)).ConfigureAwait(false);
    }

    private EndCallCommand End(MontyAnswer answer) => new(feed, call.CallId, answer);
}
