using Akka.Actor;
using Akka.TestKit;
using Monty.Actors.Actors;
using Monty.Actors.Turns;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.TestKit.Tests;

/// <summary>Tests that the session actor applies commands, runs turns on the real runtime, stores their events, and reports to the entity.</summary>
public sealed class SessionActorTests : ActorTest
{
    private static readonly OpenCommand Open = new("open", new SessionSetup());
    private readonly TestProbe entity;

    public SessionActorTests() => entity = CreateTestProbe();

    [Fact]
    public async Task A_new_session_is_ready_and_a_feed_that_calls_leaves_its_call_open()
    {
        var session = Start();
        var recovered = await entity.ExpectMsgAsync<SessionAdvanced>(Generous);
        (recovered.IsRecovered, recovered.IsOver).ShouldBe((true, true));

        await ExecuteAsync(session, 1, Open);
        var advanced = await ExecuteAsync(session, 2, new FeedCommand("feed", "x = approve('a')\nx + 1"));

        advanced.IsReady.ShouldBeTrue();
        var (callId, call) = advanced.Calls.ShouldNotBeNull().Calls.ShouldHaveSingleItem();
        (call.Name, call.Kind).ShouldBe(("approve", CallKind.External));

        advanced = await ExecuteAsync(session, 3, new AnswerCommand("answer", 1, callId, MontyAnswer.Return(41)));
        advanced.Calls.ShouldNotBeNull().Calls.ShouldBeEmpty();
        (await Store.FindAsync(Id, CancellationToken.None)).ShouldNotBeNull().Summary.Status.ShouldBe(SessionStatus.Idle);
    }

