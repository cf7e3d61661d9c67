using Akka.Actor;
using Shouldly;
using Xunit;

namespace Monty.Actors.TestKit.Tests;

/// <summary>Tests that the timers of actors run on the clock of the engine.</summary>
public sealed class TimeProviderSchedulerTests : ActorTest
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_message_is_delivered_when_the_clock_has_advanced_far_enough()
    {
        Sys.Scheduler.ScheduleTellOnce(Second, TestActor, "due", ActorRefs.NoSender);

        Time.Advance(Second - TimeSpan.FromTicks(1));
        HasMessages.ShouldBeFalse();
        Time.Advance(TimeSpan.FromTicks(1));

        await ExpectMsgAsync("due", Generous);
        Time.ArmedTimers.ShouldBe(0);
    }

    [Fact]
    public async Task A_repeated_message_is_delivered_until_it_is_canceled()
    {
        using var cancelable = new Cancelable(Sys.Scheduler);
        Sys.Scheduler.ScheduleTellRepeatedly(Second, Second * 2, TestActor, "tick", ActorRefs.NoSender, cancelable);

        Time.Advance(Second * 5);
        await ExpectMsgAsync("tick", Generous);
        await ExpectMsgAsync("tick", Generous);
        await ExpectMsgAsync("tick", Generous);
        cancelable.Cancel();
        Time.Advance(Second * 5);

        HasMessages.ShouldBeFalse();
        Time.ArmedTimers.ShouldBe(0);
    }

    [Fact]
    public void The_scheduler_returns_the_time_of_the_clock()
    {
        var begun = Sys.Scheduler.MonotonicClock;

        Time.Advance(Second);

        (Sys.Scheduler.MonotonicClock - begun).ShouldBe(Second);
        Sys.Scheduler.Now.ShouldBe(Time.GetUtcNow());
    }
}
