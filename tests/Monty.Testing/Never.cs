namespace Monty.Testing;

/// <summary>Work that ends only when somebody cancels it.</summary>
public static class Never
{
    /// <summary>Waits until the token is cancelled, and throws then.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task EndsAsync(CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously); // whoever cancels is not held up
        await using var registration = cancellationToken
            .UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), ended)
            .ConfigureAwait(false);
        await ended.Task.ConfigureAwait(false);
    }
}
