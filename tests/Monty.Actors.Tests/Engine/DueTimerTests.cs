using Monty.Actors.Engine;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

public sealed class DueTimerTests
{
    private readonly WallClock clock = new();
    private int fired;

    [Fact]
    public void It_fires_at_the_earliest_time_it_was_told_and_only_then()
    {
        using var timer = new DueTimer(clock, () => fired++);
        timer.Expect(clock.GetUtcNow().AddDays(3));
        timer.Expect(clock.GetUtcNow().AddHours(5));
        timer.Expect(clock.GetUtcNow().AddDays(2));

        clock.Pass(TimeSpan.FromHours(5) - TimeSpan.FromTicks(1));
        fired.ShouldBe(0);

        clock.Pass(TimeSpan.FromTicks(1));
        fired.ShouldBe(1);

        clock.Pass(TimeSpan.FromDays(4));
        fired.ShouldBe(1); // who is told looks for what is next
    }

    [Fact]
    public void A_clock_that_is_set_forward_or_a_machine_that_slept_delays_it_by_a_minute_at_most()
    {
        using var timer = new DueTimer(clock, () => fired++);
        timer.Expect(clock.GetUtcNow().AddHours(10));

        clock.Set(TimeSpan.FromHours(10));
        clock.Pass(TimeSpan.FromMinutes(1));

        fired.ShouldBe(1);
    }

    [Fact]
    public void A_clock_that_is_set_back_does_not_make_it_fire_before_its_time()
    {
        using var timer = new DueTimer(clock, () => fired++);
        timer.Expect(clock.GetUtcNow().AddSeconds(30));

        clock.Set(TimeSpan.FromSeconds(-20));
        clock.Pass(TimeSpan.FromSeconds(30));
        fired.ShouldBe(0);

        clock.Pass(TimeSpan.FromSeconds(20));
        fired.ShouldBe(1);
    }

    /// <summary>A clock somebody can set, beside timers that count what passes.</summary>
    private sealed class WallClock : TimeProvider
    {
        private readonly FakeTime passing = new();
        private TimeSpan set;

        public void Set(TimeSpan by) => set += by;

        public void Pass(TimeSpan time) => passing.Advance(time);

        public override DateTimeOffset GetUtcNow() => passing.GetUtcNow() + set;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            passing.CreateTimer(callback, state, dueTime, period);
    }
}
