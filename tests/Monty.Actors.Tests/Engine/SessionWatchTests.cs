using Monty.Actors.Engine;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

public sealed class SessionWatchTests
{
    private static readonly SessionId Id = new("tenant", "session");

    [Fact]
    public void A_follower_that_leaves_is_forgotten_and_the_others_look_again()
    {
        var watch = new SessionWatch();
        var next = watch.NextAsync(Id);
        watch.NextAsync(Id).ShouldBeSameAs(next);

        watch.Leave(Id, next);

        next.IsCompleted.ShouldBeTrue();
        watch.NextAsync(Id).ShouldNotBeSameAs(next);
    }

    [Fact]
    public void One_that_leaves_after_an_append_takes_nobody_elses_wait_along()
    {
        var watch = new SessionWatch();
        var before = watch.NextAsync(Id);
        watch.Appended(Id);
        var next = watch.NextAsync(Id);

        watch.Leave(Id, before);

        next.IsCompleted.ShouldBeFalse();
        watch.NextAsync(Id).ShouldBeSameAs(next);
    }

    [Fact]
    public async Task A_thousand_sessions_that_do_not_exist_leave_nothing_behind_when_their_followers_go()
    {
        await using var journal = new MemoryJournal();
        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions { Journal = journal },
            TestContext.Current.CancellationToken
        );
        using var left = new CancellationTokenSource();
        var none = Enumerable.Range(0, 1000).Select(i => new SessionId("tenant", $"none-{i}")).ToList();
        var followers = none.Select(id => engine.FollowAsync(id, 0, left.Token).GetAsyncEnumerator(CancellationToken.None)).ToList();
        var events = followers.Select(f => f.MoveNextAsync().AsTask()).ToList();
        engine.Reads.Followed.ShouldBe(1000);

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

        engine.Reads.Followed.ShouldBe(0);
        engine.LiveSessions.ShouldBe(0);
    }
}
