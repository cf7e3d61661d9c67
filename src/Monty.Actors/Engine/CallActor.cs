using Monty.Interop;
using AnswerEncoder = Monty.Interop.Wire.AnswerEncoder;

namespace Monty.Actors.Engine;

/// <summary>Runs one attempt of an open call, whose number is its message, and tells its session how it ended. Killed with its call, its feed or its session.</summary>
/// <remarks>A call has a tool, or it is a change of files and has the function that makes it.</remarks>
internal sealed class CallActor(SessionId session, int feed, OpenCall call, DurableTool? tool, Func<MontyAnswer>? changeFiles, TimeProvider time, Func<SessionMessage, ValueTask> tell) : Actor<int>(capacity: 1)
{
    /// <inheritdoc/>
    protected override async ValueTask ReceiveAsync(int attempt)
    {
        await Task.Yield(); // the session goes on meanwhile
        SessionCommand ended;
        try
        {
            ended = End(changeFiles is not null
                ? changeFiles()
                : MontyAnswer.Return(await tool!.Handler!(new DurableCall(session, feed, (FunctionCall)call.Call, attempt, call.ArgumentsHash), Killed).ConfigureAwait(false)));
        }
        catch (OperationCanceledException) when (Killed.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // Whatever the handler throws is the call's end, or the attempt's.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            ended = exception is not PythonException && tool is not null && attempt < tool.MaxAttempts
                ? new RetryCommand(feed, call.CallId, attempt, $"{exception.GetType().Name}: {exception.Message}", time.GetUtcNow() + tool.DelayAfter(attempt))
                : End(MontyAnswer.Raise(PythonException.From(exception)));
        }

        await tell(new SessionMessage.CallEnded(ended)).ConfigureAwait(false);
    }

    private EndCallCommand End(MontyAnswer answer) => new(feed, call.CallId, AnswerEncoder.WhyRefused(answer) is { } reason
        ? MontyAnswer.Raise("TypeError", $"the host's answer cannot be sent: {string.Concat(reason.EnumerateRunes())}")
        : answer);
}
