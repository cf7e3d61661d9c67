namespace Monty.Interop.Sessions;

/// <summary>Answers the suspensions of a feed one after the other, until the feed ends or a suspension is left to the caller.</summary>
internal static class AnswerLoop
{
    /// <param name="progress">The current state of the feed.</param>
    /// <param name="answer">Returns the answer to a suspension, or null to leave it to the caller.</param>
    /// <param name="proceed">Sends the answer, and returns the next state of the feed.</param>
    public static async ValueTask<MontyProgress> RunAsync(
        MontyProgress progress,
        Func<MontySuspension, ValueTask<MontyAnswer?>> answer,
        Func<MontySuspension, MontyAnswer, ValueTask<MontyProgress>> proceed
    )
    {
        while (progress is MontySuspension suspension && await answer(suspension).ConfigureAwait(false) is { } given)
        {
            progress = await proceed(suspension, given).ConfigureAwait(false);
        }

        return progress;
    }
}
