using Monty.Actors.Actors;
using Monty.Actors.Persistence;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests that a session which cannot go on is quarantined or stuck with the true cause, and never tried again forever.</summary>
public sealed class NeverForeverTests
{
    private static readonly SessionId Other = new("tenant", "other");

    [Fact]
    public async Task A_turn_that_throws_three_times_is_quarantined_with_its_cause_and_continues_after_a_release()
    {
        await using var hostile = await HostileEngine.StartAsync();
        hostile.Mount = () => new NotImplementedException("a bug of the host");

        var stopped = await Should.ThrowAsync<SessionQuarantinedException>(() =>
            hostile.Engine.RunAsync(HostileEngine.Id, "open('/work/a', 'w').write('x')", "feed", HostileEngine.Token).InTime()
        );

        hostile.Mounted.ShouldBe(SessionFault.Max);
        stopped.Quarantine.Reason.ShouldBe("a turn failed 3 times in a row with InvalidOperationException");
        stopped.Quarantine.Evidence.ShouldContain("NotImplementedException: a bug of the host");
        hostile.Problems.Count(p => p.Failure?.InnerException is NotImplementedException).ShouldBe(SessionFault.Max);
        hostile.Mount = () => null;
        (await hostile.SendAsync(new ReleaseCommand("release", FailFeed: false))).ShouldBeOfType<SessionReply.Accepted>();
        (await hostile.Engine.EndAsync(HostileEngine.Id)).ShouldBe(new FeedOutcome.Completed(1));
    }

    [Fact]
    public async Task A_disk_that_is_away_is_never_held_against_the_session()
    {
        await using var hostile = await HostileEngine.StartAsync();
        var left = 20;
        hostile.Mount = () => left-- > 0 ? new UnauthorizedAccessException("read-only") : null;

        var outcome = await hostile
            .Engine.RunAsync(HostileEngine.Id, "open('/work/a', 'w').write('x')", "feed", HostileEngine.Token)
            .InTime();

        outcome.ShouldBe(new FeedOutcome.Completed(1));
        (await hostile.Engine.HistoryAsync(HostileEngine.Id)).ShouldNotContain(e => e is SessionQuarantined);
    }

