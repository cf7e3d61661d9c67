using System.Text.Json;
using Akka.Actor;
using Monty.Actors.Persistence;
using Monty.Actors.Tools;
using Monty.Actors.Turns;
using Monty.Interop;

namespace Monty.Actors.Actors;

/// <content>Turns: the interpreter runs on a worker until it waits or ends.</content>
internal sealed partial class SessionActor
{
    private void StartTurn()
    {
        turn = new CancellationTokenSource();
        if (mustCountTurn)
        {
            var self = Self;
            gate = new TurnGate(() => self.Tell(TurnStarting.Instance));
        }

        turns
            .RunAsync(State, LastSequenceNr, gate, turn.Token)
            .PipeTo(Self, success: run => ToMessage(run), failure: failure => new TurnNotRun(failure));
        turnStarted = settings.Time.GetTimestamp();
        if (pending.HasStaged && !Timers.IsTimerActive(StageTimer))
        {
            Timers.StartSingleTimer(StageTimer, StageElapsed.Instance, settings.Options.AnswerFirstAfter);
        }

        Become(Turning);
    }

    private static TurnEnded ToMessage(TurnRun run) =>
        run.Outcome is not TurnOutcome.Ran ran
            ? new TurnEnded.TurnLost(run)
            : ran.Progress switch
            {
                MontyFunctionCall => new TurnEnded.FunctionCalled(run),
                MontyOsCall => new TurnEnded.OsCalled(run),
                MontyNameLookup => new TurnEnded.NameLookedUp(run),
                MontyResolveFutures => new TurnEnded.FuturesAwaited(run),
                MontyComplete => new TurnEnded.Completed(run),
                MontyFailed => new TurnEnded.Failed(run),
                MontyTypingFailed => new TurnEnded.TypingFailed(run),
                _ => throw new ArgumentException($"A turn cannot end at {ran.Progress.GetType().Name}.", nameof(run)),
            };

    private bool Turning(object message)
    {
        switch (message)
        {
            case TurnEnded ended:
                Conclude(ended.Run);
                return true;
            case TurnNotRun notRun:
                TurnFailed(notRun.Failure);
                return true;
            case TurnStarting:
                CountTurn();
                return true;
            case StageElapsed:
                AnswerFirst();
                return true;
            case AbandonTurn:
                Abandon();
                return true;
            case Execute execute:
                Interrupt(execute);
                return true;
            case StopTurns:
                isStopping = true;
                CancelTurn();
                return true;
            case StopSession:
                Stop();
                return true;
            default:
                return ReceiveInAnyState(message);
        }
    }

    /// <summary>Stores that the first turn after a recovery starts, so that it is counted if it ends the process.</summary>
    private void CountTurn()
    {
        if (gate is not { } waiting || interrupts.Count > 0 || isStopping)
        {
            return; // the turn is being canceled, and the next one is counted
        }

        gate = null;
        mustCountTurn = false;
        pending.Stage(SessionDecider.Resume(State)!.Events);
        afterAppend = () =>
        {
            waiting.Open();
            Become(Turning);
        };
        Append();
    }

    /// <summary>Stores the command before its turn has ended, because the turn takes long and the sender need not wait for it.</summary>
    private void AnswerFirst()
    {
        var left = settings.Options.AnswerFirstAfter - settings.Time.GetElapsedTime(turnStarted);
        if (pending.HasStaged && left > TimeSpan.Zero)
        {
            Timers.StartSingleTimer(StageTimer, StageElapsed.Instance, left); // the timer was started for an earlier turn
        }
        else if (pending.HasStaged)
        {
            afterAppend = () => Become(Turning);
            Append();
        }
    }

    /// <summary>
    /// Ends the turn for a command that overtakes: cancel or close. Any other command, which arrived while a turn was tried again, waits for the end of the
    /// turn.
    /// </summary>
    private void Interrupt(Execute execute)
    {
        if (execute.Request is not (CancelCommand or CloseCommand))
        {
            Stash.Stash();
            return;
        }

        interrupts.Add(execute);
        if (!Timers.IsTimerActive(AbandonTimer))
        {
            Timers.StartSingleTimer(AbandonTimer, AbandonTurn.Instance, settings.Options.StopTimeout);
        }

        CancelTurn();
    }

    /// <summary>
    /// Stores a cancel or close although the canceled turn has not ended, because a read-only tool blocks its thread. The session continues in another
    /// incarnation, so that no result of the abandoned turn is used.
    /// </summary>
    private void Abandon()
    {
        settings.Problems.Report(
            $"A turn of {id} has not ended {settings.Options.StopTimeout} after it was canceled, because a tool does not return. "
                + "The turn was abandoned. Its thread and its worker are in use until the tool returns.",
            null
        );
        foreach (var execute in interrupts)
        {
            Apply(execute.Token, (SessionCommand)execute.Request);
        }

        interrupts.Clear();
        if (pending.HasStaged)
        {
            afterAppend = () => Context.Stop(Self);
            Append();
        }
    }

