using Monty.Interop;

namespace Monty.Actors;

/// <summary>Decides the behavior of a session: the commands that it accepts, the turn to run next, and the events that a turn causes.</summary>
/// <remarks>
/// Pure: it uses no clock, no randomness and no I/O. The time is a parameter. State changes only through events (<see cref="SessionEvolver"/>).
/// </remarks>
internal static class SessionDecider
{
    /// <summary>The maximum number of kept signals that no call has received.</summary>
    public const int MaxSignals = 1000;

    /// <summary>The number of workers that may die in one turn before the session is quarantined.</summary>
    public const int MaxWorkerCrashes = 3;

    /// <summary>The number of consecutive recoveries for the same turn before the session is quarantined.</summary>
    public const int MaxResumes = 3;

    /// <summary>
    /// The number of consecutive recoveries for the same handlers before the session is quarantined. A handler may take long, and then processes may end
    /// during it for other reasons.
    /// </summary>
    public const int MaxHandlerResumes = 10;

    /// <summary>Decides a command: returns the events that it causes, or the reason for refusing it.</summary>
    /// <param name="state">The state of the session.</param>
    /// <param name="command">The command.</param>
    /// <param name="tools">The tools that a feed can call.</param>
    public static Decision Decide(SessionState state, SessionCommand command, ToolCatalog tools)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(tools);
        if (CommandCheck.FindRefusal(command) is { } refused)
        {
            return refused;
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

        var decision = DecideNew(state, command, tools);
        return decision is Decision.Accepted accepted ? WithSentAt(accepted, command) : decision;
    }

    /// <summary>Decides how a recovered session continues. A turn or a handler that ends the process must not be run forever.</summary>
    /// <returns>The events to store before the turn or the handlers run, or null if there are none.</returns>
    public static Decision.Accepted? Resume(SessionState state)
    {
        var turn = DescribeNextTurn(state);
        if ((turn ?? DescribeHandlers(state)) is not { } work)
        {
            return null;
        }

        var max = turn is null ? MaxHandlerResumes : MaxResumes;
        var kind = turn is null ? "handler" : "turn";
        return state.ResumedTurn == work && state.ConsecutiveResumes >= max
            ? Accepted(
                new SessionQuarantined(
                    $"the process ended {max} times in a row during the same {kind}",
                    $"The {kind} was: {work}. The session was recovered each time, and nothing was stored before the process ended again."
                )
            )
            : Accepted(new SessionResumed(work));
    }

    /// <summary>
    /// Decides the event to store when the engine stops in an orderly way. A turn that the stop interrupts does not count as one that ended the process.
    /// </summary>
    public static Decision.Accepted? Suspend(SessionState state) =>
        state.ConsecutiveResumes > 0 && HasWork(state) ? Accepted(new SessionSuspended()) : null;

