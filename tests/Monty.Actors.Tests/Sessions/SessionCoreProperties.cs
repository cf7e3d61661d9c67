using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Monty.Interop;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Sessions;

/// <summary>What holds for every session, whatever it is asked and whatever its interpreter does.</summary>
public sealed class SessionCoreProperties
{
    private static readonly Arbitrary<int[]> Numbers = Gen.Choose(0, 1 << 20).ArrayOf(400).ToArbitrary();

    [Fact]
    public void Every_call_ends_exactly_once_and_every_feed_too() =>
        ForAll(session =>
        {
            var feed = 0;
            var open = new HashSet<uint>();
            foreach (var fact in session.Story)
            {
                switch (fact)
                {
                    case Fed fed:
                        fed.Feed.ShouldBe(++feed);
                        open.ShouldBeEmpty();
                        break;
                    case CallAnnounced announced:
                        open.Add(SessionFold.CallIdOf(announced.Call)).ShouldBeTrue();
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
            session.Story.Count(e => e is FeedEnded).ShouldBe(feed - (session.State.Feed is null ? 0 : 1));
        });

    [Fact]
    public void The_story_alone_makes_the_session() =>
        ForAll(session => Shown(SessionFold.Apply(SessionState.None, session.Story)).ShouldBe(Shown(session.State)));

    [Fact]
    public void A_command_is_applied_once() =>
        ForAll(session => session.Own.OfType<CommandEvent>().Select(e => e.CommandId).Where(id => id.Length > 0).ShouldBeUnique());

    [Fact]
    public void A_fork_is_the_session_but_for_its_ids() =>
        ForAll(session =>
        {
            var (before, forked) = (session.State, new Forked("session", session.Story.Count, "fork"));
            if (SessionFork.Refuse(before, new ForkCommand("fork", "other")) is not null)
            {
                Should
                    .Throw<InvalidOperationException>(() => SessionFold.Apply(before, forked))
                    .Message.ShouldStartWith("The session's story is broken: ");
                return;
            }

            var fork = SessionFold.Apply(before, forked);

            Shown(fork with { Commands = before.Commands, Origin = before.Origin }).ShouldBe(Shown(before));
            foreach (var id in session.Story.OfType<CommandEvent>().Select(e => e.CommandId).Where(id => id.Length > 0).Distinct())
            {
                ((Fed)SessionCore.Accept(fork, new FeedCommand(id, "code")).ShouldBeOfType<Acceptance.Accepted>().Facts[0]).Feed.ShouldBe(
                    before.FeedCount + 1
                );
            }
        });

    [Fact]
    public void A_fork_sent_again_changes_nothing_whatever_became_of_it() =>
        ForAll(session =>
        {
            var busy = new Acceptance.Refused(SessionRefusal.Busy, "busy");
            var again = session.State.Origin ?? new Forked("session", 1, "fork");
            var isFork = session.State.Origin is not null;
            var exists = session.State.Setup is not null;

            foreach (var refusal in (Acceptance.Refused?[])[busy, null])
            {
                var expected =
                    isFork ? "Repeated"
                    : refusal is not null ? "Busy"
                    : exists ? "Exists"
                    : "Accepted";
                Name(SessionFork.Accept(session.State, again with { Version = again.Version + 1 }, refusal)).ShouldBe(expected);
                Name(SessionFork.Accept(session.State, again with { CommandId = "another" }, refusal))
                    .ShouldBe(
                        refusal is not null ? "Busy"
                        : exists ? "Exists"
                        : "Accepted"
                    );
            }

            static string Name(Acceptance acceptance) =>
                acceptance is Acceptance.Refused refused ? refused.Refusal.ToString() : acceptance.GetType().Name;
        });

    [Fact]
    public void What_happens_once_cannot_happen_twice() =>
        ForAll(session =>
        {
            var state = SessionState.None;
            foreach (var fact in session.Story)
            {
                state = SessionFold.Apply(state, fact);
                if (
                    fact
                    is TextPrinted
                        or Resolved
                        or AttemptFailed
                        or AttemptStarted
                        or SignalReceived
                        or SignalTaken
                        or FuturesAwaited
                        or FeedStopping
                        or WorkerLost
                        or Forked
                )
                {
                    continue;
                }

                Should
                    .Throw<InvalidOperationException>(() => SessionFold.Apply(state, fact), fact.ToString())
                    .Message.ShouldStartWith("The session's story is broken: ");
            }
        });

    [Fact]
    public void Facts_of_a_feed_need_one()
    {
        var idle = SessionFold.Apply(SessionState.None, new SessionOpened("1", new SessionSetup()));
        SessionEvent[] facts =
        [
            new TextPrinted("x"),
            new Resolved(new MontyNameLookup("n"), MontyAnswer.NotFound),
            new FuturesAwaited([0]),
            new FuturesDelivered([0]),
            new CallAnswered("", 0, MontyAnswer.Return(1)),
            new CallTimedOut(0),
            new CallDropped(0),
            new FeedStopping("", new FeedOutcome.Cancelled("x")),
            new FeedEnded(new FeedOutcome.Completed(1)),
            new WorkerLost("x"),
            new AttemptFailed(0, 1, "x", DateTimeOffset.UnixEpoch),
            new CallAnnounced(new MontyFunctionCall("f", [], [], 0), CallKind.Handler, false, "", null),
        ];
        foreach (var fact in facts)
        {
            Should.Throw<InvalidOperationException>(() => SessionFold.Apply(idle, fact), fact.ToString());
            Should.Throw<InvalidOperationException>(() => SessionFold.Apply(SessionState.None, fact), fact.ToString());
        }
    }

    [Fact]
    public void A_session_never_waits_for_nothing() =>
        ForAll(session =>
        {
            if (session.State.Status != SessionStatus.Waiting)
            {
                return;
            }

            session.State.Feed!.Calls.ShouldNotBeEmpty("nobody could ever make it go on");
        });

    [Fact]
    public void Nothing_follows_the_end() =>
        ForAll(session =>
        {
            var closed = session.Story.FindIndex(e => e is SessionClosed);
            if (closed < 0)
            {
                return;
            }

            closed.ShouldBe(session.Story.Count - 1);
            session.State.Status.ShouldBe(SessionStatus.Closed);
        });

    [Fact]
    public void A_cancelled_feed_ends_within_one_turn() =>
        ForAll(session =>
        {
            var stopping = session.State.Feed?.Stopping;
            var outcome = session.Send(new CancelCommand("cancel at the end", "enough"));
            if (outcome is not Acceptance.Accepted || session.State.Feed is null || session.State.Quarantine is not null)
            {
                return;
            }

            SessionCore.TurnDue(session.State).ShouldBeOfType<AbortTurn>();
            var ended = SessionCore.Conclude(
                session.State,
                new TurnOutcome.Ran([], "", new MontyFailed(new PythonError("KeyboardInterrupt"), FailureOrigin.Script)),
                new ToolCatalog([]),
                session.Now
            );
            ended.Facts[^1].ShouldBe(new FeedEnded(stopping ?? new FeedOutcome.Cancelled("enough")));
        });

    [Fact]
    public void A_cancel_that_was_taken_is_not_taken_again_whatever_it_met() =>
        ForAll(session =>
        {
            session.Send(new CancelCommand("one", "enough"));
            var other = new CancelCommand("other", "enough of it");
            if (session.Send(other) is Acceptance.Refused)
            {
                return;
            }

            var state = session.State;
            if (state.Feed is not null && state.Quarantine is null)
            {
                state = SessionFold.Apply(
                    state,
                    SessionCore
                        .Conclude(
                            state,
                            new TurnOutcome.Ran([], "", new MontyFailed(new PythonError("KeyboardInterrupt"), FailureOrigin.Script)),
                            new ToolCatalog([]),
                            session.Now
                        )
                        .Facts
                );
            }

            if (SessionCore.Accept(state, new FeedCommand("later", "x")) is Acceptance.Accepted fed)
            {
                state = SessionFold.Apply(state, fed.Facts);
            }

            SessionCore.Accept(state, other).ShouldBeOfType<Acceptance.Repeated>();
        });

    [Fact]
    public void Deaths_in_a_row_lead_to_quarantine_and_a_release_leads_out() =>
        ForAll(session =>
        {
            if (SessionCore.TurnDue(session.State) is null)
            {
                return;
            }

            var state = session.State;
            for (var left = SessionCore.MaxStrikes - state.Strikes; left > 0; left--)
            {
                state = SessionFold.Apply(
                    state,
                    SessionCore.Conclude(state, new TurnOutcome.WorkerDied("exit code 134"), new ToolCatalog([]), session.Now).Facts
                );
            }

            (state.Status, state.Quarantine!.Evidence, SessionCore.TurnDue(state)).ShouldBe(
                (SessionStatus.Quarantined, "exit code 134", null)
            );
            SessionCore
                .Accept(state, new TickCommand(session.Now + TimeSpan.FromDays(1000)))
                .ShouldBeOfType<Acceptance.Repeated>("its clock stands still");
            var retried = (Acceptance.Accepted)SessionCore.Accept(state, new ReleaseCommand("retry", FailFeed: false));
            SessionCore.TurnDue(SessionFold.Apply(state, retried.Facts)).ShouldNotBeNull();
            var failed = (Acceptance.Accepted)SessionCore.Accept(state, new ReleaseCommand("fail", FailFeed: true));
            var ending = SessionFold.Apply(state, failed.Facts);
            if (state.Feed!.Pending is not null)
            {
                SessionCore.TurnDue(ending).ShouldBeOfType<AbortTurn>("the interpreter has to be told");
                ending = SessionFold.Apply(
                    ending,
                    SessionCore
                        .Conclude(
                            ending,
                            new TurnOutcome.Ran([], "", new MontyFailed(new PythonError("RuntimeError"), FailureOrigin.Script)),
                            new ToolCatalog([]),
                            session.Now
                        )
                        .Facts
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

                    longest = Math.Max(longest, session.Story.Count);
                    forks += session.Story.Count(e => e is Forked);
                    holds(session);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
        longest.ShouldBeGreaterThan(30, "the sessions were too short to show anything");
        forks.ShouldBeGreaterThan(100, "the sessions were forked too seldom to show anything");
    }

    /// <summary>Everything in a state as text, as its collections compare by reference.</summary>
    private static string Shown(SessionState state) =>
        string.Join(
            '\n',
            state with
            {
                Feed = null,
                Signals = [],
            },
            string.Join(", ", state.Signals),
            state.Feed is { } feed ? feed with { Calls = feed.Calls.Clear(), Answers = feed.Answers.Clear() } : "no feed",
            string.Join('\n', state.Feed?.Calls.Values ?? []),
            string.Join('\n', (state.Feed?.Answers ?? ImmutableDictionary<uint, MontyAnswer>.Empty).OrderBy(a => a.Key))
        );
}
