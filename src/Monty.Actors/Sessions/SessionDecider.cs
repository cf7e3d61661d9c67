using Monty.Interop;

namespace Monty.Actors;

/// <summary>What a session does: which commands it takes, which turn is due, and what a turn leads to.</summary>
/// <remarks>Pure: no clock, no randomness, no I/O; the time comes with the calls. State changes only by events (<see cref="SessionEvolver"/>).</remarks>
internal static class SessionDecider
{
    /// <summary>How many signals a session keeps that no call has taken.</summary>
    public const int MaxSignals = 1000;

    /// <summary>How many workers may die in one turn before the session is quarantined.</summary>
    public const int MaxWorkerCrashes = 3;

    /// <summary>How many times in a row a session is recovered for the same turn before it is quarantined.</summary>
    public const int MaxResumes = 3;

    /// <summary>Decides what a command does: the events it causes, or why it is refused.</summary>
    public static Decision Decide(SessionState state, SessionCommand command)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(command);
        if (CommandCheck.WhyInvalid(command) is { } invalid)
        {
            return new Decision.Refused(SessionRefusal.Invalid, invalid);
        }

        if (state.Commands.Find(command.CommandId) is { } applied)
        {
            return applied == CommandFingerprint.From(command)
                ? new Decision.Repeated(command is AnswerCommand answer ? RecordedAnswer(state, answer) : null)
                : IdTaken;
        }

        if (command.SentAt <= state.Commands.ForgottenUntil)
        {
            return TooOld;
        }

