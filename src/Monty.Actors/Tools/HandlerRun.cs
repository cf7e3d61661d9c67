using Monty.Actors.Actors;
using Monty.Actors.Turns;
using Monty.Interop;

namespace Monty.Actors.Tools;

/// <summary>One attempt of a call that is answered in this process, by a tool's handler or by changing a file of the host.</summary>
internal sealed class HandlerRun(SessionId session, OpenedCall opened, SessionEntitySettings settings, SessionFiles files)
{
    private readonly OpenCall call = opened.Call;
    private readonly int feed = opened.Feed;
    private readonly int attempt = opened.Call.FailedAttempts + 1;

    /// <summary>Runs the attempt. It never throws.</summary>
    /// <param name="cancellationToken">
    /// Canceled when the call has ended without the handler, or the engine stops. A value that is returned after that is still recorded.
    /// </param>
    /// <returns>The command to record, or null if the attempt was canceled and returned nothing.</returns>
    public async Task<SessionCommand?> RunAsync(CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // leaves the actor's thread, because a handler may block
        var tool = call.IsForFiles ? null : settings.Tools.Find(call.Name);
        if (!call.IsForFiles && tool is not { Handler: not null })
        {
            return End(MontyAnswer.Raise("RuntimeError", $"the engine no longer has a handler for {call.Name}"));
        }

        try
        {
            return End(
                HandlerAnswer.Sendable(
                    tool is null
                        ? files.Change(call, mayBeDone: opened.IsRecovered)
                        : MontyAnswer.Return(
                            await tool.Handler!(
                                    new DurableCall(session, feed, (MontyFunctionCall)call.Call, attempt, call.ArgumentsHash),
                                    cancellationToken
                                )
                                .ConfigureAwait(false)
                        )
                )
            );
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
#pragma warning disable CA1031 // Any exception of the handler ends the attempt.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Conclude(tool, exception, cancellationToken);
        }
    }

    private SessionCommand? Conclude(DurableTool? tool, Exception exception, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            settings.Problems.Report(
                $"The handler of {call.Name} threw after it was canceled, in attempt {attempt} of call {call.CallId} in feed {feed} of {session}. The exception is not recorded as an answer.",
                exception
            );
            return null;
        }

        if (exception is PythonException)
        {
            return End(HandlerAnswer.Of(exception));
        }

        settings.Problems.Report(
            $"The handler of {call.Name} threw in attempt {attempt} of call {call.CallId} in feed {feed} of {session}. The script sees only the type of the exception.",
            exception
        );
        return tool is not null && attempt < tool.MaxAttempts
            ? new RetryCommand(
                feed,
                call.CallId,
                attempt,
                exception.GetType().Name,
                Microseconds.Cut(settings.Time.GetUtcNow() + tool.DelayAfter(attempt))
            )
            : End(HandlerAnswer.Of(exception));
    }

    private EndCallCommand End(MontyAnswer answer) => new(feed, call.CallId, answer);
}
