using Monty.Interop;

namespace Monty.Actors;

/// <summary>What a session does: which commands it takes, which turn is due, and what a turn leads to.</summary>
/// <remarks>Pure: no clock, no randomness, no I/O; the time comes with the calls. State changes only by facts (<see cref="SessionFold"/>).</remarks>
internal static class SessionCore
{
    /// <summary>How many signals a session keeps that no call has taken.</summary>
    public const int MaxSignals = 1000;

    /// <summary>How many workers may die in one turn before the session is quarantined.</summary>
    public const int MaxStrikes = 3;

    /// <summary>Takes a command, or says why not.</summary>
    public static Acceptance Accept(SessionState state, SessionCommand command)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(command);
        if (CommandCheck.WhyInvalid(command) is { } invalid)
        {
            return new Acceptance.Refused(SessionRefusal.Invalid, invalid);
        }

        if (state.Commands.Find(command.CommandId) is { } applied)
        {
            return applied == CommandPrint.Of(command)
                ? new Acceptance.Repeated(command is AnswerCommand answer ? RecordedAnswer(state, answer) : null)
                : IdTaken;
        }

        if (state.Setup is null && command is not OpenCommand)
        {
            return NotFound;
        }

        if (state.IsClosed)
        {
            return command is CloseCommand ? new Acceptance.Repeated() : Closed;
        }

