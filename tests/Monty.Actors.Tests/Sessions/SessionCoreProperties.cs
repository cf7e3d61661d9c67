using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Monty.Interop;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Sessions;

/// <summary>Tests properties that hold for every session, for all commands and all behavior of the interpreter.</summary>
public sealed class SessionCoreProperties
{
    private static readonly Arbitrary<int[]> Numbers = Gen.Choose(0, 1 << 20).ArrayOf(400).ToArbitrary();

    [Fact]
    public void Every_call_and_every_feed_ends_exactly_once() =>
        ForAll(session =>
        {
            var feed = 0;
            var open = new HashSet<uint>();
            foreach (var @event in session.History)
            {
                switch (@event)
                {
                    case FeedStarted fed:
                        fed.Feed.ShouldBe(++feed);
                        open.ShouldBeEmpty();
                        break;
                    case CallAnnounced announced:
                        open.Add(SessionEvolver.CallIdOf(announced.Call)).ShouldBeTrue();
                        break;
                    case CallAnswered { CallId: var id }:
                        open.Remove(id).ShouldBeTrue();
                        break;
                    case CallTimedOut { CallId: var id }:
                        open.Remove(id).ShouldBeTrue();
                        break;
                    case CallDropped { CallId: var id }:
                        open.Remove(id).ShouldBeTrue();
                        break;
                    case FeedEnded:
                        open.ShouldBeEmpty();
                        break;
                }
            }

            open.Order().ShouldBe(session.State.Feed?.Calls.Keys ?? []);
            session.History.Count(e => e is FeedEnded).ShouldBe(feed - (session.State.Feed is null ? 0 : 1));
        });

    [Fact]
    public void The_history_alone_determines_the_session() =>
        ForAll(session => Shown(SessionEvolver.Evolve(SessionState.None, session.History)).ShouldBe(Shown(session.State)));

    [Fact]
    public void A_command_is_applied_once() =>
        ForAll(session => session.Own.OfType<CommandEvent>().Select(e => e.CommandId).Where(id => id.Length > 0).ShouldBeUnique());

    [Fact]
    public void A_fork_equals_the_session_except_for_its_ids() =>
        ForAll(session =>
        {
            var (before, forked) = (session.State, new SessionForked("session", session.History.Count, "fork"));
            if (SessionFork.WhyRefused(before, new ForkCommand("fork", "other")) is not null)
            {
                Should
                    .Throw<InvalidOperationException>(() => SessionEvolver.Evolve(before, forked))
                    .Message.ShouldStartWith("The session's history is broken: ");
                return;
            }

            var fork = SessionEvolver.Evolve(before, forked);

            Shown(fork with { Commands = before.Commands, Origin = before.Origin }).ShouldBe(Shown(before));
            foreach (var id in session.History.OfType<CommandEvent>().Select(e => e.CommandId).Where(id => id.Length > 0).Distinct())
            {
                (
                    (FeedStarted)
                        SessionDecider
                            .Decide(fork, new FeedCommand(id, "code"), SimulatedSession.Tools)
                            .ShouldBeOfType<Decision.Accepted>()
                            .Events[0]
                ).Feed.ShouldBe(before.FeedCount + 1);
            }
        });

    [Fact]
    public void A_fork_command_that_is_sent_again_changes_nothing() =>
        ForAll(session =>
        {
            var busy = new Decision.Refused(SessionRefusal.Busy, "busy");
            var again = session.State.Origin ?? new SessionForked("session", 1, "fork");
            var isFork = session.State.Origin is not null;
            var exists = session.State.Setup is not null;

            foreach (var refusal in (Decision.Refused?[])[busy, null])
            {
                var expected =
                    isFork ? "Repeated"
                    : refusal is not null ? "Busy"
                    : exists ? "Exists"
                    : "Accepted";
                Name(SessionFork.Decide(session.State, again with { Version = again.Version + 1 }, refusal)).ShouldBe(expected);
                Name(SessionFork.Decide(session.State, again with { CommandId = "another" }, refusal))
                    .ShouldBe(
                        refusal is not null ? "Busy"
                        : exists ? "Exists"
                        : "Accepted"
                    );
            }

            static string Name(Decision acceptance) =>
                acceptance is Decision.Refused refused ? refused.Refusal.ToString() : acceptance.GetType().Name;
        });