    [Fact]
    public async Task A_store_that_is_away_is_never_held_against_the_session()
    {
        await using var hostile = await HostileEngine.StartAsync();
        var left = 20;
        hostile.Write = () => left-- > 0 ? new SessionStoreException("the disk is full") : null;

        (await hostile.Engine.RunAsync(HostileEngine.Id, "1", "feed", HostileEngine.Token).InTime()).ShouldBe(new FeedOutcome.Completed(1));

        (await hostile.Engine.HistoryAsync(HostileEngine.Id)).ShouldNotContain(e => e is SessionQuarantined);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_command_whose_content_the_store_does_not_accept_is_refused_and_the_session_continues(bool isOfTheDriver)
    {
        await using var hostile = await HostileEngine.StartAsync();
        await hostile.SendAsync(new OpenCommand("open", new SessionSetup()));
        hostile.Write = () =>
            isOfTheDriver ? new InvalidCastException("no such type") : new ChangeRefusedException("A NUL is in a text.", null);

        var refused = (await hostile.SendAsync(new FeedCommand("feed", "1"))).ShouldBeOfType<SessionReply.Refused>();

        refused.Reason.ShouldBe(SessionRefusal.TooLarge);
        refused.Message.ShouldStartWith("The command cannot be stored: ");
        hostile.Write = () => null;
        (await hostile.Engine.RunAsync(HostileEngine.Id, "2", cancellationToken: HostileEngine.Token)).ShouldBe(
            new FeedOutcome.Completed(2)
        );
    }

    [Fact]
    public async Task A_turn_whose_events_the_store_does_not_accept_is_quarantined_after_three_attempts()
    {
        var go = new TaskCompletionSource<MontyValue>();
        await using var hostile = await HostileEngine.StartAsync(tools: DurableTool.Handled("work", (_, _) => new(go.Task)));
        await hostile.Engine.FeedAsync(HostileEngine.Id, "work()");
        var left = SessionFault.Max;
        hostile.Write = () => left-- > 0 ? new ChangeRefusedException("A NUL is in a text.", null) : null;

        go.SetResult(1);

        var quarantine = (SessionQuarantined)await hostile.Engine.EventAsync(HostileEngine.Id, e => e is SessionQuarantined);
        quarantine.Reason.ShouldBe("storing a change failed 3 times in a row with ChangeRefusedException");
        quarantine.Evidence.ShouldBe("A NUL is in a text.");
        (await hostile.SendAsync(new CloseCommand("close"))).ShouldBeOfType<SessionReply.Accepted>();
    }

    [Fact]
    public async Task A_session_whose_quarantine_cannot_be_stored_is_stuck_until_it_is_closed_and_harms_no_other()
    {
        var go = new TaskCompletionSource<MontyValue>();
        await using var hostile = await HostileEngine.StartAsync(tools: DurableTool.Handled("work", (_, _) => new(go.Task)));
        await hostile.Engine.FeedAsync(HostileEngine.Id, "work()");
        var before = hostile.Writes;
        hostile.Write = () => new ChangeRefusedException("A NUL is in a text.", null);

        go.SetResult(1);
        await TestTasks.UntilAsync(() => hostile.Engine.StuckSessions.Count > 0);

        hostile.Engine.StuckSessions.ShouldBe([HostileEngine.Id]);
        (hostile.Writes - before).ShouldBe(SessionFault.Max + 1);
        hostile.Problems.ShouldContain(p => p.Message.Contains("is stuck: storing a change failed", StringComparison.Ordinal));
        SessionCommand[] commands =
        [
            new FeedCommand("f", "1"),
            new AnswerCommand("a", 1, 0, MontyAnswer.Return(1)),
            new SignalCommand("s", "go", 1),
            new ReleaseCommand("r", FailFeed: true),
            new ForkCommand("k", "fork"),
            new CancelCommand("c", "no use"),
            new CloseCommand("x"),
        ];
        foreach (var command in commands)
        {
            var refused = (await hostile.SendAsync(command)).ShouldBeOfType<SessionReply.Refused>();
            refused.Reason.ShouldBe(SessionRefusal.Stuck);
        }

        (await hostile.Engine.FindAsync(HostileEngine.Id, HostileEngine.Token)).ShouldNotBeNull().Calls.ShouldNotBeEmpty();
        before = hostile.Writes;
        (await hostile.Engine.RunAsync(Other, "1", cancellationToken: HostileEngine.Token)).ShouldBe(new FeedOutcome.Completed(1));
        await hostile.Clock.WhenArmed(TimeSpan.FromMinutes(1), 2).InTime();
        hostile.Clock.Advance(TimeSpan.FromMinutes(1)); // active sessions are woken
        await hostile.Clock.WhenArmed(TimeSpan.FromMinutes(1), 2).InTime();
        (await hostile.SendAsync(new FeedCommand("f", "1"))).ShouldBeOfType<SessionReply.Refused>();
        hostile.Writes.ShouldBe(before);

        hostile.Write = () => null;
        (await hostile.SendAsync(new CloseCommand("close"))).ShouldBeOfType<SessionReply.Accepted>();
        await TestTasks.UntilAsync(() => hostile.Engine.StuckSessions.Count == 0);
    }

    [Fact]
    public async Task A_stuck_session_continues_after_a_cancel_that_is_stored()
    {
        var go = new TaskCompletionSource<MontyValue>();
        await using var hostile = await HostileEngine.StartAsync(tools: DurableTool.Handled("work", (_, _) => new(go.Task)));
        await hostile.Engine.FeedAsync(HostileEngine.Id, "x = 1\nwork()");
        hostile.Write = () => new ChangeRefusedException("A NUL is in a text.", null);
        go.SetResult(1);
        await TestTasks.UntilAsync(() => hostile.Engine.StuckSessions.Count > 0);
        hostile.Write = () => null;

        (await hostile.SendAsync(new CancelCommand("cancel", "it is stuck"))).ShouldBeOfType<SessionReply.Accepted>();

        (await hostile.Engine.EndAsync(HostileEngine.Id)).ShouldBe(new FeedOutcome.Cancelled("it is stuck"));
        (await hostile.Engine.RunAsync(HostileEngine.Id, "x", cancellationToken: HostileEngine.Token)).ShouldBe(
            new FeedOutcome.Completed(1)
        );
        hostile.Engine.StuckSessions.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_defect_of_the_engine_at_a_command_refuses_the_command_after_three_attempts()
    {
        await using var hostile = await HostileEngine.StartAsync();
        await hostile.SendAsync(new OpenCommand("open", new SessionSetup()));
        hostile.Time.Throw(after: 0, count: SessionFault.Max);

        var refused = (await hostile.SendAsync(new FeedCommand("feed", "1"))).ShouldBeOfType<SessionReply.Refused>();

        hostile.Time.Thrown.ShouldBe(SessionFault.Max);
        (refused.Reason, refused.Message).ShouldBe(
            (
                SessionRefusal.Invalid,
                "The command was not applied, because it failed 3 times with NotImplementedException. Send another one."
            )
        );
        (await hostile.Engine.RunAsync(HostileEngine.Id, "2", cancellationToken: HostileEngine.Token)).ShouldBe(
            new FeedOutcome.Completed(2)
        );
    }

    [Fact]
    public async Task A_defect_of_the_engine_at_a_turn_quarantines_the_session()
    {
        var go = new TaskCompletionSource<MontyValue>();
        await using var hostile = await HostileEngine.StartAsync(tools: DurableTool.Handled("work", (_, _) => new(go.Task)));
        await hostile.Engine.FeedAsync(HostileEngine.Id, "work()");
        hostile.Time.Throw(after: 0, count: SessionFault.Max);

        go.SetResult(1);

        var quarantine = (SessionQuarantined)await hostile.Engine.EventAsync(HostileEngine.Id, e => e is SessionQuarantined);
        quarantine.Reason.ShouldBe("the session failed 3 times in a row with NotImplementedException");
        hostile.Time.Thrown.ShouldBe(SessionFault.Max);
    }

    [Fact]
    public async Task A_close_that_arrives_behind_a_large_command_is_stored_with_it()
    {
        await using var hostile = await HostileEngine.StartAsync();
        await hostile.SendAsync(new OpenCommand("open", new SessionSetup()));
        var feed = hostile.SendAsync(new FeedCommand("feed", $"x = '{new string('x', 4_000)}'\nwhile True: pass"));

        (await hostile.SendAsync(new CloseCommand("close"))).ShouldBeOfType<SessionReply.Accepted>();

        (await feed).ShouldBeOfType<SessionReply.Accepted>();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cancel_or_close_does_not_wait_forever_for_a_tool_that_blocks_its_turn(bool closes)
    {
        using var release = new ManualResetEventSlim();
        var blocked = new TaskCompletionSource();
        var block = DurableTool.Handled(
            "block",
            (_, _) =>
            {
                blocked.TrySetResult();
                release.Wait(HostileEngine.Token);
                return new(1);
            }
        ) with
        {
            IsReadOnly = true,
            Timeout = TimeSpan.FromDays(1),
        };
        await using var hostile = await HostileEngine.StartAsync(tools: block);
        await hostile.SendAsync(new OpenCommand("open", new SessionSetup()));
        await hostile.Engine.RunAsync(HostileEngine.Id, "x = 1", cancellationToken: HostileEngine.Token);
        var feed = hostile.SendAsync(new FeedCommand("feed", "block()"));
        await blocked.Task.InTime();
        var sent = hostile.SendAsync(closes ? new CloseCommand("close") : new CancelCommand("cancel", "it blocks"));
        await hostile.Clock.WhenArmed(TimeSpan.FromSeconds(10)).InTime();

        hostile.Clock.Advance(TimeSpan.FromSeconds(10));

        (await sent).ShouldBeOfType<SessionReply.Accepted>();
        (await feed).ShouldBeOfType<SessionReply.Accepted>();
        hostile.Problems.ShouldContain(p => p.Message.Contains("The turn was abandoned", StringComparison.Ordinal));
        if (!closes)
        {
            (await hostile.Engine.EndAsync(HostileEngine.Id, feed: 2)).ShouldBe(new FeedOutcome.Cancelled("it blocks"));
            (await hostile.Engine.RunAsync(HostileEngine.Id, "x", cancellationToken: HostileEngine.Token)).ShouldBe(
                new FeedOutcome.Completed(1)
            );
        }

        release.Set();
    }

    [Fact]
    public void Processes_that_end_again_and_again_during_a_turn_or_a_handler_quarantine_the_session()
    {
        SessionEvent[] open = [new SessionOpened("open", new SessionSetup()), new FeedStarted("feed", 1, "work()", [], null)];
        var turn = SessionEvolver.Evolve(SessionState.None, open);
        var call = new CallAnnounced(new MontyFunctionCall("work", [], [], 0), CallKind.Handler, IsDeferred: false, "hash", DueAt: null);

        Recoveries(turn).ShouldBe((SessionDecider.MaxResumes, "the process ended 3 times in a row during the same turn"));
        Recoveries(SessionEvolver.Evolve(turn, call))
            .ShouldBe((SessionDecider.MaxHandlerResumes, "the process ended 10 times in a row during the same handler"));

        static (int Count, string Reason) Recoveries(SessionState state)
        {
            for (var count = 0; ; count++)
            {
                var events = SessionDecider.Resume(state).ShouldNotBeNull().Events;
                if (events[0] is SessionQuarantined quarantine)
                {
                    return (count, quarantine.Reason);
                }

                state = SessionEvolver.Evolve(state, events);
            }
        }
    }
}
