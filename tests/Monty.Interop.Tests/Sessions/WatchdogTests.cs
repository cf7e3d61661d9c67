using System.Runtime.Versioning;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sessions;

/// <summary>The runtime polls its clock between instructions: a native operation that never ends is the host's to end.</summary>
[SupportedOSPlatform("linux")]
public sealed class WatchdogTests
{
    private const string NeverComesBack = "pow(3, 10**3000000, 10**3000001)";
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);
    private static readonly TimeSpan Overshoot = TimeSpan.FromSeconds(10);
    private readonly FakeTime time = new();

    [LinuxFact]
    public async Task A_limit_on_duration_is_enforced_from_outside_too()
    {
        using var pool = new MontyPool(new MontyPoolOptions { TimeProvider = time });
        using var session = await pool.OpenSessionAsync(Limited).InTime();

        await AssertKilled(session.StartAsync(NeverComesBack).AsTask());
    }

    [LinuxFact]
    public async Task What_earlier_turns_have_used_of_the_limit_does_not_come_back()
    {
        using var runtime = WrappedRuntime.WithoutLen();
        using var pool = new MontyPool(new MontyPoolOptions { TimeProvider = time, RuntimePath = runtime.Path });
        using var session = await pool.OpenSessionAsync(Limited).InTime();
        var used = (await session.FeedAsync("sum(range(10000))").InTime()).ExecutionTime;
        used.ShouldBeGreaterThan(TimeSpan.Zero);
        await Should.ThrowAsync<ArgumentException>(() =>
            session
                .FeedAsync("1", new FeedOptions { Inputs = new Dictionary<string, MontyValue> { ["x"] = new MontyBuiltin("len") } })
                .InTime()
        );
        var dump = await session.DumpAsync().AsTask().InTime();

        await AssertKilled(session.StartAsync(NeverComesBack).AsTask(), used);
        using var loaded = await pool.LoadSessionAsync(dump).InTime();
        await AssertKilled(loaded.StartAsync(NeverComesBack).AsTask(), used);
        await AssertKilled(pool.TurnAsync(dump, new FeedTurn(NeverComesBack)), used);
    }

    [LinuxFact]
    public async Task A_reset_gives_the_whole_limit_again()
    {
        using var pool = new MontyPool(new MontyPoolOptions { TimeProvider = time });
        using var session = await pool.OpenSessionAsync(Limited).InTime();
        await session.FeedAsync("sum(range(10000))").InTime();
        await session.ResetAsync();

        await AssertKilled(session.StartAsync(NeverComesBack).AsTask());
    }

    [LinuxFact]
    public async Task A_stateless_turn_that_goes_on_has_what_its_session_has_left()
    {
        using var pool = new MontyPool(new MontyPoolOptions { TimeProvider = time });
        var used = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TurnOptions
        {
            Session = Limited,
            AnswerInline = call => used.TrySetResult(call.ExecutionTime) ? MontyAnswer.Return(1) : null,
        };

        var turn = pool.TurnAsync(null, new FeedTurn($"sum(range(10000))\nf()\n{NeverComesBack}"), goOn);

        await AssertKilled(turn, await used.Task.InTime());
    }

    private static SessionOptions Limited => new() { Limits = new MontyLimits { MaxDuration = Limit } };

    private async Task AssertKilled(Task turn, TimeSpan used = default)
    {
        await time.WhenArmed(Limit - used + Overshoot).InTime();
        time.Advance(Limit - used + Overshoot);

        (await Should.ThrowAsync<MontyWorkerException>(() => turn.InTime())).Failure.ShouldBe(WorkerFailure.TimedOut);
    }
}
