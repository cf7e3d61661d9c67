using System.Diagnostics;

namespace Monty.Interop.Wire;

/// <summary>Encodes the requests of stateless turns.</summary>
internal static class TurnEncoder
{
    /// <param name="turn">The turn.</param>
    /// <param name="asyncCalls">The ids of the pending calls of asynchronous functions, in ascending order.</param>
    /// <exception cref="ArgumentException">A part of the turn is null, does not fit the state of the session, or cannot be sent.</exception>
    public static ParentRequest Encode(TurnRequest turn, EquatableArray<uint> asyncCalls)
    {
        switch (turn)
        {
            case FeedTurn feed:
                feed.CheckNames();
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
