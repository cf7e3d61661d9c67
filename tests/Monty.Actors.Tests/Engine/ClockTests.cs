using Monty.Interop;
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
    private readonly FakeTime time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clock_that_is_set_forward_or_a_suspended_machine_delays_a_timer_by_a_minute_at_most(bool leavesMemory)
    {
        await using var engine = await SleepAsync("await sleep(36000)\n'awake'", leavesMemory);
        await time.WhenArmed(TimeSpan.FromMinutes(1)).InTime();

        time.SetClock(TimeSpan.FromHours(10));
        time.Advance(TimeSpan.FromMinutes(1));

        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed("awake"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clock_that_is_set_back_neither_holds_a_timer_nor_ends_it_early(bool leavesMemory)
    {
        await using var engine = await SleepAsync("await sleep(30)\n'awake'", leavesMemory);
        await time.WhenArmed(TimeSpan.FromSeconds(30)).InTime();

        time.SetClock(TimeSpan.FromHours(-1));
        time.Advance(TimeSpan.FromSeconds(29));
        (await engine.HistoryAsync(Id)).ShouldNotContain(e => e is FeedEnded);
        time.Advance(TimeSpan.FromSeconds(1));

        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed("awake"));
    }

    [Fact]
    public async Task A_session_that_leaves_memory_after_the_clock_was_set_back_keeps_the_time_that_is_left()
    {
        await using var engine = await SleepAsync("await sleep(30)\n'awake'", leavesMemory: false);
        await time.WhenArmed(TimeSpan.FromSeconds(30)).InTime();
        time.SetClock(TimeSpan.FromHours(-1));
        time.Advance(TimeSpan.FromSeconds(10));
        await engine.PassivateAsync(Id, Token).InTime();
        await time.WhenArmed(TimeSpan.FromSeconds(20)).InTime();

        time.Advance(TimeSpan.FromSeconds(20));

        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed("awake"));
    }

    [Fact]
    public async Task A_timer_takes_no_longer_than_its_duration_in_an_engine_that_starts_after_the_clock_was_set_back()
    {
        var first = await SleepAsync("await sleep(2)\n'awake'", leavesMemory: false);
        await first.DisposeAsync();
        time.SetClock(TimeSpan.FromHours(-1));
        await using var next = await StartAsync();
        await next.SendAsync(Id, new SignalCommand("signal", "go", 1), Token); // loads the session

        await time.WhenArmed(TimeSpan.FromSeconds(2)).InTime();
        time.Advance(TimeSpan.FromSeconds(2));

        (await next.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed("awake"));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_ends_no_later_timer_together_with_an_earlier_one()
    {
        await using var engine = await StartAsync(DurableTool.External("ask", isAsync: true));
        await engine.FeedAsync(
            Id,
            "import asyncio\nasync def late():\n    await ask()\n    await sleep(60)\n    return 'late'\nawait asyncio.gather(sleep(30), late())"
        );
        await engine.EventAsync(Id, e => e is FuturesAwaited);
        await time.WhenArmed(TimeSpan.FromSeconds(30)).InTime();
        time.SetClock(TimeSpan.FromHours(-1));
        var asked = (CallAnnounced)await engine.EventAsync(Id, e => e is CallAnnounced { Kind: CallKind.External });
        await engine.AcceptAsync(Id, new AnswerCommand("answer", 1, ((MontyFunctionCall)asked.Call).CallId, MontyAnswer.Return(1)));
        await time.WhenArmed(TimeSpan.FromSeconds(60)).InTime(); // it is due before the first timer by the clock

        time.Advance(TimeSpan.FromSeconds(30));
        await engine.EventAsync(Id, e => e is CallAnswered { CommandId: "" });
        (await engine.HistoryAsync(Id)).ShouldNotContain(e => e is FeedEnded);
        await time.WhenArmed(TimeSpan.FromSeconds(60)).InTime();
        time.Advance(TimeSpan.FromSeconds(30));

        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed(new MontyList([MontyValue.None, "late"])));
    }

    [Fact]
    public async Task A_deadline_of_a_tool_is_not_held_by_a_clock_that_is_set_back()
    {
        await using var engine = await StartAsync(DurableTool.External("ask") with { Timeout = TimeSpan.FromSeconds(30) });
        await engine.FeedAsync(Id, "try:\n    ask()\nexcept TimeoutError:\n    s = 'late'\ns");
        await engine.EventAsync(Id, e => e is CallAnnounced);
        await time.WhenArmed(TimeSpan.FromSeconds(30)).InTime();

        time.SetClock(TimeSpan.FromHours(-1));
        time.Advance(TimeSpan.FromSeconds(30));

        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed("late"));
    }

    [Fact]
    public async Task A_change_of_the_time_zone_does_not_move_a_timer()
    {
        await using var engine = await SleepAsync("await sleep(30)\n'awake'", leavesMemory: false);
        await time.WhenArmed(TimeSpan.FromSeconds(30)).InTime();

        time.SetTimeZone(TimeZoneInfo.CreateCustomTimeZone("east", TimeSpan.FromHours(9), "east", "east"));
        time.Advance(TimeSpan.FromSeconds(29));
        (await engine.HistoryAsync(Id)).ShouldNotContain(e => e is FeedEnded);
        time.Advance(TimeSpan.FromSeconds(1));

        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed("awake"));
        ((CallAnnounced)await engine.EventAsync(Id, e => e is CallAnnounced)).DueAt.ShouldNotBeNull().Offset.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_lets_the_session_take_commands_although_it_has_forgotten_later_ones()
    {
        await using var engine = await StartAsync();
        await engine.SendAsync(Id, new OpenCommand("open", new SessionSetup()), Token);
        for (var i = 0; i <= 1100; i++)
        {
            await engine.AcceptAsync(Id, i % 2 == 0 ? new FeedCommand($"{i}", "await receive('go')") : new CancelCommand($"{i}", "next"));
        }

        time.SetClock(TimeSpan.FromHours(-1));

        await engine.AcceptAsync(Id, new CancelCommand("after", "the clock was set back"));
        var named = new FeedCommand("named", "1") { SentAt = time.GetUtcNow() };
        (await engine.SendAsync(Id, named, Token)).ShouldBeOfType<SessionReply.Refused>().Reason.ShouldBe(SessionRefusal.TooOld);
    }

    private Task<MontyEngine> StartAsync(params DurableTool[] tools) =>
        MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = store,
                Tools = tools,
                TimeProvider = time,
                IdleTimeout = TimeSpan.FromDays(1),
                CommandTimeout = TimeSpan.FromDays(1),
                TurnTimeout = TimeSpan.FromDays(1),
            },
            Token
        );

    private async Task<MontyEngine> SleepAsync(string code, bool leavesMemory)
    {
        var engine = await StartAsync();
        await engine.FeedAsync(Id, code);
        await engine.EventAsync(Id, e => e is CallAnnounced);
        if (leavesMemory)
        {
            await engine.PassivateAsync(Id, Token).InTime();
        }

        return engine;
    }
}
