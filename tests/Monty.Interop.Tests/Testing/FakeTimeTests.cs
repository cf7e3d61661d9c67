using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Testing;

public sealed class FakeTimeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly FakeTime time = new();

    [Fact]
    public void The_clock_moves_only_by_advancing()
    {
        var (now, timestamp) = (time.GetUtcNow(), time.GetTimestamp());

        time.GetUtcNow().ShouldBe(now);
        time.Advance(3 * Second);

        time.GetUtcNow().ShouldBe(now + (3 * Second));
        time.GetElapsedTime(timestamp).ShouldBe(3 * Second);
        time.GetLocalNow().Offset.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Timers_fire_in_the_order_in_which_they_are_due_and_see_their_own_time()
    {
        var fired = new List<(string Name, TimeSpan At)>();
        var start = time.GetTimestamp();
        using var late = time.CreateTimer(_ => fired.Add(("late", time.GetElapsedTime(start))), null, 2 * Second, Timeout.InfiniteTimeSpan);
        using var early = time.CreateTimer(_ => fired.Add(("early", time.GetElapsedTime(start))), null, Second, Timeout.InfiniteTimeSpan);

        time.Advance(Second - TimeSpan.FromTicks(1));
        fired.ShouldBeEmpty();
        time.Advance(5 * Second);

        fired.ShouldBe([("early", Second), ("late", 2 * Second)]);
        time.ArmedTimers.ShouldBe(0);
    }

    [Fact]
    public void A_periodic_timer_fires_once_for_each_period_passed()
    {
        var count = 0;
        using var timer = time.CreateTimer(_ => count++, null, Second, 2 * Second);

        time.Advance(6 * Second);

        count.ShouldBe(3);
    }

    [Fact]
    public void A_timer_can_be_changed_and_stopped_from_its_own_callback()
    {
        var count = 0;
        ITimer? timer = null;
        timer = time.CreateTimer(
            _ =>
            {
                if (++count < 3)
                {
                    timer!.Change(Second, Timeout.InfiniteTimeSpan);
                }
                else
                {
                    timer!.Dispose();
                }
            },
            null,
            Second,
            Second
        );

        time.Advance(10 * Second);

        count.ShouldBe(3);
        timer.Change(Second, Second).ShouldBeFalse();
        time.ArmedTimers.ShouldBe(0);
    }

    [Fact]
    public async Task The_frameworks_own_waits_follow_the_clock()
    {
        var waiting = new TaskCompletionSource().Task.WaitAsync(10 * Second, time, TestContext.Current.CancellationToken);
        var delay = Task.Delay(10 * Second, time, TestContext.Current.CancellationToken); // on the clock that is tested: no time passes
        using var cancellation = new CancellationTokenSource(10 * Second, time);

        time.Advance(9 * Second);
        (waiting.IsCompleted, delay.IsCompleted, cancellation.IsCancellationRequested).ShouldBe((false, false, false));
        time.Advance(Second);

        await Should.ThrowAsync<TimeoutException>(() => waiting);
        await delay.WaitAsync(TestTimeouts.Generous, TestContext.Current.CancellationToken);
        cancellation.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task Waiting_for_a_timer_to_be_armed_does_not_depend_on_which_comes_first()
    {
        var before = time.WhenArmed(Second);
        before.IsCompleted.ShouldBeFalse();
        using var timer = time.CreateTimer(_ => { }, null, Second, Timeout.InfiniteTimeSpan);

        await before.WaitAsync(TestTimeouts.Generous, TestContext.Current.CancellationToken);
        time.WhenArmed(Second).IsCompleted.ShouldBeTrue();
        time.WhenArmed(2 * Second).IsCompleted.ShouldBeFalse();

        var both = time.WhenArmed(Second, count: 2);
        both.IsCompleted.ShouldBeFalse();
        using var second = time.CreateTimer(_ => { }, null, Second, Timeout.InfiniteTimeSpan);
        await both.WaitAsync(TestTimeouts.Generous, TestContext.Current.CancellationToken);
    }
}
