namespace Monty.Actors.Tools;

/// <summary>Cancels the tokens of handlers. Callbacks that are registered with a token may throw; this is reported and has no other effect.</summary>
internal static class HandlerCancellation
{
    /// <summary>Cancels the tokens, and waits until all callbacks have run.</summary>
    /// <param name="cancel">The cancellation.</param>
    /// <param name="session">The session of the handlers.</param>
    /// <param name="options">The options with the problem callback.</param>
    public static async Task RunAsync(Func<Task> cancel, SessionId session, MontyEngineOptions options)
    {
        try
        {
            await cancel().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The operation to cancel has already ended.
        }
        catch (AggregateException thrown)
        {
            options.Report(
                $"Code that a handler of {session} registered with its cancellation token threw. The cancellation continued.",
                thrown
            );
        }
    }
}