        return command switch
        {
            OpenCommand open => state.Setup is null ? Accepted(new SessionOpened(open.CommandId, open.Setup)) : Exists,
            FeedCommand feed => AcceptFeed(state, feed),
            AnswerCommand answered => AcceptAnswer(state, answered),
            EndCallCommand ended => AcceptAnswer(state, new AnswerCommand("", ended.Feed, ended.CallId, ended.Answer)),
            RetryCommand retry => AcceptRetry(state, retry),
            SignalCommand signal => AcceptSignal(state, signal),
            CancelCommand cancel => AcceptCancel(state, cancel),
            ReleaseCommand release => AcceptRelease(state, release),
            CloseCommand close => Accepted(
                [.. EndFeed(state, new FeedOutcome.Cancelled("the session was closed")), new SessionClosed(close.CommandId)],
                state
            ),
            TickCommand tick => AcceptTick(state, tick),
            _ => throw new ArgumentException($"{command.GetType().Name} is no command of a session.", nameof(command)),
        };
    }

    /// <summary>The turn that a worker is to run now, on the interpreter as it was after the last one; null when there is nothing to run.</summary>
    public static TurnRequest? TurnDue(SessionState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state is not { Feed: { } feed, Quarantine: null, IsClosed: false })
        {
            return null;
        }

        if (feed.Stopping is { } outcome)
        {
            return new AbortTurn(ErrorOf(outcome));
        }

        return feed.Pending switch
        {
            null => new FeedTurn(feed.Source.Code, new OrderedDictionary<string, MontyValue>(feed.Source.Inputs), feed.Source.ScriptName),
            MontyResolveFutures { PendingCallIds.Count: 0 } => new AbortTurn(FuturesOfEarlierFeed),
            MontyResolveFutures awaited => ToDeliver(feed, awaited) is { Count: > 0 } ids
                ? new AnswerTurn(awaited, MontyAnswer.Resolve(ids.ToDictionary(id => id, id => feed.Answers[id])))
                : null,
            var call => feed.Answers.TryGetValue(SessionFold.CallIdOf(call), out var answer) ? new AnswerTurn(call, answer) : null,
        };
    }

    /// <summary>What the turn that was due led to.</summary>
    /// <param name="state">The session as it was when the turn was due.</param>
    /// <param name="outcome">What became of the turn.</param>
    /// <param name="tools">The tools whose calls are announced.</param>
    /// <param name="now">The time at which announced calls begin, UTC.</param>
    /// <exception cref="InvalidOperationException">No turn was due.</exception>
    public static Acceptance.Accepted Conclude(SessionState state, TurnOutcome outcome, ToolCatalog tools, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        ArgumentNullException.ThrowIfNull(tools);
        if (TurnDue(state) is null)
        {
            throw new InvalidOperationException("No turn was due, so none can be concluded.");
        }

        var feed = state.Feed!;
        return outcome switch
        {
            TurnOutcome.WorkerDied died => Accepted(
                [
                    new WorkerLost(died.Evidence),
                    .. state.Strikes + 1 < MaxStrikes
                        ? (IEnumerable<SessionEvent>)[]
                        : [new Quarantined($"{MaxStrikes} workers in a row died in one turn", died.Evidence)],
                ],
                state
            ),
            TurnOutcome.Discarded { Outcome: var why } when feed.Stopping is not null => Conclude(
                state,
                new TurnOutcome.WorkerDied($"The turn that was to end the feed was ended itself: {why}"),
                tools,
                now
            ), // the interpreter has to be told
            TurnOutcome.Discarded discarded => Accepted(
                [.. TurnFacts.Prints(discarded.Printed), .. Stop(state, "", discarded.Outcome)],
                state
            ),
            TurnOutcome.Ran when feed.Stopping is { } stopping => Accepted(EndFeed(state, stopping), state),
            TurnOutcome.Ran
            {
                Progress: MontyFailed { Origin: FailureOrigin.Limit, Error.Type: "TimeoutError" or "MemoryError" } limited
            } exceeded => Accepted(
                [
                    .. TurnFacts.Prints(string.Concat(exceeded.Steps.Select(s => s.Printed).Append(exceeded.Printed))),
                    .. Stop(state, "", new FeedOutcome.Failed(limited.Error, limited.Origin)),
                ],
                state
            ),
            TurnOutcome.Ran ran => Followed(() => Accepted(TurnFacts.Of(state, ran, tools, now), state))
                ?? Conclude(
                    state,
                    new TurnOutcome.WorkerDied("The worker said what cannot follow here, such as one call twice."),
                    tools,
                    now
                ),
            _ => throw new ArgumentException($"{outcome.GetType().Name} is no outcome of a turn.", nameof(outcome)),
        };
    }

    internal static Acceptance.Refused NotFound { get; } = new(SessionRefusal.NotFound, "There is no such session. Open it first.");

    internal static Acceptance.Refused Exists { get; } =
        new(SessionRefusal.Exists, "The session exists already. Choose another name, or use it as it is.");

    internal static Acceptance.Refused InQuarantine { get; } =
        new(SessionRefusal.Quarantined, "The session is quarantined. Release it first.");

    internal static Acceptance.Refused Closed { get; } = new(SessionRefusal.Closed, "The session is closed; only its story can be read.");

    /// <summary>The answered calls to be given to the futures that are awaited, ascending.</summary>
    internal static EquatableArray<uint> ToDeliver(OpenFeed feed, MontyResolveFutures awaited) =>
        feed.Delivering.Count > 0 ? feed.Delivering : awaited.PendingCallIds.Where(feed.Answers.ContainsKey).ToEquatableArray();

    /// <summary>The facts that end a feed: what is open is dropped first.</summary>
    internal static IEnumerable<SessionEvent> EndFeed(SessionState state, FeedOutcome outcome) =>
        state.Feed is { } feed ? [.. feed.Calls.Keys.Select(id => new CallDropped(id)), new FeedEnded(outcome)] : [];

    internal static Acceptance.Refused IdTaken { get; } =
        new(
            SessionRefusal.IdTaken,
            "Another command had this id, of another kind or with other content. Give each command an id of its own, and send the same command again only."
        );

    private static PythonError FuturesOfEarlierFeed { get; } =
        new(
            "RuntimeError",
            "the script awaited a call of an earlier feed, which ended with that feed; await every call in the feed that makes it"
        );

    private static Acceptance AcceptFeed(SessionState state, FeedCommand feed)
    {
        if (state.Quarantine is not null)
        {
            return InQuarantine;
        }

        if (state.Feed is { } open)
        {
            return new Acceptance.Refused(
                SessionRefusal.Busy,
                $"Feed {open.Number} is not over. Answer its calls, wait for it, or cancel it."
            );
        }

        return Accepted(new Fed(feed.CommandId, state.FeedCount + 1, feed.Code, feed.Inputs, feed.ScriptName));
    }

    private static Acceptance AcceptAnswer(SessionState state, AnswerCommand command)
    {
        if (RecordedAnswer(state, command) is { } recorded)
        {
            return new Acceptance.Repeated(recorded);
        }

        if (FindCall(state, command.Feed, command.CallId) is not { } call)
        {
            return NoSuchCall(command.Feed, command.CallId);
        }

        if (CommandCheck.WhyInvalid(command.Answer) is { } reason)
        {
            return new Acceptance.Refused(SessionRefusal.Invalid, reason);
        }

        if (call.Kind is CallKind.Timer or CallKind.Signal)
        {
            return new Acceptance.Refused(
                SessionRefusal.NotYours,
                $"Call {command.CallId} of {call.Name} ends by {(call.Kind == CallKind.Timer ? "the clock" : "a signal")}, not by an answer."
            );
        }

        var answer = command.Answer is RaiseAnswer { Error: { Frames.Count: > 0 } error }
            ? MontyAnswer.Raise(error with { Frames = [] })
            : command.Answer; // frames are not sent
        return Accepted([new CallAnswered(command.CommandId, command.CallId, answer)], state);
    }

    private static Acceptance AcceptRetry(SessionState state, RetryCommand command)
    {
        if (FindCall(state, command.Feed, command.CallId) is not { } call)
        {
            return NoSuchCall(command.Feed, command.CallId);
        }

        if (call.Kind != CallKind.Handler)
        {
            return new Acceptance.Refused(
                SessionRefusal.NotYours,
                $"Call {command.CallId} of {call.Name} has no handler here that could try again."
            );
        }

        if (command.Attempt <= call.FailedAttempts)
        {
            return new Acceptance.Repeated();
        }

        if (command.Attempt != call.FailedAttempts + 1)
        {
            return new Acceptance.Refused(
                SessionRefusal.Invalid,
                $"Attempt {call.FailedAttempts + 1} of call {command.CallId} is under way, not {command.Attempt}."
            );
        }

        return Accepted([new AttemptFailed(command.CallId, command.Attempt, command.Error, command.RetryAt)], state);
    }

    private static Acceptance AcceptSignal(SessionState state, SignalCommand signal)
    {
        var received = new SignalReceived(signal.CommandId, signal.Name, signal.Value);
        var waiting = state.Feed?.Calls.Values.FirstOrDefault(c => c.Kind == CallKind.Signal && SignalCall.NameOf(c) == signal.Name);
        if (waiting is not null)
        {
            return Accepted(
                [received, new SignalTaken(signal.Name), new CallAnswered("", waiting.CallId, MontyAnswer.Return(signal.Value))],
                state
            );
        }

        return state.Signals.Count < MaxSignals
            ? Accepted(received)
            : new Acceptance.Refused(
                SessionRefusal.TooManySignals,
                $"The session keeps {MaxSignals} signals that no call has taken. Send it again once the script has taken some."
            );
    }

    private static Acceptance AcceptCancel(SessionState state, CancelCommand cancel)
    {
        if (state.Feed is not { } feed)
        {
            return new Acceptance.Refused(SessionRefusal.Idle, "No feed runs or waits, so there is nothing to cancel.");
        }

        var outcome = new FeedOutcome.Cancelled(cancel.Reason);
        return feed.Stopping is null
            ? Accepted(Stop(state, cancel.CommandId, outcome), state)
            : Accepted(new FeedStopping(cancel.CommandId, outcome)); // remembered, so that, sent again, it does not meet a later feed
    }

    private static Acceptance AcceptRelease(SessionState state, ReleaseCommand release)
    {
        if (state.Quarantine is null)
        {
            return new Acceptance.Refused(SessionRefusal.NotQuarantined, "The session is not quarantined.");
        }

        var released = new Released(release.CommandId);
        return release.FailFeed && state.Feed is not null
            ? Accepted(
                [
                    released,
                    .. Stop(
                        state,
                        "",
                        new FeedOutcome.Failed(
                            new PythonError("RuntimeError", $"an operator ended the feed: {state.Quarantine.Reason}"),
                            FailureOrigin.Runtime
                        )
                    ),
                ],
                state
            )
            : Accepted(released);
    }

    private static Acceptance AcceptTick(SessionState state, TickCommand tick)
    {
        if (state.Quarantine is not null)
        {
            return new Acceptance.Repeated(); // its clock stands still
        }

        List<SessionEvent> facts = [];
        foreach (var call in state.Feed?.Calls.Values ?? [])
        {
            if (call.DueAt <= tick.Now)
            {
                facts.Add(
                    call.Kind == CallKind.Timer
                        ? new CallAnswered("", call.CallId, MontyAnswer.Return(MontyValue.None))
                        : new CallTimedOut(call.CallId)
                );
            }
            else if (call.RetryAt <= tick.Now)
            {
                facts.Add(new AttemptStarted(call.CallId, call.FailedAttempts + 1));
            }
        }

        return facts.Count == 0 ? new Acceptance.Repeated() : Accepted(facts, state);
    }

    /// <summary>Ends a feed at once where its code has not run yet, else as soon as the interpreter has been told.</summary>
    private static IEnumerable<SessionEvent> Stop(SessionState state, string commandId, FeedOutcome outcome) =>
        [new FeedStopping(commandId, outcome), .. state.Feed!.Pending is null ? EndFeed(state, outcome) : []];

    private static OpenCall? FindCall(SessionState state, int feed, uint callId) =>
        state.Feed is { } open && open.Number == feed ? open.Calls.GetValueOrDefault(callId) : null;

    private static MontyAnswer? RecordedAnswer(SessionState state, AnswerCommand command) =>
        state.Feed is { } open && open.Number == command.Feed ? open.Answers.GetValueOrDefault(command.CallId) : null;

    private static Acceptance.Refused NoSuchCall(int feed, uint callId) =>
        new(
            SessionRefusal.NoSuchCall,
            $"Feed {feed} has no open call {callId}: it was never made, or ended with its feed. Look at the session for those that are open."
        );

    private static PythonError ErrorOf(FeedOutcome outcome) =>
        outcome switch
        {
            FeedOutcome.Failed failed => new PythonError("RuntimeError", failed.Error.TypeAndMessage),
            FeedOutcome.Cancelled cancelled => new PythonError("KeyboardInterrupt", cancelled.Reason),
            _ => throw new ArgumentException($"{outcome.GetType().Name} does not stop a feed.", nameof(outcome)),
        };

    /// <summary>What a turn led to; null where the state does not allow it, which only a broken worker brings about.</summary>
    private static Acceptance.Accepted? Followed(Func<Acceptance.Accepted> facts)
    {
        try
        {
            return facts();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static Acceptance.Accepted Accepted(SessionEvent fact) => new([fact], []);

    private static Acceptance.Accepted Accepted(IEnumerable<SessionEvent> facts, SessionState before)
    {
        var all = facts.ToEquatableArray();
        return new(all, EffectsOf(all, before));
    }

    /// <summary>Handlers start for calls that run now and did not before, and stop for those that did and do not.</summary>
    private static EquatableArray<SessionEffect> EffectsOf(IEnumerable<SessionEvent> facts, SessionState before)
    {
        var (was, now) = (HandledCalls(before), HandledCalls(SessionFold.Apply(before, facts)));
        return
        [
            .. was.Except(now).Select(c => (SessionEffect)new SessionEffect.StopCall(c.Feed, c.CallId)),
            .. now.Except(was).Select(c => new SessionEffect.StartCall(c.Feed, c.CallId, c.Attempt)),
        ];
    }

    private static List<(int Feed, uint CallId, int Attempt)> HandledCalls(SessionState state) =>
        [.. state.Feed?.Calls.Values.Where(c => c.IsRunning).Select(c => (state.Feed.Number, c.CallId, c.FailedAttempts + 1)) ?? []];
}