    /// <summary>Returns the turn to run next, on the interpreter as the last turn left it, or null if there is none.</summary>
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
            null => new FeedTurn(feed.Source.Code, new OrderedDictionary<string, MontyValue>(feed.Source.Inputs), feed.Source.ScriptName)
            {
                AsyncFunctions = state.AsyncFunctions,
            },
            MontyResolveFutures { PendingCallIds.Count: 0 } => new AbortTurn(FuturesOfEarlierFeed),
            MontyResolveFutures awaited => ToDeliver(feed, awaited) is { Count: > 0 } ids
                ? new AnswerTurn(awaited, MontyAnswer.Resolve(ids.ToDictionary(id => id, id => feed.Answers.Find(id)!)))
                : null,
            var call => feed.Answers.Find(SessionEvolver.CallIdOf(call)) is { } answer ? new AnswerTurn(call, answer) : null,
        };
    }

    /// <summary>Returns true if a session has work to do without a command: a turn or a handler.</summary>
    public static bool HasWork(SessionState state) =>
        NextTurn(state) is not null || (state is { Quarantine: null, Feed: { } feed } && feed.Calls.Values.Any(c => c.IsRunning));

    /// <summary>Decides the events of a turn that was run.</summary>
    /// <param name="state">The state of the session before the turn.</param>
    /// <param name="outcome">The outcome of the turn.</param>
    /// <param name="tools">The tools whose calls are announced.</param>
    /// <param name="now">The time at which announced calls start, in UTC.</param>
    /// <exception cref="InvalidOperationException">The state requires no turn.</exception>
    public static Decision.Accepted ApplyTurnOutcome(SessionState state, TurnOutcome outcome, ToolCatalog tools, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        ArgumentNullException.ThrowIfNull(tools);
        if (NextTurn(state) is null)
        {
            throw new InvalidOperationException("The outcome of a turn cannot be applied: the state requires no turn.");
        }

        var feed = state.Feed!;
        return outcome switch
        {
            TurnOutcome.WorkerDied died => Accepted([
                new WorkerCrashed(died.Evidence),
                .. state.ConsecutiveWorkerCrashes + 1 < MaxWorkerCrashes
                    ? (IEnumerable<SessionEvent>)[]
                    : [new SessionQuarantined($"{MaxWorkerCrashes} workers in a row died during one turn", died.Evidence)],
            ]),
            TurnOutcome.Discarded { Outcome: var why } when feed.Stopping is not null => ApplyTurnOutcome(
                state,
                new TurnOutcome.WorkerDied($"The turn that should have ended the feed was ended itself: {why}"),
                tools,
                now
            ), // the interpreter must be told
            TurnOutcome.Discarded discarded => Accepted([.. TurnEvents.Prints(discarded.Printed), .. Stop(state, "", discarded.Outcome)]),
            TurnOutcome.Ran when feed.Stopping is { } stopping => Accepted(EndFeed(state, stopping)),
            TurnOutcome.Ran
            {
                Progress: MontyFailed { Origin: FailureOrigin.Limit, Error.Type: "TimeoutError" or "MemoryError" } limited
            } exceeded => Accepted([
                .. TurnEvents.Prints(string.Concat(exceeded.Steps.Select(s => s.Printed).Append(exceeded.Printed))),
                .. Stop(state, "", new FeedOutcome.Failed(limited.Error, limited.Origin)),
            ]),
            TurnOutcome.Ran ran => FromTurn(state, ran, tools, now)
                ?? ApplyTurnOutcome(
                    state,
                    new TurnOutcome.WorkerDied("The worker sent a message that is not valid in this state, such as the same call twice."),
                    tools,
                    now
                ),
            _ => throw new ArgumentException($"{outcome.GetType().Name} is not an outcome of a turn.", nameof(outcome)),
        };
    }

    internal static Decision.Refused NotFound { get; } = new(SessionRefusal.NotFound, "The session does not exist. Open it first.");

    internal static Decision.Refused Exists { get; } =
        new(SessionRefusal.Exists, "The session exists already. Choose another name, or use it as it is.");

    internal static Decision.Refused InQuarantine { get; } =
        new(SessionRefusal.Quarantined, "The session is quarantined. Release it first.");

    internal static Decision.Refused Closed { get; } = new(SessionRefusal.Closed, "The session is closed. Only its history can be read.");

    /// <summary>Returns the answered calls to deliver to the awaited futures, in ascending order.</summary>
    internal static EquatableArray<uint> ToDeliver(OpenFeed feed, MontyResolveFutures awaited) =>
        feed.Delivering.Count > 0 ? feed.Delivering : awaited.PendingCallIds.Where(feed.Answers.Contains).ToEquatableArray();

    /// <summary>Returns the events that end a feed. Open calls are dropped first.</summary>
    internal static IEnumerable<SessionEvent> EndFeed(SessionState state, FeedOutcome outcome) =>
        state.Feed is { } feed ? [.. feed.Calls.Keys.Select(id => new CallDropped(id)), new FeedEnded(outcome)] : [];

    internal static Decision.Refused IdTaken { get; } =
        new(
            SessionRefusal.IdTaken,
            "The command was not applied: another command, of another kind or with other content, has the same id. Use a new id for each command, and repeat an id only for the same command."
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

    private static Decision DecideNew(SessionState state, SessionCommand command, ToolCatalog tools)
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
            FeedCommand feed => DecideFeed(state, feed, tools),
            AnswerCommand answered => DecideAnswer(state, answered),
            EndCallCommand ended => DecideAnswer(state, new AnswerCommand("", ended.Feed, ended.CallId, ended.Answer)),
            RetryCommand retry => DecideRetry(state, retry),
            SignalCommand signal => DecideSignal(state, signal),
            CancelCommand cancel => DecideCancel(state, cancel),
            ReleaseCommand release => DecideRelease(state, release),
            CloseCommand close => Accepted([
                .. EndFeed(state, new FeedOutcome.Cancelled("the session was closed")),
                new SessionClosed(close.CommandId),
            ]),
            TimersElapsedCommand tick => DecideTimers(state, tick),
            _ => throw new ArgumentException($"{command.GetType().Name} is not a command of a session.", nameof(command)),
        };
    }

    private static Decision DecideFeed(SessionState state, FeedCommand feed, ToolCatalog tools)
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

        return Accepted(
            new FeedStarted(feed.CommandId, state.FeedCount + 1, feed.Code, feed.Inputs, feed.ScriptName)
            {
                AsyncFunctions = tools.AsyncFunctions == state.AsyncFunctions ? null : tools.AsyncFunctions,
            }
        );
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
        return Accepted([new CallAnswered(command.CommandId, command.CallId, answer)]);
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

        return Accepted([new AttemptFailed(command.CallId, command.Attempt, command.Error, command.RetryAt)]);
    }

    private static Decision DecideSignal(SessionState state, SignalCommand signal)
    {
        var received = new SignalReceived(signal.CommandId, signal.Name, signal.Value);
        var waiting = state.Feed?.Calls.Values.FirstOrDefault(c => c.Kind == CallKind.Signal && SignalCall.NameOf(c) == signal.Name);
        if (waiting is not null)
        {
            return Accepted([
                received,
                new SignalTaken(signal.Name),
                new CallAnswered("", waiting.CallId, MontyAnswer.Return(signal.Value)),
            ]);
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
            ? Accepted(Stop(state, cancel.CommandId, outcome))
            : Accepted(new FeedStopping(cancel.CommandId, outcome)); // remembered, so that a repeated cancel does not affect a later feed
    }

    private static Decision DecideRelease(SessionState state, ReleaseCommand release)
    {
        if (state.Quarantine is null)
        {
            return new Decision.Refused(SessionRefusal.NotQuarantined, "The session is not quarantined.");
        }

        var released = new QuarantineReleased(release.CommandId);
        return release.FailFeed && state.Feed is not null
            ? Accepted([
                released,
                .. Stop(
                    state,
                    "",
                    new FeedOutcome.Failed(
                        new PythonError("RuntimeError", $"an operator ended the feed: {state.Quarantine.Reason}"),
                        FailureOrigin.Runtime
                    )
                ),
            ])
            : Accepted(released);
    }

    private static Decision DecideTimers(SessionState state, TimersElapsedCommand tick)
    {
        if (state.Quarantine is not null)
        {
            return new Decision.Repeated(); // its clock is stopped
        }

        List<SessionEvent> events = [];
        foreach (var call in state.Feed?.Calls.Values ?? [])
        {
            var now =
                tick.Elapsed is { } elapsed
                && elapsed.Feed == state.Feed!.Number
                && elapsed.CallId == call.CallId
                && elapsed.Until > tick.Now
                    ? elapsed.Until
                    : tick.Now;
            if (call.DueAt <= now)
            {
                events.Add(
                    call.Kind == CallKind.Timer
                        ? new CallAnswered("", call.CallId, MontyAnswer.Return(MontyValue.None))
                        : new CallTimedOut(call.CallId)
                );
            }
            else if (call.RetryAt <= now)
            {
                events.Add(new AttemptStarted(call.CallId, call.FailedAttempts + 1));
            }
        }

        return events.Count == 0 ? new Decision.Repeated() : Accepted(events);
    }

    /// <summary>Adds the time at which the command was first sent to the command's own event.</summary>
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

    /// <summary>Describes the turn to run next, or returns null if there is none. The text stays the same as long as nothing else happens.</summary>
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

    /// <summary>Describes the handlers that run when the session is recovered, or returns null if there are none.</summary>
    private static string? DescribeHandlers(SessionState state) =>
        state is { Quarantine: null, Feed: { } feed }
        && feed.Calls.Values.Where(c => c.IsRunning).Select(c => c.CallId).ToList() is { Count: > 0 } running
            ? $"feed {feed.Number}, handlers of {string.Join(", ", running.Take(10))}"
            : null;

    /// <summary>Ends a feed immediately if its code has not run yet, otherwise as soon as the interpreter has been told.</summary>
    private static IEnumerable<SessionEvent> Stop(SessionState state, string commandId, FeedOutcome outcome) =>
        [new FeedStopping(commandId, outcome), .. state.Feed!.Pending is null ? EndFeed(state, outcome) : []];

    private static OpenCall? FindCall(SessionState state, int feed, uint callId) =>
        state.Feed is { } open && open.Number == feed ? open.Calls.GetValueOrDefault(callId) : null;

    private static MontyAnswer? RecordedAnswer(SessionState state, AnswerCommand command) =>
        state.Feed is { } open && open.Number == command.Feed ? open.Answers.Find(command.CallId) : null;

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

    /// <summary>Returns the events of a turn, or null if the state does not allow them, which only a broken worker causes.</summary>
    private static Decision.Accepted? FromTurn(SessionState state, TurnOutcome.Ran ran, ToolCatalog tools, DateTimeOffset now)
    {
        try
        {
            var events = TurnEvents.From(state, ran, tools, now).ToEquatableArray();
            SessionEvolver.Evolve(state, events);
            return new Decision.Accepted(events);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static Decision.Accepted Accepted(params IEnumerable<SessionEvent> events) => new(events.ToEquatableArray());
}
