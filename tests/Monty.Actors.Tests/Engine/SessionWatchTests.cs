using Monty.Actors.Engine;
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
}