    [Fact]
    public async Task An_append_that_fails_is_reported_and_stops_the_actor_without_a_reply()
    {
        var session = Start();
        await WatchAsync(session);
        await entity.ExpectMsgAsync<SessionAdvanced>(Generous);
        _ = Store.CrashAt(StoreOperation.Write, CrashMoment.Before);

        session.Tell(new Execute(1, Open), entity);

        await entity.ExpectMsgAsync<StorageFailed>(Generous);
        await ExpectTerminatedAsync(session, Generous);
        entity.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public async Task A_change_of_another_writer_stops_the_actor_and_the_next_one_reads_it()
    {
        var first = Start();
        await entity.ExpectMsgAsync<SessionAdvanced>(Generous);
        var second = Start();
        await entity.ExpectMsgAsync<SessionAdvanced>(Generous);
        await WatchAsync(first);
        await ExecuteAsync(second, 1, Open);

        first.Tell(new Execute(1, new OpenCommand("other", new SessionSetup())), entity);

        (await entity.ExpectMsgAsync<AppendRejected>(Generous)).IsFenced.ShouldBeFalse();
        await ExpectTerminatedAsync(first, Generous);
        var third = Start();
        (await entity.ExpectMsgAsync<SessionAdvanced>(Generous)).IsOver.ShouldBeFalse();
        third.Tell(new Execute(1, new OpenCommand("other", new SessionSetup())), entity);
        var refused = (await entity.ExpectMsgAsync<SessionAdvanced>(Generous)).Replies.ShouldHaveSingleItem();
        refused.Reply.ShouldBeOfType<SessionReply.Refused>().Reason.ShouldBe(SessionRefusal.Exists);
    }

    [Fact]
    public async Task A_cancel_ends_the_turn_that_runs()
    {
        var session = Start();
        await entity.ExpectMsgAsync<SessionAdvanced>(Generous);
        await ExecuteAsync(session, 1, Open);

        session.Tell(new Execute(2, new FeedCommand("feed", "while True: pass")), entity);
        session.Tell(new Execute(3, new CancelCommand("cancel", "enough")), entity);

        var replies = new List<Executed>();
        while (replies.Count < 2)
        {
            replies.AddRange((await entity.ExpectMsgAsync<SessionAdvanced>(Generous)).Replies);
        }

        replies.Select(r => r.Token).ShouldBe([2, 3]);
        replies.ShouldAllBe(r => r.Reply is SessionReply.Accepted);
        await AwaitAssertAsync(async () =>
            (await Store.FindAsync(Id, CancellationToken.None)).ShouldNotBeNull().Summary.Status.ShouldBe(SessionStatus.Idle)
        );
    }

    [Fact]
    public async Task A_probe_is_answered_only_when_the_actor_does_not_wait_for_the_store()
    {
        var session = Start();
        await entity.ExpectMsgAsync<SessionAdvanced>(Generous);
        session.Tell(Probe.Instance, entity);
        await entity.ExpectMsgAsync<NotWaiting>(Generous);
        var paused = Commits.PauseAsync();
        session.Tell(new Execute(1, Open), entity);
        await paused.InTime();

        session.Tell(Probe.Instance, entity);
        entity.HasMessages.ShouldBeFalse();
        Commits.Resume();

        (await entity.ExpectMsgAsync<SessionAdvanced>(Generous)).Replies.ShouldHaveSingleItem();
        await entity.ExpectMsgAsync<NotWaiting>(Generous);
    }

    [Fact]
    public async Task A_close_that_arrives_as_a_catch_up_ends_is_applied()
    {
        var first = Start();
        await entity.ExpectMsgAsync<SessionAdvanced>(Generous);
        await ExecuteAsync(first, 1, Open);
        await ExecuteAsync(first, 2, new FeedCommand("feed", "x = 1"));
        var session = Start();
        await entity.ExpectMsgAsync<SessionAdvanced>(Generous);

        var (busy, held) = (new TaskCompletionSource(), new ManualResetEventSlim());
        entity.SetAutoPilot(
            new DelegateAutoPilot(
                (_, message) =>
                {
                    if (message is NotWaiting)
                    {
                        busy.SetResult();
                        held.Wait(); // on the thread of the session actor
                    }

                    return AutoPilot.KeepRunning;
                }
            )
        );

        session.Tell(new Execute(1, new GetForkSource(new ForkCommand("fork", "fork"))), entity);
        session.Tell(Probe.Instance, entity);
        await busy.Task.InTime();
        session.Tell(new Execute(2, new CloseCommand("close")), entity);
        await TestTasks.UntilAsync(() => ((ActorRefWithCell)session).Underlying.NumberOfMessages == 2); // the close and the end of the catch-up
        held.Set();

        List<Executed> replies = [];
        while (replies.Count < 2)
        {
            replies.AddRange(((SessionAdvanced)await entity.FishForMessageAsync(m => m is SessionAdvanced, Generous)).Replies);
        }

        replies.Single(r => r.Token == 2).Reply.ShouldBeOfType<SessionReply.Accepted>();
    }

    [Fact]
    public async Task A_turn_that_only_waited_for_a_thread_is_not_counted_as_one_that_ended_the_process()
    {
        var settings = CreateSettings(options => options with { Pool = new MontyPoolOptions { MaxWorkers = 1 } });
        var (busy, free) = (new TaskCompletionSource(), new TaskCompletionSource());
        var other = settings.Turns.RunAsync(
            new SessionId("tenant", "other"),
            new SessionSetup(),
            null,
            new FeedTurn("ask()"),
            _ =>
            {
                busy.SetResult();
                free.Task.Wait();
                return MontyAnswer.Return(1);
            },
            _ => { },
            isReplay: false,
            gate: null,
            CancellationToken.None
        );
        await busy.Task.InTime();
        var session = Start(settings);
        await entity.ExpectMsgAsync<SessionAdvanced>(Generous);
        await ExecuteAsync(session, 1, Open);
        session.Tell(new Execute(2, new FeedCommand("feed", "1")), entity);
        await PassAsync(settings.Options.AnswerFirstAfter); // the feed is stored, and its turn waits
        await entity.ExpectMsgAsync<SessionAdvanced>(Generous);

        for (var ends = 0; ends <= SessionDecider.MaxResumes; ends++)
        {
            await WatchAsync(session);
            Sys.Stop(session);
            await ExpectTerminatedAsync(session, Generous);
            session = Start(settings);
            (await entity.ExpectMsgAsync<SessionAdvanced>(Generous)).IsRecovered.ShouldBeTrue();
        }

        (await HistoryAsync()).Last().ShouldBeOfType<FeedStarted>();
        free.SetResult();
        await other.InTime();
        await entity.FishForMessageAsync(m => m is SessionAdvanced { HasWork: false }, Generous);
        (await HistoryAsync()).TakeLast(2).Select(e => e.GetType()).ShouldBe([typeof(SessionResumed), typeof(FeedEnded)]);

        async Task<List<SessionEvent>> HistoryAsync() => await settings.History.ReadEventsAsync(Id, long.MaxValue).ToListAsync();
    }

    private IActorRef Start() =>
        Start(CreateSettings(options => options with { Tools = [DurableTool.External("approve")], MaxInlineDump = 0 }));

    private IActorRef Start(SessionEntitySettings settings) =>
        entity.ChildActorOf(
            Props.Create<SessionActor>(Id, settings, new SessionFiles(Id, settings.Options), new Incarnation { IsFirst = true })
        );

    private async Task<SessionAdvanced> ExecuteAsync(IActorRef session, long token, SessionCommand command)
    {
        session.Tell(new Execute(token, command), entity);
        while (true)
        {
            var advanced = await entity.ExpectMsgAsync<SessionAdvanced>(Generous);
            if (advanced.Replies.Any(r => r.Token == token))
            {
                advanced.Replies.Single(r => r.Token == token).Reply.ShouldBeOfType<SessionReply.Accepted>();
                return advanced;
            }
        }
    }
}