    [Fact]
    public void An_event_that_can_happen_only_once_is_refused_the_second_time() =>
        ForAll(session =>
        {
            var state = SessionState.None;
            foreach (var @event in session.History)
            {
                state = SessionEvolver.Evolve(state, @event);
                if (
                    @event
                    is TextPrinted
                        or CalledInline
                        or AttemptFailed
                        or AttemptStarted
                        or SignalReceived
                        or SignalTaken
                        or FuturesAwaited
                        or FeedStopping
                        or WorkerCrashed
                        or SessionForked
                )
                {
                    continue;
                }

                Should
                    .Throw<InvalidOperationException>(() => SessionEvolver.Evolve(state, @event), @event.ToString())
                    .Message.ShouldStartWith("The session's history is broken: ");
            }
        });

    [Fact]
    public void Events_of_a_feed_need_an_open_feed()
    {
        var idle = SessionEvolver.Evolve(SessionState.None, new SessionOpened("1", new SessionSetup()));
        SessionEvent[] facts =
        [
            new TextPrinted("x"),
            new CalledInline(new MontyNameLookup("n"), MontyAnswer.NotFound),
            new FuturesAwaited([0]),
            new FuturesDelivered([0]),
            new CallAnswered("", 0, MontyAnswer.Return(1)),
            new CallTimedOut(0),
            new CallDropped(0),
            new FeedStopping("", new FeedOutcome.Cancelled("x")),
            new FeedEnded(new FeedOutcome.Completed(1)),
            new WorkerCrashed("x"),
            new AttemptFailed(0, 1, "x", DateTimeOffset.UnixEpoch),
            new CallAnnounced(new MontyFunctionCall("f", [], [], 0), CallKind.Handler, false, "", null),
        ];
        foreach (var @event in facts)
        {
            Should.Throw<InvalidOperationException>(() => SessionEvolver.Evolve(idle, @event), @event.ToString());
            Should.Throw<InvalidOperationException>(() => SessionEvolver.Evolve(SessionState.None, @event), @event.ToString());
        }
    }

    [Fact]
    public void A_waiting_session_always_has_an_open_call() =>
        ForAll(session =>
        {
            if (session.State.Status != SessionStatus.Waiting)
            {
                return;
            }

            session.State.Feed!.Calls.ShouldNotBeEmpty("nothing could make it continue");
        });

    [Fact]
    public void No_event_follows_the_close() =>
        ForAll(session =>
        {
            var closed = session.History.FindIndex(e => e is SessionClosed);
            if (closed < 0)
            {
                return;
            }

            closed.ShouldBe(session.History.Count - 1);
            session.State.Status.ShouldBe(SessionStatus.Closed);
        });

    [Fact]
    public void A_canceled_feed_ends_within_one_turn() =>
        ForAll(session =>
        {
            var stopping = session.State.Feed?.Stopping;
            var outcome = session.Send(new CancelCommand("cancel at the end", "enough"));
            if (outcome is not Decision.Accepted || session.State.Feed is null || session.State.Quarantine is not null)
            {
                return;
            }

            SessionDecider.NextTurn(session.State).ShouldBeOfType<AbortTurn>();
            var ended = SessionDecider.ApplyTurnOutcome(
                session.State,
                new TurnOutcome.Ran([], "", new MontyFailed(new PythonError("KeyboardInterrupt"), FailureOrigin.Script)),
                new ToolCatalog([]),
                session.Now
            );
            ended.Events[^1].ShouldBe(new FeedEnded(stopping ?? new FeedOutcome.Cancelled("enough")));
        });

