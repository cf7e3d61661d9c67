namespace Monty.Actors.Tools;

/// <summary>Cancels what handlers were given a token of. Code of theirs that is registered with it may throw: that is reported, and ends nothing else.</summary>
internal static class HandlerCancellation
{
    /// <summary>Cancels, and waits until all who are registered were told.</summary>
    /// <param name="cancel">The cancellation.</param>
    /// <param name="session">Whose handlers they are.</param>
    /// <param name="options">Where it is reported.</param>
    public static async Task RunAsync(Func<Task> cancel, SessionId session, MontyEngineOptions options)
    {
        try
        {
            await cancel().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // What was to be cancelled is over.
        }
        catch (AggregateException thrown)
        {
            options.Report(
                $"Code that a handler of {session} registered with its cancellation token threw; the cancellation went on.",
                thrown
            );
        }
    }
}
