using Akka.Actor;
using Akka.TestKit;
using Monty.Actors.Actors;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.TestKit.Tests;

/// <summary>Tests that the entity keeps commands until they are answered, even if the session actor or the store fails.</summary>
public sealed class SessionEntityTests : ActorTest
{
    private static readonly SendCommand Open = new(new OpenCommand("open", new SessionSetup()));
    private readonly TestProbe region;

    public SessionEntityTests() => region = CreateTestProbe();

    [Fact]
    public async Task A_command_is_answered_once_it_is_stored()
    {
        var entity = Start();
        var paused = Commits.PauseAsync();

        entity.Tell(Open, TestActor);
        await paused.InTime();
        HasMessages.ShouldBeFalse();
        Commits.Resume();

        (await ExpectMsgAsync<SessionReply.Accepted>(Generous)).Version.ShouldBe(1);
        (await Store.FindAsync(Id, CancellationToken.None)).ShouldNotBeNull().Summary.Status.ShouldBe(SessionStatus.Idle);
    }

    [Theory]
    [InlineData(CrashMoment.Before)]
    [InlineData(CrashMoment.After)]
    public async Task A_command_whose_append_fails_is_applied_once_by_the_next_incarnation(CrashMoment moment)
    {
        var entity = Start();
        var crashed = Store.CrashAt(StoreOperation.Write, moment);

        entity.Tell(Open, TestActor);
        await crashed.InTime();
        await PassAsync(Backoff.After(1));

        var reply = await ExpectMsgAsync<SessionReply>(Generous);
        reply.GetType().ShouldBe(moment == CrashMoment.Before ? typeof(SessionReply.Accepted) : typeof(SessionReply.Repeated));
        entity.Tell(Open, TestActor);
        (await ExpectMsgAsync<SessionReply.Repeated>(Generous)).Version.ShouldBe(1);
        Problems.ShouldContain(p => p.Contains("The store failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_recovery_that_fails_is_tried_again_with_growing_waits()
    {
        var entity = Start();
        for (var failures = 1; failures <= 3; failures++)
        {
            var crashed = Store.CrashAt(StoreOperation.FindSnapshot, CrashMoment.Before);
            if (failures == 1)
            {
                entity.Tell(Open, TestActor);
            }
            else
            {
                await PassAsync(Backoff.After(failures - 1));
            }

            await crashed.InTime();
        }

        await PassAsync(Backoff.After(3));

        await ExpectMsgAsync<SessionReply.Accepted>(Generous);
    }

    [Fact]
    public async Task A_command_that_the_store_does_not_answer_in_time_fails_and_may_have_been_applied()
    {
        var entity = Start(options => options with { CommandTimeout = TimeSpan.FromSeconds(8) });
        var paused = Commits.PauseAsync();
        entity.Tell(Open, TestActor);
        await paused.InTime();

        await PassAsync(TimeSpan.FromSeconds(6));
        await PassAsync(TimeSpan.FromSeconds(2));

        (await ExpectMsgAsync<Status.Failure>(Generous))
            .Cause.ShouldBeOfType<SessionStoreException>()
            .Message.ShouldContain("It may have been applied. Send it again under the same id.");
        Commits.Resume();
        entity.Tell(Open, TestActor);
        (await ExpectMsgAsync<SessionReply.Repeated>(Generous)).Version.ShouldBe(1);
    }

    [Fact]
    public async Task A_full_queue_refuses_further_commands_and_keeps_those_it_has()
    {
        var entity = Start(options => options with { MaxQueuedCommands = 2 });
        var paused = Commits.PauseAsync();
        entity.Tell(Open, TestActor);
        entity.Tell(Signal("s1"), TestActor);
        await paused.InTime();

        entity.Tell(Signal("s2"), TestActor);

        (await ExpectMsgAsync<SessionReply.Refused>(Generous)).Reason.ShouldBe(SessionRefusal.TooBusy);
        Commits.Resume();
        await ExpectMsgAsync<SessionReply.Accepted>(Generous);
        await ExpectMsgAsync<SessionReply.Accepted>(Generous);
    }

    [Fact]
    public async Task A_session_whose_history_cannot_be_read_refuses_commands_and_is_reported()
    {
        Store.WriteAll(Changes.Change(Id, 1, "not a change")).ShouldBe([WriteOutcome.Stored]);
        var entity = Start();

        entity.Tell(Open, TestActor);

        (await ExpectMsgAsync<SessionReply.Refused>(Generous)).Reason.ShouldBe(SessionRefusal.Unreadable);
        entity.Tell(Signal("s1"), TestActor);
        (await ExpectMsgAsync<SessionReply.Refused>(Generous)).Reason.ShouldBe(SessionRefusal.Unreadable);
        Problems.ShouldHaveSingleItem().ShouldContain("cannot be read");
    }

    [Fact]
    public async Task An_entity_whose_store_has_another_owner_fails_its_commands_and_leaves_memory()
    {
        var first = await Store.OwnAsync("this engine", CancellationToken.None);
        var entity = Start(epoch: first.Epoch);
        await first.DisposeAsync();
        await using var other = await Store.OwnAsync("another engine", CancellationToken.None);

        entity.Tell(Open, TestActor);

        (await ExpectMsgAsync<Status.Failure>(Generous)).Cause.ShouldBeOfType<SessionFencedException>();
        await region.ExpectMsgAsync<Passivate>(Generous);
    }

    [Fact]
    public async Task An_idle_entity_asks_to_leave_memory_and_one_with_a_command_does_not()
    {
        var entity = Start(options => options with { IdleTimeout = TimeSpan.FromSeconds(30) });
        var paused = Commits.PauseAsync();
        entity.Tell(Open, TestActor);
        await paused.InTime();

        Time.Advance(TimeSpan.FromSeconds(31));
        Commits.Resume();
        await ExpectMsgAsync<SessionReply.Accepted>(Generous);
        region.HasMessages.ShouldBeFalse();
        Time.Advance(TimeSpan.FromSeconds(60));

        await region.ExpectMsgAsync<Passivate>(Generous);
    }

    [Fact]
    public async Task A_sender_whose_clock_is_ahead_makes_no_later_command_too_old()
    {
        var entity = Start();
        entity.Tell(Open, TestActor);
        await ExpectMsgAsync<SessionReply.Accepted>(Generous);
        var ahead = Time.GetUtcNow() + TimeSpan.FromDays(400);
        entity.Tell(new SendCommand(new SignalCommand("ahead", "name", 1) { SentAt = ahead }), TestActor);
        await ExpectMsgAsync<SessionReply.Accepted>(Generous);

        for (var i = 0; i <= CommandLog.Capacity; i++)
        {
            Time.Advance(TimeSpan.FromMilliseconds(1));
            entity.Tell(new SendCommand(new FeedCommand($"feed-{i}", "pass")), TestActor);
            await ExpectMsgAsync<SessionReply.Accepted>(Generous);
        }

        Time.Advance(TimeSpan.FromSeconds(1));
        entity.Tell(new SendCommand(new CloseCommand("close")), TestActor);
        await ExpectMsgAsync<SessionReply.Accepted>(Generous);
    }

    [Fact]
    public async Task Repeated_failures_of_the_store_do_not_count_against_the_turn()
    {
        var entity = Start(options => options with { Tools = [DurableTool.External("approve")], CommandTimeout = TimeSpan.FromDays(40) });
        entity.Tell(Open, TestActor);
        await ExpectMsgAsync<SessionReply.Accepted>(Generous);
        Commits.Failing = summary => summary.Status == SessionStatus.Waiting;
        entity.Tell(new SendCommand(new FeedCommand("feed", "approve()")), TestActor);
        await TestTasks.UntilAsync(() =>
        {
            Time.Advance(TimeSpan.FromMilliseconds(100));
            return Commits.Failures > SessionDecider.MaxResumes + 2;
        });

        Commits.Failing = null;
        await TestTasks.UntilAsync(async () =>
        {
            Time.Advance(TimeSpan.FromMilliseconds(100));
            return (await Store.FindAsync(Id, CancellationToken.None))?.Summary.Status == SessionStatus.Waiting;
        });
        Problems.ShouldNotContain(p => p.Contains("quarantine", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_that_was_woken_and_cannot_be_read_leaves_memory()
    {
        Store.WriteAll(Changes.Change(Id, 1, "not a change"));
        var entity = Start(options => options with { IdleTimeout = TimeSpan.FromSeconds(30) });
        entity.Tell(WakeUp.Instance);
        await TestTasks.UntilAsync(() => Problems.Count > 0);

        Time.Advance(TimeSpan.FromSeconds(60));

        await region.ExpectMsgAsync<Passivate>(Generous);
    }

    [Fact]
    public async Task A_stop_stores_the_commands_that_were_sent_and_ends_the_entity()
    {
        var entity = Start();
        await WatchAsync(entity);
        var paused = Commits.PauseAsync();
        entity.Tell(Open, TestActor);
        entity.Tell(Signal("s1"), TestActor);
        await paused.InTime();

        entity.Tell(StopSession.Instance);
        entity.Tell(Signal("s2"), TestActor);
        (await ExpectMsgAsync<Status.Failure>(Generous)).Cause.ShouldBeOfType<ObjectDisposedException>();
        Commits.Resume();

        await ExpectMsgAsync<SessionReply.Accepted>(Generous);
        await ExpectMsgAsync<SessionReply.Accepted>(Generous);
        await ExpectTerminatedAsync(entity, Generous);
    }

    [Fact]
    public async Task A_stop_waits_for_handlers_even_if_the_store_is_away()
    {
        var (handler, cancelled) = (new TaskCompletionSource<MontyValue>(), new TaskCompletionSource());
        var entity = Start(options =>
            options with
            {
                Tools =
                [
                    DurableTool.Handled(
                        "work",
                        async (_, token) =>
                        {
                            await using var registration = token.Register(cancelled.SetResult);
                            return await handler.Task;
                        }
                    ),
                ],
            }
        );
        await WatchAsync(entity);
        entity.Tell(Open, TestActor);
        await ExpectMsgAsync<SessionReply.Accepted>(Generous);
        entity.Tell(new SendCommand(new FeedCommand("feed", "work()")), TestActor);
        await ExpectMsgAsync<SessionReply.Accepted>(Generous);
        var crashed = Store.CrashAt(StoreOperation.Write, CrashMoment.Before);
        entity.Tell(Signal("s1"), TestActor);
        await crashed.InTime();
        await Time.WhenArmed(Backoff.After(1)).InTime();

        entity.Tell(StopSession.Instance);
        await cancelled.Task.InTime();
        entity.Tell(Signal("s2"), TestActor);
        await ExpectMsgAsync<Status.Failure>(Generous);
        handler.SetResult(1);

        await ExpectTerminatedAsync(entity, Generous);
        Problems.ShouldContain(p => p.Contains("could not be stored", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_of_a_handler_that_waits_for_the_store_arms_no_timer_for_an_expired_command()
    {
        var handler = new TaskCompletionSource<MontyValue>();
        var entity = Start(options =>
            options with
            {
                CommandTimeout = TimeSpan.FromSeconds(8),
                Tools = [DurableTool.Handled("work", (_, _) => new(handler.Task))],
            }
        );
        entity.Tell(Open, TestActor);
        await ExpectMsgAsync<SessionReply.Accepted>(Generous);
        entity.Tell(new SendCommand(new FeedCommand("feed", "work()")), TestActor);
        await ExpectMsgAsync<SessionReply.Accepted>(Generous);
        var paused = Commits.PauseAsync();
        handler.SetResult(1);
        await paused.InTime();
        entity.Tell(Signal("s1"), TestActor);
        await entity.Ask<ActorIdentity>(new Identify(1), Generous); // the signal has arrived
        await PassAsync(TimeSpan.FromSeconds(6));
        await PassAsync(TimeSpan.FromSeconds(2));
        await ExpectMsgAsync<Status.Failure>(Generous);

        entity.Tell(new SendCommand(new SignalCommand("s2", "name", 1)), TestActor);

        await Time.WhenArmed(TimeSpan.FromSeconds(6)).InTime();
    }

    [Fact]
    public async Task A_recovery_does_not_fail_because_those_of_other_sessions_failed()
    {
        for (var i = 0; i < 10; i++)
        {
            _ = Store.CrashAt(StoreOperation.FindSnapshot, CrashMoment.Before);
        }

        for (var i = 0; i < 10; i++)
        {
            Start(session: new SessionId("other", $"s{i}")).Tell(WakeUp.Instance);
        }

        await Time.WhenArmed(Backoff.After(1), 10).InTime();
        Start().Tell(Open, TestActor);

        await ExpectMsgAsync<SessionReply.Accepted>(Generous);
    }

    [Fact]
    public async Task A_session_that_does_not_exist_is_not_kept_in_memory()
    {
        var entity = Start();

        entity.Tell(Signal("s1"), TestActor);

        (await ExpectMsgAsync<SessionReply.Refused>(Generous)).Reason.ShouldBe(SessionRefusal.NotFound);
        await region.ExpectMsgAsync<Passivate>(Generous);
    }

    private static SendCommand Signal(string id) => new(new SignalCommand(id, "name", 1));

    private IActorRef Start(Func<MontyEngineOptions, MontyEngineOptions>? change = null, long epoch = 1, SessionId? session = null) =>
        region.ChildActorOf(Props.Create<SessionEntity>(session ?? Id, CreateSettings(change, epoch)));
}
