using Akka.Actor;
using Monty.Actors.Turns;
using Monty.Interop;

namespace Monty.Actors.Actors;

/// <content>Forks: the session gives its interpreter to a new session, or starts as a fork.</content>
internal sealed partial class SessionActor
{
    private void OfferFork(long token, ForkCommand command)
    {
        var refusal = SessionFork.WhyRefused(State, command);
        if (refusal is null && turns.IsBehind)
        {
            CatchUp(new Execute(token, new GetForkSource(command)));
            return;
        }

        Reply(
            token,
            new ForkSource(id, command)
            {
                Refusal = refusal,
                Version = pending.Version,
                SequenceNumber = LastSequenceNr,
                Dump = turns.Dump,
            }
        );
    }

    /// <summary>Brings the interpreter up to the end of the history without a turn, and then runs a request.</summary>
    private void CatchUp(Execute then)
    {
        turn = new CancellationTokenSource();
        turns
            .CatchUpAsync(LastSequenceNr, turn.Token)
            .PipeTo(Self, success: () => CaughtUp.Instance, failure: failure => new TurnNotRun(failure));
        Become(message => CatchingUp(message, then));
    }

    private bool CatchingUp(object message, Execute then)
    {
        switch (message)
        {
            case CaughtUp:
                EndTurn();
                Become(Ready);
                ExecuteNext(then);
                if (interrupts.Count > 0)
                {
                    ApplyInterrupts(); // the replay ended before they could cancel it
                }

                return true;
            case TurnNotRun notRun:
                CatchUpFailed(then, notRun.Failure);
                return true;
            case Execute execute:
                Interrupt(execute);
                return true;
            case StopTurns:
                isStopping = true;
                CancelTurn();
                return true;
            default:
                return ReceiveInAnyState(message);
        }
    }

    private void CatchUpFailed(Execute then, Exception failure)
    {
        if (failure is ReplayMismatchException mismatch && interrupts.Count == 0 && !isStopping)
        {
            EndTurn();
            afterAppend = () =>
            {
                Become(Ready);
                ExecuteNext(then); // refuses the request, because the session is quarantined
            };
            Quarantine(FromMismatch(mismatch));
            return;
        }

        Reply(then.Token, new Status.Failure(failure)); // the sender may try again
        EndTurn();
        turns.Discard(null);
        ApplyInterrupts();
    }

    private void BeginAsFork(long token, ForkSource source)
    {
        switch (SessionFork.Decide(State, source.Event, source.Refusal))
        {
            case Decision.Refused refused:
                Reply(token, new SessionReply.Refused(refused.Refusal, refused.Message));
                break;
            case Decision.Repeated:
                Reply(token, new SessionReply.Repeated(pending.Version, Recorded: null));
                break;
            case Decision.Accepted when pending.TryStage([.. source.History, source.Event], source.Dump?.Bytes.Length ?? 0) is { } tooLarge:
                Reply(token, new SessionReply.Refused(SessionRefusal.TooLarge, $"The fork cannot be stored: {tooLarge}."));
                break;
            case Decision.Accepted:
                turns.StartFrom(source.Dump);
                if (State.HasFiles)
                {
                    files.MarkStale();
                }

                unanswered.Add(token);
                Append();
                break;
        }
    }
}
