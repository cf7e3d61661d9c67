using Akka.Actor;
using Monty.Actors.Actors;
using Monty.Actors.Region;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

public sealed class SessionWatchTests : IDisposable
{
    private static readonly SessionId Id = new("tenant", "session");
    private readonly ActorSystem system = ActorSystem.Create("watch");

    public void Dispose() => system.Dispose();

    [Fact]
    public void A_follower_that_leaves_is_forgotten_and_the_others_read_again()
    {
        var watch = SessionWatch.Start(system);
        var next = watch.NextAsync(Id);
        watch.NextAsync(Id).ShouldBeSameAs(next);

        watch.Leave(Id, next);

        next.IsCompleted.ShouldBeTrue();
        watch.NextAsync(Id).ShouldNotBeSameAs(next);
    }

    [Fact]
    public async Task A_follower_that_leaves_after_an_append_ends_no_other_wait()
    {
        var watch = SessionWatch.Start(system);
        var before = watch.NextAsync(Id);
        await PublishUntilHeardAsync(before);
        var next = watch.NextAsync(Id);

        watch.Leave(Id, before);

        next.IsCompleted.ShouldBeFalse();
        watch.NextAsync(Id).ShouldBeSameAs(next);
    }

    [Fact]
    public async Task A_wait_for_the_end_of_a_feed_ignores_appends_that_cannot_end_it()
    {
        var watch = SessionWatch.Start(system);
        var end = watch.NextAsync(Id, onlyEnds: true);

        await PublishUntilHeardAsync(watch.NextAsync(Id));
        end.IsCompleted.ShouldBeFalse();
        system.EventStream.Publish(new SessionAppended(Id, CanEndWait: true));

        await end.InTime();
    }

    /// <summary>Publishes repeatedly, because the listener subscribes when it starts, which may be after the first event.</summary>
    private Task PublishUntilHeardAsync(Task heard) =>
        TestTasks.UntilAsync(() =>
        {
            system.EventStream.Publish(new SessionAppended(Id, CanEndWait: false));
            return heard.IsCompleted;
        });

    [Fact]
    public async Task Followers_of_a_thousand_sessions_that_do_not_exist_leave_nothing_behind()
    {
        await using var store = new MemoryStore();
        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions { Store = store },
            TestContext.Current.CancellationToken
        );
        using var left = new CancellationTokenSource();
        var none = Enumerable.Range(0, 1000).Select(i => new SessionId("tenant", $"none-{i}")).ToList();
        var followers = none.Select(id => engine.FollowAsync(id, 0, left.Token).GetAsyncEnumerator(CancellationToken.None)).ToList();
        var events = followers.Select(f => f.MoveNextAsync().AsTask()).ToList();
        engine.Followed.ShouldBe(1000);

        await left.CancelAsync();
        foreach (var next in events)
        {
            await Should.ThrowAsync<OperationCanceledException>(next.InTime());
        }

        foreach (var id in none)
        {
            (await Should.ThrowAsync<SessionRefusedException>(engine.WaitAsync(id, "feed", CancellationToken.None))).Reason.ShouldBe(
                SessionRefusal.NotFound
            );
        }

        engine.Followed.ShouldBe(0);
        (await engine.CountLiveSessionsAsync(TestContext.Current.CancellationToken)).ShouldBe(0);
    }
}
