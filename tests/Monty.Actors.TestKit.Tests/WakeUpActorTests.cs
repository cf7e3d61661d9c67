using Akka.Actor;
using Akka.TestKit;
using Monty.Actors.Actors;
using Monty.Testing;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.TestKit.Tests;

/// <summary>Tests that sessions with work to do are woken: at start those with an unfinished turn or handler, later those whose timers are due.</summary>
public sealed class WakeUpActorTests : ActorTest
{
    private readonly TestProbe region;

    public WakeUpActorTests() => region = CreateTestProbe();

    [Fact]
    public async Task Sessions_with_unfinished_work_are_woken_page_by_page()
    {
        var sessions = Enumerable.Range(0, 250).Select(i => new SessionId("tenant", $"s{i:D3}")).ToList();
        Store.WriteAll([.. sessions.Select(s => Changes.Change(s, 1, summary: Changes.Summary(isActive: true)))]);
        Start();

        var woken = await ReceiveAsync(200);
        await PassAsync(TimeSpan.FromMilliseconds(20));
        woken.AddRange(await ReceiveAsync(50));

        woken.ShouldBe(sessions);
    }

    [Fact]
    public async Task A_session_is_woken_when_its_timer_is_due_and_not_before()
    {
        var dueAt = Time.GetUtcNow() + TimeSpan.FromSeconds(40);
        Store.WriteAll(Changes.Change(Id, 1, summary: Changes.Summary(dueAt: dueAt)));
        Start();

        await PassAsync(TimeSpan.FromSeconds(40));

        (await ReceiveAsync(1)).ShouldBe([Id]);
    }

    [Fact]
    public async Task A_timer_that_is_stored_later_is_noticed_in_time()
    {
        var wakeUps = Start();
        await Time.WhenArmed(TimeSpan.FromMinutes(1), 2).InTime();
        var dueAt = Time.GetUtcNow() + TimeSpan.FromSeconds(5);
        Store.WriteAll(Changes.Change(Id, 1, summary: Changes.Summary(dueAt: dueAt)));

        wakeUps.Tell(new TimerStored(Id, DueTime.From(dueAt, TimeSpan.MaxValue, Time)));
        await PassAsync(TimeSpan.FromSeconds(5));

        (await ReceiveAsync(1)).ShouldBe([Id]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clock_that_is_set_back_holds_no_timer_that_was_seen_before(bool isListed)
    {
        var dueAt = Time.GetUtcNow() + TimeSpan.FromSeconds(40);
        if (isListed)
        {
            Store.WriteAll(Changes.Change(Id, 1, summary: Changes.Summary(dueAt: dueAt)));
        }

        var wakeUps = Start();
        if (!isListed)
        {
            await Time.WhenArmed(TimeSpan.FromMinutes(1), 2).InTime();
            Store.WriteAll(Changes.Change(Id, 1, summary: Changes.Summary(dueAt: dueAt)));
            wakeUps.Tell(new TimerStored(Id, DueTime.From(dueAt, TimeSpan.MaxValue, Time)));
        }

        await Time.WhenArmed(TimeSpan.FromSeconds(40)).InTime();
        Time.SetClock(TimeSpan.FromHours(-1));
        Time.Advance(TimeSpan.FromSeconds(40));

        var woken = await region.ExpectMsgAsync<SessionEnvelope>(Generous);
        (woken.Session, woken.Message).ShouldBe((Id, new WakeUp { Reached = dueAt }));
        await Time.WhenArmed(TimeSpan.FromMinutes(1)).InTime(); // it does not look again and again until the clock shows the time
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_asked_again()
    {
        Store.WriteAll(Changes.Change(Id, 1, summary: Changes.Summary(isActive: true)));
        var crashed = Store.CrashAt(StoreOperation.ListActive, CrashMoment.Before);
        Start();
        await crashed.InTime();

        await PassAsync(Backoff.Longest);

        (await ReceiveAsync(1)).ShouldBe([Id]);
        Problems.ShouldContain(p => p.Contains("could not be listed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_timer_that_is_stored_while_the_index_is_read_is_noticed_in_time()
    {
        var slow = new SlowListings(Store);
        var wakeUps = Sys.ActorOf(Props.Create<WakeUpActor>(slow, region.Ref, CreateSettings()));
        await slow.IsReading.Task.InTime();
        var dueAt = Time.GetUtcNow() + TimeSpan.FromSeconds(5);
        wakeUps.Tell(new TimerStored(Id, DueTime.From(dueAt, TimeSpan.MaxValue, Time)));
        await Time.WhenArmed(TimeSpan.FromSeconds(5)).InTime(); // the message was processed

        Store.WriteAll(Changes.Change(Id, 1, summary: Changes.Summary(dueAt: dueAt)));

        slow.Page.SetResult([]); // read before the timer was stored
        Time.Advance(TimeSpan.FromSeconds(5));

        (await ReceiveAsync(1)).ShouldBe([Id]);
    }

    /// <summary>A store whose first listing of timers ends when the test says so.</summary>
    private sealed class SlowListings(SessionStore inner) : DelegatingStore(inner)
    {
        private int listings;

        public TaskCompletionSource IsReading { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<IReadOnlyList<DueSession>> Page { get; } = new();

        internal override Task<IReadOnlyList<DueSession>> ListDueAsync(
            DateTimeOffset until,
            DueSession? after,
            int max,
            CancellationToken cancellationToken
        )
        {
            if (Interlocked.Increment(ref listings) > 1)
            {
                return base.ListDueAsync(until, after, max, cancellationToken);
            }

            IsReading.SetResult();
            return Page.Task;
        }
    }

    private IActorRef Start() => Sys.ActorOf(Props.Create<WakeUpActor>(Store, region.Ref, CreateSettings()));

    private async Task<List<SessionId>> ReceiveAsync(int count)
    {
        var sessions = new List<SessionId>();
        while (sessions.Count < count)
        {
            var envelope = await region.ExpectMsgAsync<SessionEnvelope>(Generous);
            envelope.Message.ShouldBeOfType<WakeUp>();
            sessions.Add(envelope.Session);
        }

        return sessions;
    }
}