    private void CancelTurn()
    {
        if (turn is { } running)
        {
            _ = HandlerCancellation.RunAsync(running.CancelAsync, id, settings.Options); // the turn may be in a read-only tool
        }
    }

    private void EndTurn()
    {
        Timers.Cancel(AbandonTimer);
        if (turn is { IsCancellationRequested: false })
        {
            turn.Dispose(); // otherwise callbacks of the cancellation may still run
        }

        turn = null;
    }

    /// <summary>Processes the result of a turn, unless the turn was interrupted.</summary>
    private void Conclude(TurnRun run)
    {
        EndTurn();
        turnFailures = 0;
        turnFaults = 0;
        if (interrupts.Count > 0 || isStopping)
        {
            turns.Discard(run);
            ApplyInterrupts();
            return;
        }

        var outcome = Storable(run.Outcome);
        Decision.Accepted concluded;
        try
        {
            concluded = ApplyTurnOutcome(outcome);
        }
#pragma warning disable CA1031 // A turn whose events cannot be created must not stop its session: its feed fails.
        catch (Exception unexpected)
#pragma warning restore CA1031
        {
            outcome = TooLarge(unexpected is MontySizeException or JsonException ? unexpected.Message : unexpected.GetType().Name);
            concluded = ApplyTurnOutcome(outcome);
        }

        // A turn that exceeded a limit does not count.
        var counts = outcome is TurnOutcome.Ran && !concluded.Events.Any(e => e is FeedStopping or WorkerCrashed);
        var dumpBytes = turns.InlineDumpBytes(run);
        if (pending.TryStage(concluded.Events, dumpBytes) is { } tooLarge)
        {
            if (pending.HasStaged)
            {
                afterAppend = () => Conclude(run); // two appends, if the events do not fit into one
                Append();
                return;
            }

            counts = false;
            concluded = ApplyTurnOutcome(TooLarge(tooLarge));
            pending.Stage(concluded.Events);
        }

        if (counts)
        {
            turns.Keep(run, LastSequenceNr);
            files.Keep();
        }
        else
        {
            turns.Discard(run);
        }

        Append();
    }

    private void ApplyInterrupts()
    {
        foreach (var execute in interrupts)
        {
            Apply(execute.Token, (SessionCommand)execute.Request);
        }

        interrupts.Clear();
        Continue();
    }

    /// <summary>Decides how to continue after a turn that could not be run.</summary>
    private void TurnFailed(Exception failure)
    {
        EndTurn();
        turns.Discard(null);
        if (interrupts.Count > 0 || isStopping)
        {
            ApplyInterrupts();
            return;
        }

        if (failure is ReplayMismatchException mismatch)
        {
            Quarantine(FromMismatch(mismatch));
            return;
        }

        if (SessionFault.IsOutside(failure))
        {
            settings.Problems.TurnsFailed(id, failure);
        }
        else
        {
            settings.Problems.Report($"A turn of {id} failed with an unexpected exception.", failure);
            if (++turnFaults == SessionFault.Max)
            {
                Quarantine(new SessionFault("a turn", failure).Quarantine);
                return;
            }
        }

        turnFailures++;
        Timers.StartSingleTimer(RetryTimer, RetryTurn.Instance, Backoff.After(turnFailures));
        Continue(); // the command is stored in the meantime
    }

    private void Quarantine(SessionQuarantined quarantine)
    {
        turnFaults = 0;
        pending.Stage([quarantine]);
        Append();
    }

    private static SessionQuarantined FromMismatch(ReplayMismatchException mismatch) =>
        new("a replay differed from the history", mismatch.Message);

    private Decision.Accepted ApplyTurnOutcome(TurnOutcome outcome) =>
        SessionDecider.ApplyTurnOutcome(State, outcome, settings.Tools.Catalog, settings.Time.GetUtcNow());

    /// <summary>Returns the outcome, or a failure in its place if it is too large for a change. Nothing is built from an outcome that is too large.</summary>
    private TurnOutcome Storable(TurnOutcome outcome) =>
        ContentSize.WhyTooLarge(outcome, settings.Limits.MaxChangeBytes) is { } tooLarge ? TooLarge(tooLarge) : outcome;

    private static TurnOutcome.Discarded TooLarge(string why) =>
        new(
            new FeedOutcome.Failed(new PythonError("RuntimeError", $"the events of the turn cannot be stored: {why}"), FailureOrigin.Limit)
        );
}
