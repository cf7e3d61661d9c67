using Monty.Interop;

namespace Monty.Actors.Engine;

/// <summary>Runs one attempt of an open call, whose number is its message, and tells its session how it ended. Killed with its call, its feed or the engine.</summary>
/// <remarks>
/// A call has a tool, or it is a change of files and has the function that makes it. It outlives its session's actor: the next one finds it, and in it how the call
/// ended, if nobody has made that durable yet.
/// </remarks>
internal sealed class CallActor(
    SessionId session,
    int feed,
    OpenCall call,
    DurableTool? tool,
    Func<MontyAnswer>? changeFiles,
    MontyEngineOptions options,
    Func<SessionMessage, ValueTask> tell
) : Actor<int>(capacity: 1)
{
    private readonly TaskCompletionSource<SessionCommand?> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Which attempt it runs, from 1.</summary>
    public int Attempt => call.FailedAttempts + 1;

    /// <summary>How the attempt ended; null while it runs, and where it was cancelled.</summary>
    public SessionCommand? Outcome => ended.Task.IsCompleted ? ended.Task.Result : null;

    /// <summary>Completes when nothing of its session's files is used any more.</summary>
    public Task FilesDone => changeFiles is null ? Task.CompletedTask : ended.Task;

    /// <inheritdoc/>
    protected override async ValueTask ReceiveAsync(int attempt)
    {
        SessionCommand outcome;
        try
        {
            outcome = End(
                HandlerAnswer.Sendable(
                    changeFiles is not null
                        ? changeFiles()
                        : MontyAnswer.Return(
                            await tool!
                                .Handler!(new DurableCall(session, feed, (MontyFunctionCall)call.Call, attempt, call.ArgumentsHash), Killed)
                                .ConfigureAwait(false)
                        )
                )
            );
        }
        catch (OperationCanceledException) when (Killed.IsCancellationRequested)
        {
            ended.SetResult(null);
            return;
        }
        catch (Exception exception) when (Killed.IsCancellationRequested)
        {
            options.Report(
                $"The handler of {call.Name} threw as it was cancelled, in attempt {attempt} of call {call.CallId} in feed {feed} of {session}. That is not its answer.",
                exception
            );
            ended.SetResult(null);
            return;
        }
#pragma warning disable CA1031 // Whatever the handler throws is the call's end, or the attempt's.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (exception is not PythonException)
            {
                options.Report(
                    $"The handler of {call.Name} threw in attempt {attempt} of call {call.CallId} in feed {feed} of {session}; the script sees {exception.GetType().Name} alone.",
                    exception
                );
            }

            outcome =
                exception is not PythonException && tool is not null && attempt < tool.MaxAttempts
                    ? new RetryCommand(
                        feed,
                        call.CallId,
                        attempt,
                        exception.GetType().Name,
                        options.TimeProvider.GetUtcNow() + tool.DelayAfter(attempt)
                    )
                    : End(HandlerAnswer.Of(exception));
        }

        ended.SetResult(outcome);
        if (!Killed.IsCancellationRequested)
        {
            await tell(new SessionMessage.CallEnded(outcome)).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override void Drop(int message, Exception? failure) => ended.TrySetResult(null);

    private EndCallCommand End(MontyAnswer answer) => new(feed, call.CallId, answer);
}
