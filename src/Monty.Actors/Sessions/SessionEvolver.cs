using Monty.Interop;

namespace Monty.Actors;

/// <summary>Computes the state of a session from its events. Live and recovered sessions use the same code.</summary>
/// <remarks>Pure: it uses no clock, no randomness and no I/O.</remarks>
internal static class SessionEvolver
{
    /// <summary>Returns the state after an event.</summary>
    /// <exception cref="InvalidOperationException">The state does not allow the event, because the history is broken.</exception>
    public static SessionState Evolve(SessionState state, SessionEvent @event)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(@event);
        if (state.IsClosed)
        {
            throw Impossible(@event, "the session is closed");
        }

        if (@event is SessionOpened == state.Setup is not null)
        {
            throw Impossible(@event, state.Setup is null ? "the session is not open" : "the session is open");
        }

        if (@event is CommandEvent { CommandId: { Length: > 0 } id } applied)
        {
            var fingerprint = CommandFingerprint.From(applied, state.Feed?.Number ?? 0);
            state = state with { Commands = state.Commands.Add(new LoggedCommand(id, fingerprint, applied.SentAt ?? default)) };
        }

        if (@event is not SessionResumed && state.ConsecutiveResumes > 0)
        {
            state = state with { ConsecutiveResumes = 0, ResumedTurn = null };
        }

        if (@event is CalledInline { FilesChangedAt: not null } or CallAnnounced { Call: MontyOsCall } && !state.HasFiles)
        {
            state = state with { HasFiles = true };
        }

