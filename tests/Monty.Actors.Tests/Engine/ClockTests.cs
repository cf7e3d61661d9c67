using Monty.Testing;
using Monty.Testing.Engine;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests timers after the clock was set or the machine slept, for sessions in memory and in the store.</summary>
public sealed class ClockTests : IAsyncDisposable
{
    private static readonly SessionId Id = new("tenant", "session");
    private readonly MemoryStore store = new();
    private readonly WallClock clock = new();

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clock_that_is_set_forward_delays_a_timer_by_a_minute_at_most(bool leavesMemory)
    {
        await using var engine = await SleepAsync("await sleep(36000)\n'awake'", leavesMemory);
        await clock.Passing.WhenArmed(TimeSpan.FromMinutes(1)).InTime();

        clock.Set(TimeSpan.FromHours(10));
        clock.Passing.Advance(TimeSpan.FromMinutes(1));

        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed("awake"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clock_that_is_set_back_ends_no_timer_before_its_time(bool leavesMemory)
    {
        await using var engine = await SleepAsync("await sleep(30)\n'awake'", leavesMemory);
        await clock.Passing.WhenArmed(TimeSpan.FromSeconds(30)).InTime();

        clock.Set(TimeSpan.FromSeconds(-20));
        clock.Passing.Advance(TimeSpan.FromSeconds(30));
        await clock.Passing.WhenArmed(TimeSpan.FromSeconds(20)).InTime();
        (await engine.HistoryAsync(Id)).ShouldNotContain(e => e is FeedEnded);

        clock.Passing.Advance(TimeSpan.FromSeconds(20));
        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed("awake"));
    }

    private async Task<MontyEngine> SleepAsync(string code, bool leavesMemory)
    {
        var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = store,
                TimeProvider = clock,
                IdleTimeout = TimeSpan.FromDays(1),
                CommandTimeout = TimeSpan.FromDays(1),
            },
            TestContext.Current.CancellationToken
        );
        await engine.FeedAsync(Id, code);
        await engine.EventAsync(Id, e => e is CallAnnounced);
        if (leavesMemory)
        {
            await engine.PassivateAsync(Id, TestContext.Current.CancellationToken).InTime();
        }

        return engine;
    }

    /// <summary>A clock that can be set, with timers that count elapsed time.</summary>
    private sealed class WallClock : TimeProvider
    {
        private TimeSpan set;

        public FakeTime Passing { get; } = new();

        public override long TimestampFrequency => Passing.TimestampFrequency;

        public void Set(TimeSpan by) => set += by;

        public override DateTimeOffset GetUtcNow() => Passing.GetUtcNow() + set;

        public override long GetTimestamp() => Passing.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            Passing.CreateTimer(callback, state, dueTime, period);
    }
}
