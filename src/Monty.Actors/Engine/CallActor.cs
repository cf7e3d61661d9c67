using Monty.Interop;
using AnswerEncoder = Monty.Interop.Wire.AnswerEncoder;

namespace Monty.Actors.Engine;

/// <summary>Runs one attempt of an open call, whose number is its message, and tells its session how it ended. Killed with its call, its feed or the engine.</summary>
/// <remarks>It outlives its session's actor: the next one finds it, and in it how the call ended, if nobody has made that durable yet.</remarks>
internal sealed class CallActor(SessionId session, int feed, OpenCall call, DurableTool tool, TimeProvider time, Func<SessionMessage, ValueTask> tell) : Actor<int>(capacity: 1)
{
    private volatile SessionCommand? outcome;

    /// <summary>Which attempt it runs, from 1.</summary>
    public int Attempt => call.FailedAttempts + 1;

    /// <summary>How the attempt ended; null while it runs.</summary>
    public SessionCommand? Outcome => outcome;

    /// <inheritdoc/>
    protected override async ValueTask ReceiveAsync(int attempt)
    {
        await Task.Yield(); // the session goes on meanwhile
        SessionCommand ended;
        try
        {
            var value = await tool.Handler!(new DurableCall(session, feed, (FunctionCall)call.Call, attempt, call.ArgumentsHash), Killed).ConfigureAwait(false);
            ended = End(MontyAnswer.Return(value));
        }
        catch (OperationCanceledException) when (Killed.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // Whatever the handler throws is the call's end, or the attempt's.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            ended = exception is not PythonException && attempt < tool.MaxAttempts
                ? new RetryCommand(feed, call.CallId, attempt, $"{exception.GetType().Name}: {exception.Message}", time.GetUtcNow() + tool.DelayAfter(attempt))
                : End(MontyAnswer.Raise(PythonException.From(exception)));
        }

        outcome = ended;
        if (!Killed.IsCancellationRequested) await tell(new SessionMessage.CallEnded(ended)).ConfigureAwait(false);
    }

    private EndCallCommand End(MontyAnswer answer) => new(feed, call.CallId, AnswerEncoder.WhyRefused(answer) is { } reason
        ? MontyAnswer.Raise("TypeError", $"the host's answer cannot be sent: {string.Concat(reason.EnumerateRunes())}")
        : answer);
}