        return @event switch
        {
            SessionOpened opened => state with { Setup = opened.Setup },
            FeedStarted fed => Feed(state, fed),
            TextPrinted or CalledInline => state with { Feed = Progressed(state, @event), ConsecutiveWorkerCrashes = 0 },
            CallAnnounced announced => Announce(state, announced),
            FuturesAwaited awaited => Await(state, awaited),
            FuturesDelivered delivered => Deliver(state, delivered),
            CallAnswered answered => End(state, @event, answered.CallId, answered.Answer),
            CallTimedOut timedOut => End(
                state,
                @event,
                timedOut.CallId,
                MontyAnswer.Raise("TimeoutError", $"{OpenCallIn(state, @event, timedOut.CallId).Name} did not answer in time")
            ),
            CallDropped dropped => Drop(state, dropped),
            AttemptFailed failed => Retry(state, failed),
            AttemptStarted started => Start(state, started),
            SignalReceived signal => state with { Signals = state.Signals.Add(new KeptSignal(signal.Name, signal.Value)) },
            SignalTaken taken => state with { Signals = state.Signals.RemoveAt(IndexOf(state, taken)) },
            FeedStopping { Outcome: FeedOutcome.Cancelled } when FeedOf(state, @event).Stopping is not null => state, // the feed is already being stopped
            FeedStopping stopping => state with
            {
                Feed = FeedOf(state, @event) with { Stopping = stopping.Outcome },
                ConsecutiveWorkerCrashes = 0,
            },
            FeedEnded => EndFeed(state, @event),
            WorkerCrashed => state with { Feed = FeedOf(state, @event), ConsecutiveWorkerCrashes = state.ConsecutiveWorkerCrashes + 1 },
            SessionResumed resumed => state with
            {
                Feed = FeedOf(state, @event),
                ConsecutiveResumes = state.ResumedTurn == resumed.Turn ? state.ConsecutiveResumes + 1 : 1,
                ResumedTurn = resumed.Turn,
            },
            SessionSuspended => state with { Feed = FeedOf(state, @event) },
            SessionQuarantined quarantined => state with
            {
                Quarantine = state.Quarantine is null ? quarantined : throw Impossible(@event, "the session is quarantined"),
            },
            QuarantineReleased => state with
            {
                Quarantine = state.Quarantine is null ? throw Impossible(@event, "the session is not quarantined") : null,
                ConsecutiveWorkerCrashes = 0,
            },
            SessionForked forked => Fork(state, forked),
            SessionClosed => state with
            {
                IsClosed = state.Feed is null ? true : throw Impossible(@event, "a feed is open"),
                Signals = [],
                Quarantine = null,
            },
            _ => throw Impossible(@event, "it is of an unknown kind"),
        };
    }

    /// <summary>Returns the state after several events, in order.</summary>
    /// <exception cref="InvalidOperationException">The state does not allow one of the events.</exception>
    public static SessionState Evolve(SessionState state, IEnumerable<SessionEvent> events) => events.Aggregate(state, Evolve);

    private static SessionState Feed(SessionState state, FeedStarted fed)
    {
        if (state.Feed is not null)
        {
            throw Impossible(fed, "a feed is open");
        }

        if (state.Quarantine is not null)
        {
            throw Impossible(fed, "the session is quarantined");
        }

        if (fed.Feed != state.FeedCount + 1)
        {
            throw Impossible(fed, $"feed {state.FeedCount + 1} is due");
        }

        return state with
        {
            Feed = new OpenFeed(fed.Feed, fed),
            FeedCount = fed.Feed,
            AsyncFunctions = fed.AsyncFunctions ?? state.AsyncFunctions,
            ConsecutiveWorkerCrashes = 0,
        };
    }

    private static SessionState Fork(SessionState state, SessionForked forked)
    {
        if (state.Feed is not null)
        {
            throw Impossible(forked, "a feed is open");
        }

        if (state.Quarantine is not null)
        {
            throw Impossible(forked, "the session is quarantined");
        }

        return state with
        {
            Origin = forked,
            Commands = CommandLog.Empty,
        };
    }

    private static SessionState Announce(SessionState state, CallAnnounced announced)
    {
        var feed = Progressed(state, announced);
        var id = CallIdOf(announced.Call);
        if (feed.Calls.ContainsKey(id) || feed.Answers.Contains(id))
        {
            throw Impossible(announced, $"call {id} was announced before");
        }

        var call = new OpenCall(id, announced.Call, announced.Kind, announced.ArgumentsHash, announced.DueAt)
        {
            FileLength = announced.FileLength,
        };
        feed = feed with { Calls = feed.Calls.Add(id, call) };
        return state with { Feed = announced.IsDeferred ? feed : feed.WaitFor(announced.Call), ConsecutiveWorkerCrashes = 0 };
    }

    private static SessionState Await(SessionState state, FuturesAwaited awaited)
    {
        if (awaited.PendingCallIds.Distinct().Count() != awaited.PendingCallIds.Count)
        {
            throw Impossible(awaited, "it contains a call twice");
        }

        return state with
        {
            Feed = Progressed(state, awaited).WaitFor(new MontyResolveFutures(awaited.PendingCallIds)),
            ConsecutiveWorkerCrashes = 0,
        };
    }

    private static SessionState Deliver(SessionState state, FuturesDelivered delivered)
    {
        var feed = Progressed(state, delivered);
        if (feed.Pending is not MontyResolveFutures awaited || feed.Delivering.Count > 0)
        {
            throw Impossible(delivered, "no future is awaited");
        }

        foreach (var id in delivered.CallIds)
        {
            if (!awaited.PendingCallIds.Contains(id) || !feed.Answers.Contains(id))
            {
                throw Impossible(delivered, $"call {id} is not awaited, or has no answer");
            }
        }

        return state with
        {
            Feed = feed with { Delivering = delivered.CallIds },
            ConsecutiveWorkerCrashes = 0,
        };
    }

    private static SessionState End(SessionState state, SessionEvent @event, uint callId, MontyAnswer answer)
    {
        OpenCallIn(state, @event, callId);
        return state with
        {
            Feed = state.Feed! with { Calls = state.Feed.Calls.Remove(callId), Answers = state.Feed.Answers.Add(callId, answer) },
        };
    }

    private static SessionState Drop(SessionState state, CallDropped dropped)
    {
        var call = OpenCallIn(state, dropped, dropped.CallId);
        return state with { Feed = state.Feed! with { Calls = state.Feed.Calls.Remove(call.CallId) } };
    }

    private static SessionState Retry(SessionState state, AttemptFailed failed)
    {
        var call = OpenCallIn(state, failed, failed.CallId);
        if (call.FailedAttempts + 1 != failed.Attempt)
        {
            throw Impossible(failed, $"attempt {call.FailedAttempts + 1} is under way");
        }

        return Replace(state, call with { FailedAttempts = failed.Attempt, RetryAt = failed.RetryAt });
    }

    private static SessionState Start(SessionState state, AttemptStarted started)
    {
        var call = OpenCallIn(state, started, started.CallId);
        if (call.RetryAt is null || call.FailedAttempts + 1 != started.Attempt)
        {
            throw Impossible(started, "no such attempt is due");
        }

        return Replace(state, call with { RetryAt = null });
    }

    private static SessionState EndFeed(SessionState state, SessionEvent @event)
    {
        if (!FeedOf(state, @event).Calls.IsEmpty)
        {
            throw Impossible(@event, "calls are open");
        }

        return state with
        {
            Feed = null,
            ConsecutiveWorkerCrashes = 0,
        };
    }

    private static SessionState Replace(SessionState state, OpenCall call) =>
        state with
        {
            Feed = state.Feed! with { Calls = state.Feed.Calls.SetItem(call.CallId, call) },
        };

    private static int IndexOf(SessionState state, SignalTaken taken) =>
        state.Signals.FindIndex(s => s.Name == taken.Name) is >= 0 and var index
            ? index
            : throw Impossible(taken, "no such signal is kept");

    /// <summary>Returns the open feed, for an event that the interpreter caused in a turn.</summary>
    private static OpenFeed Progressed(SessionState state, SessionEvent @event) =>
        FeedOf(state, @event) is { Stopping: null } feed ? feed : throw Impossible(@event, "the feed is being stopped");

    private static OpenFeed FeedOf(SessionState state, SessionEvent @event) => state.Feed ?? throw Impossible(@event, "no feed is open");

    private static OpenCall OpenCallIn(SessionState state, SessionEvent @event, uint callId) =>
        FeedOf(state, @event).Calls.TryGetValue(callId, out var call) ? call : throw Impossible(@event, $"call {callId} is not open");

    internal static uint CallIdOf(MontySuspension call) =>
        call switch
        {
            MontyFunctionCall function => function.CallId,
            MontyOsCall os => os.CallId,
            _ => throw new ArgumentException($"{call.GetType().Name} is not a call.", nameof(call)),
        };

    private static InvalidOperationException Impossible(SessionEvent @event, string why) =>
        new($"The session's history is broken: {@event.GetType().Name} cannot follow here, because {why}.");
}