    [Fact]
    public void A_cancel_that_was_applied_is_not_applied_again() =>
        ForAll(session =>
        {
            session.Send(new CancelCommand("one", "enough"));
            var other = new CancelCommand("other", "enough of it");
            if (session.Send(other) is Decision.Refused)
            {
                return;
            }

            var state = session.State;
            if (state.Feed is not null && state.Quarantine is null)
            {
                state = SessionEvolver.Evolve(
                    state,
                    SessionDecider
                        .ApplyTurnOutcome(
                            state,
                            new TurnOutcome.Ran([], "", new MontyFailed(new PythonError("KeyboardInterrupt"), FailureOrigin.Script)),
                            new ToolCatalog([]),
                            session.Now
                        )
                        .Events
                );
            }

            if (SessionDecider.Decide(state, new FeedCommand("later", "x"), SimulatedSession.Tools) is Decision.Accepted fed)
            {
                state = SessionEvolver.Evolve(state, fed.Events);
            }

            SessionDecider.Decide(state, other, SimulatedSession.Tools).ShouldBeOfType<Decision.Repeated>();
        });

    [Fact]
    public void Consecutive_crashes_lead_to_quarantine_and_a_release_ends_it() =>
        ForAll(session =>
        {
            if (SessionDecider.NextTurn(session.State) is null)
            {
                return;
            }

            var state = session.State;
            for (var left = SessionDecider.MaxWorkerCrashes - state.ConsecutiveWorkerCrashes; left > 0; left--)
            {
                state = SessionEvolver.Evolve(
                    state,
                    SessionDecider
                        .ApplyTurnOutcome(state, new TurnOutcome.WorkerDied("exit code 134"), new ToolCatalog([]), session.Now)
                        .Events
                );
            }

            (state.Status, state.Quarantine!.Evidence, SessionDecider.NextTurn(state)).ShouldBe(
                (SessionStatus.Quarantined, "exit code 134", null)
            );
            SessionDecider
                .Decide(state, new TimersElapsedCommand(session.Now + TimeSpan.FromDays(1000)), SimulatedSession.Tools)
                .ShouldBeOfType<Decision.Repeated>("its clock is stopped");
            var retried = (Decision.Accepted)
                SessionDecider.Decide(state, new ReleaseCommand("retry", FailFeed: false), SimulatedSession.Tools);
            SessionDecider.NextTurn(SessionEvolver.Evolve(state, retried.Events)).ShouldNotBeNull();
            var failed = (Decision.Accepted)
                SessionDecider.Decide(state, new ReleaseCommand("fail", FailFeed: true), SimulatedSession.Tools);
            var ending = SessionEvolver.Evolve(state, failed.Events);
            if (state.Feed!.Pending is not null)
            {
                SessionDecider.NextTurn(ending).ShouldBeOfType<AbortTurn>("the interpreter must be told");
                ending = SessionEvolver.Evolve(
                    ending,
                    SessionDecider
                        .ApplyTurnOutcome(
                            ending,
                            new TurnOutcome.Ran([], "", new MontyFailed(new PythonError("RuntimeError"), FailureOrigin.Script)),
                            new ToolCatalog([]),
                            session.Now
                        )
                        .Events
                );
            }

            ending.Status.ShouldBe(SessionStatus.Idle);
        });

    private static void ForAll(Action<SimulatedSession> holds)
    {
        var (longest, forks) = (0, 0);
        Prop.ForAll(
                Numbers,
                numbers =>
                {
                    var decisions = new Decisions(numbers);
                    var session = new SimulatedSession(decisions);
                    while (decisions.AreLeft)
                    {
                        session.Step();
                    }

                    longest = Math.Max(longest, session.History.Count);
                    forks += session.History.Count(e => e is SessionForked);
                    holds(session);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
        longest.ShouldBeGreaterThan(30, "the sessions were too short to show anything");
        forks.ShouldBeGreaterThan(100, "the sessions were forked too seldom to show anything");
    }

    /// <summary>Returns all parts of a state as text, because its collections compare by reference.</summary>
    private static string Shown(SessionState state) =>
        string.Join(
            '\n',
            state with
            {
                Feed = null,
                Signals = [],
            },
            string.Join(", ", state.Signals),
            state.Feed is { } feed ? feed with { Calls = feed.Calls.Clear(), Answers = CallAnswers.Empty } : "no feed",
            string.Join('\n', state.Feed?.Calls.Values ?? []),
            string.Join('\n', state.Feed?.Answers.CallIds.Select(id => $"{id}: {state.Feed.Answers.Find(id)}") ?? [])
        );
}
