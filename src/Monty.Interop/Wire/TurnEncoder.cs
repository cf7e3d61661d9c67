using System.Diagnostics;

namespace Monty.Interop.Wire;

/// <summary>Stateless turns to requests.</summary>
internal static class TurnEncoder
{
    /// <param name="turn">The turn.</param>
    /// <param name="asyncCalls">The calls that the session waits for and that are of asynchronous functions, ascending.</param>
    /// <exception cref="ArgumentException">Something in the turn is null, does not fit, or cannot be sent.</exception>
    public static ParentRequest Encode(TurnRequest turn, EquatableArray<uint> asyncCalls)
    {
        switch (turn)
        {
            case FeedTurn feed:
                return FeedEncoder.Encode(feed.Code, feed.Inputs);
            case AnswerTurn answer:
                ArgumentNullException.ThrowIfNull(answer.Suspension);
                ArgumentNullException.ThrowIfNull(answer.Answer);
                return AnswerEncoder.Encode(answer.Suspension, answer.Answer, asyncCalls);
            case AbortTurn abort:
                return AnswerEncoder.EncodeAbort(abort.Error);
            default:
                throw new UnreachableException();
        }
    }
}