        var decision = DecideNew(state, command);
        return decision is Decision.Accepted accepted ? WithSentAt(accepted, command) : decision;
    }

    /// <summary>Decides what a session that was recovered does before it goes on: a turn that brings the process down must not be run for ever.</summary>
    /// <returns>The events to store before the turn runs; null where no turn is due.</returns>
    public static Decision.Accepted? Resume(SessionState state)
    {
        if (DescribeNextTurn(state) is not { } turn)
        {
            return null;
        }

        return state.ResumedTurn == turn && state.ConsecutiveResumes >= MaxResumes
            ? Accepted(
                new SessionQuarantined(
                    $"the process ended {MaxResumes} times in a row in the same turn",
                    $"The turn was: {turn}. Each time the session was recovered, and nothing was stored before the process ended again."
                )
            )
            : Accepted(new SessionResumed(turn));
    }

    /// <summary>Decides what is stored when the engine stops in an orderly way: the turns that it interrupts did not bring it down.</summary>
    public static Decision.Accepted? Suspend(SessionState state) =>
        state.ConsecutiveResumes > 0 && NextTurn(state) is not null ? Accepted(new SessionSuspended()) : null;

    /// <summary>The turn that a worker is to run now, on the interpreter as it was after the last one; null when there is nothing to run.</summary>
    public static TurnRequest? NextTurn(SessionState state)
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
            var call => feed.Answers.TryGetValue(SessionEvolver.CallIdOf(call), out var answer) ? new AnswerTurn(call, answer) : null,
        };
    }

    /// <summary>True when a session has something to do without being asked: a turn that is due, or a handler that runs.</summary>
    public static bool HasWork(SessionState state) =>
        NextTurn(state) is not null || (state is { Quarantine: null, Feed: { } feed } && feed.Calls.Values.Any(c => c.IsRunning));

    /// <summary>What the turn that was due led to.</summary>
    /// <param name="state">The session as it was when the turn was due.</param>
    /// <param name="outcome">What became of the turn.</param>
    /// <param name="tools">The tools whose calls are announced.</param>
    /// <param name="now">The time at which announced calls begin, UTC.</param>
    /// <exception cref="InvalidOperationException">No turn was due.</exception>
    public static Decision.Accepted ApplyTurnOutcome(SessionState state, TurnOutcome outcome, ToolCatalog tools, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        ArgumentNullException.ThrowIfNull(tools);
        if (NextTurn(state) is null)
        {
            throw new InvalidOperationException("No turn was due, so none can be concluded.");
        }

        var feed = state.Feed!;
        return outcome switch
        {
            TurnOutcome.WorkerDied died => Accepted(
                [
                    new WorkerCrashed(died.Evidence),
                    .. state.ConsecutiveWorkerCrashes + 1 < MaxWorkerCrashes
                        ? (IEnumerable<SessionEvent>)[]
                        : [new SessionQuarantined($"{MaxWorkerCrashes} workers in a row died in one turn", died.Evidence)],
                ],
                state
            ),
            TurnOutcome.Discarded { Outcome: var why } when feed.Stopping is not null => ApplyTurnOutcome(
                state,
                new TurnOutcome.WorkerDied($"The turn that was to end the feed was ended itself: {why}"),
                tools,
                now
            ), // the interpreter has to be told
            TurnOutcome.Discarded discarded => Accepted(
                [.. TurnEvents.Prints(discarded.Printed), .. Stop(state, "", discarded.Outcome)],
                state
            ),
            TurnOutcome.Ran when feed.Stopping is { } stopping => Accepted(EndFeed(state, stopping), state),
            TurnOutcome.Ran
            {
                Progress: MontyFailed { Origin: FailureOrigin.Limit, Error.Type: "TimeoutError" or "MemoryError" } limited
            } exceeded => Accepted(
                [
                    .. TurnEvents.Prints(string.Concat(exceeded.Steps.Select(s => s.Printed).Append(exceeded.Printed))),
                    .. Stop(state, "", new FeedOutcome.Failed(limited.Error, limited.Origin)),
                ],
                state
            ),
            TurnOutcome.Ran ran => Followed(() => Accepted(TurnEvents.From(state, ran, tools, now), state))
                ?? ApplyTurnOutcome(
                    state,
                    new TurnOutcome.WorkerDied("The worker said what cannot follow here, such as one call twice."),
                    tools,
                    now
                ),
            _ => throw new ArgumentException($"{outcome.GetType().Name} is no outcome of a turn.", nameof(outcome)),
        };
    }

    internal static Decision.Refused NotFound { get; } = new(SessionRefusal.NotFound, "There is no such session. Open it first.");

    internal static Decision.Refused Exists { get; } =
        new(SessionRefusal.Exists, "The session exists already. Choose another name, or use it as it is.");

    internal static Decision.Refused InQuarantine { get; } =
        new(SessionRefusal.Quarantined, "The session is quarantined. Release it first.");

    internal static Decision.Refused Closed { get; } = new(SessionRefusal.Closed, "The session is closed. Only its history can be read.");

    /// <summary>The answered calls to be given to the futures that are awaited, ascending.</summary>
    internal static EquatableArray<uint> ToDeliver(OpenFeed feed, MontyResolveFutures awaited) =>
        feed.Delivering.Count > 0 ? feed.Delivering : awaited.PendingCallIds.Where(feed.Answers.ContainsKey).ToEquatableArray();

    /// <summary>The events that end a feed: what is open is dropped first.</summary>
    internal static IEnumerable<SessionEvent> EndFeed(SessionState state, FeedOutcome outcome) =>
        state.Feed is { } feed ? [.. feed.Calls.Keys.Select(id => new CallDropped(id)), new FeedEnded(outcome)] : [];

    internal static Decision.Refused IdTaken { get; } =
        new(
            SessionRefusal.IdTaken,
            "Another command had this id, of another kind or with other content. Give each command an id of its own, and send the same command again only."
        );

    private static Decision.Refused TooOld { get; } =
        new(
            SessionRefusal.TooOld,
            "The command was first sent before the commands that the session remembers, so it may have been applied already. "
                + "Look at the session's history, and send a new command if it was not."
        );

    private static PythonError FuturesOfEarlierFeed { get; } =
        new(
            "RuntimeError",
            "the script awaited a call of an earlier feed, which ended with that feed; await every call in the feed that makes it"
        );

    private static Decision DecideNew(SessionState state, SessionCommand command)
    {
        if (state.Setup is null && command is not OpenCommand)
        {
            return NotFound;
        }

        if (state.IsClosed)
        {
            return command is CloseCommand ? new Decision.Repeated() : Closed;
        }

        return command switch
        {
            OpenCommand open => state.Setup is null ? Accepted(new SessionOpened(open.CommandId, open.Setup)) : Exists,
            FeedCommand feed => DecideFeed(state, feed),
            AnswerCommand answered => DecideAnswer(state, answered),
            EndCallCommand ended => DecideAnswer(state, new AnswerCommand("", ended.Feed, ended.CallId, ended.Answer)),
            RetryCommand retry => DecideRetry(state, retry),
            SignalCommand signal => DecideSignal(state, signal),
            CancelCommand cancel => DecideCancel(state, cancel),
            ReleaseCommand release => DecideRelease(state, release),
            CloseCommand close => Accepted(
                [.. EndFeed(state, new FeedOutcome.Cancelled("the session was closed")), new SessionClosed(close.CommandId)],
                state
            ),
            TimersElapsedCommand tick => DecideTimers(state, tick),
            _ => throw new ArgumentException($"{command.GetType().Name} is not a command of a session.", nameof(command)),
        };
    }

    private static Decision DecideFeed(SessionState state, FeedCommand feed)
    {
        if (state.Quarantine is not null)
        {
            return InQuarantine;
        }

        if (state.Feed is { } open)
        {
            return new Decision.Refused(
                SessionRefusal.Busy,
                $"Feed {open.Number} is not over. Answer its calls, wait for it, or cancel it."
            );
        }

        return Accepted(new FeedStarted(feed.CommandId, state.FeedCount + 1, feed.Code, feed.Inputs, feed.ScriptName));
    }

    private static Decision DecideAnswer(SessionState state, AnswerCommand command)
    {
        if (RecordedAnswer(state, command) is { } recorded)
        {
            return new Decision.Repeated(recorded);
        }

        if (FindCall(state, command.Feed, command.CallId) is not { } call)
        {
            return NoSuchCall(command.Feed, command.CallId);
        }

        if (CommandCheck.WhyInvalid(command.Answer) is { } reason)
        {
            return new Decision.Refused(SessionRefusal.Invalid, reason);
        }

        if (call.Kind is CallKind.Timer or CallKind.Signal)
        {
            return new Decision.Refused(
                SessionRefusal.NotYours,
                $"Call {command.CallId} of {call.Name} ends by {(call.Kind == CallKind.Timer ? "the clock" : "a signal")}, not by an answer."
            );
        }

        var answer = command.Answer is RaiseAnswer { Error: { Frames.Count: > 0 } error }
            ? MontyAnswer.Raise(error with { Frames = [] })
            : command.Answer; // frames are not sent
        return Accepted([new CallAnswered(command.CommandId, command.CallId, answer)], state);
    }

    private static Decision DecideRetry(SessionState state, RetryCommand command)
    {
        if (FindCall(state, command.Feed, command.CallId) is not { } call)
        {
            return NoSuchCall(command.Feed, command.CallId);
        }

        if (call.Kind != CallKind.Handler)
        {
            return new Decision.Refused(
                SessionRefusal.NotYours,
                $"Call {command.CallId} of {call.Name} has no handler here that could try again."
            );
        }

        if (command.Attempt <= call.FailedAttempts)
        {
            return new Decision.Repeated();
        }

        if (command.Attempt != call.FailedAttempts + 1)
        {
            return new Decision.Refused(
                SessionRefusal.Invalid,
                $"Attempt {call.FailedAttempts + 1} of call {command.CallId} is under way, not {command.Attempt}."
            );
        }

        return Accepted([new AttemptFailed(command.CallId, command.Attempt, command.Error, command.RetryAt)], state);
    }

    private static Decision DecideSignal(SessionState state, SignalCommand signal)
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
            : new Decision.Refused(
                SessionRefusal.TooManySignals,
                $"The session keeps {MaxSignals} signals that no call has taken. Send it again once the script has taken some."
            );
    }

    private static Decision DecideCancel(SessionState state, CancelCommand cancel)
    {
        if (state.Feed is not { } feed)
        {
            return new Decision.Refused(SessionRefusal.Idle, "No feed runs or waits, so there is nothing to cancel.");
        }

        var outcome = new FeedOutcome.Cancelled(cancel.Reason);
        return feed.Stopping is null
            ? Accepted(Stop(state, cancel.CommandId, outcome), state)
            : Accepted(new FeedStopping(cancel.CommandId, outcome)); // remembered, so that, sent again, it does not meet a later feed
    }

    private static Decision DecideRelease(SessionState state, ReleaseCommand release)
    {
        if (state.Quarantine is null)
        {
            return new Decision.Refused(SessionRefusal.NotQuarantined, "The session is not quarantined.");
        }

        var released = new QuarantineReleased(release.CommandId);
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

    private static Decision DecideTimers(SessionState state, TimersElapsedCommand tick)
    {
        if (state.Quarantine is not null)
        {
            return new Decision.Repeated(); // its clock stands still
        }

        List<SessionEvent> events = [];
        foreach (var call in state.Feed?.Calls.Values ?? [])
        {
            if (call.DueAt <= tick.Now)
            {
                events.Add(
                    call.Kind == CallKind.Timer
                        ? new CallAnswered("", call.CallId, MontyAnswer.Return(MontyValue.None))
                        : new CallTimedOut(call.CallId)
                );
            }
            else if (call.RetryAt <= tick.Now)
            {
                events.Add(new AttemptStarted(call.CallId, call.FailedAttempts + 1));
            }
        }

        return events.Count == 0 ? new Decision.Repeated() : Accepted(events, state);
    }

    /// <summary>Adds to the command's own event when the command was first sent.</summary>
    private static Decision.Accepted WithSentAt(Decision.Accepted accepted, SessionCommand command) =>
        command.SentAt is null
            ? accepted
            : accepted with
            {
                Events = accepted
                    .Events.Select(e =>
                        e is CommandEvent { CommandId.Length: > 0 } own && own.CommandId == command.CommandId
                            ? own with
                            {
                                SentAt = command.SentAt,
                            }
                            : e
                    )
                    .ToEquatableArray(),
            };

    /// <summary>Names the turn that is due, the same as long as nothing else happens; null where none is due.</summary>
    private static string? DescribeNextTurn(SessionState state) =>
        NextTurn(state) is null
            ? null
            : state.Feed switch
            {
                { Stopping: not null } feed => $"the end of feed {feed.Number}",
                { Pending: null } feed => $"the start of feed {feed.Number}",
                { Pending: MontyResolveFutures awaited } feed =>
                    $"feed {feed.Number}, answers of {string.Join(", ", ToDeliver(feed, awaited))}",
                var feed => $"feed {feed!.Number}, answer of {SessionEvolver.CallIdOf(feed.Pending!)}",
            };

    /// <summary>Ends a feed at once where its code has not run yet, else as soon as the interpreter has been told.</summary>
    private static IEnumerable<SessionEvent> Stop(SessionState state, string commandId, FeedOutcome outcome) =>
        [new FeedStopping(commandId, outcome), .. state.Feed!.Pending is null ? EndFeed(state, outcome) : []];

    private static OpenCall? FindCall(SessionState state, int feed, uint callId) =>
        state.Feed is { } open && open.Number == feed ? open.Calls.GetValueOrDefault(callId) : null;

    private static MontyAnswer? RecordedAnswer(SessionState state, AnswerCommand command) =>
        state.Feed is { } open && open.Number == command.Feed ? open.Answers.GetValueOrDefault(command.CallId) : null;

    private static Decision.Refused NoSuchCall(int feed, uint callId) =>
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
    private static Decision.Accepted? Followed(Func<Decision.Accepted> events)
    {
        try
        {
            return events();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static Decision.Accepted Accepted(SessionEvent @event) => new([@event], []);

    private static Decision.Accepted Accepted(IEnumerable<SessionEvent> events, SessionState before)
    {
        var all = events.ToEquatableArray();
        return new(all, EffectsOf(all, before));
    }

    /// <summary>Handlers start for calls that run now and did not before, and stop for those that did and do not.</summary>
    private static EquatableArray<SessionEffect> EffectsOf(IEnumerable<SessionEvent> events, SessionState before)
    {
        var (was, now) = (HandledCalls(before), HandledCalls(SessionEvolver.Evolve(before, events)));
        return
        [
            .. was.Except(now).Select(c => (SessionEffect)new SessionEffect.StopCall(c.Feed, c.CallId)),
            .. now.Except(was).Select(c => new SessionEffect.StartCall(c.Feed, c.CallId, c.Attempt)),
        ];
    }

    private static List<(int Feed, uint CallId, int Attempt)> HandledCalls(SessionState state) =>
        [.. state.Feed?.Calls.Values.Where(c => c.IsRunning).Select(c => (state.Feed.Number, c.CallId, c.FailedAttempts + 1)) ?? []];
}
