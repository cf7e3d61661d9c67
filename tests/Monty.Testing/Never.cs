namespace Monty.Testing;

/// <summary>Work that never ends unless it is canceled.</summary>
public static class Never
{
    /// <summary>Waits until the token is canceled, and then throws.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public static async Task EndsAsync(CancellationToken cancellationToken)
    {
        // Continuations run asynchronously, so that they do not block the caller that cancels.
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken
            .UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), ended)
            .ConfigureAwait(false);
        await ended.Task.ConfigureAwait(false);
    }
}
