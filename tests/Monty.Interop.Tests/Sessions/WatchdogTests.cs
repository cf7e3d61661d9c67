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
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LimitAndOvershoot = Limit + TimeSpan.FromSeconds(10);
    private readonly FakeTime time = new();

    [LinuxFact]
    public async Task A_limit_on_duration_is_enforced_from_outside_too()
    {
        using var pool = new MontyPool(new MontyPoolOptions { TimeProvider = time });
        using var session = await pool.OpenSessionAsync(Limited).InTime();

        await AssertKilled(session.StartAsync(NeverComesBack).AsTask());
    }

    [LinuxFact]
    public async Task A_limit_that_came_with_a_dump_is_enforced_from_outside_too()
    {
        using var pool = new MontyPool(new MontyPoolOptions { TimeProvider = time });
        var dump = await pool.PrepareAsync("x = 1", session: Limited).InTime();
        using var session = await pool.LoadSessionAsync(dump).InTime();

        await AssertKilled(session.StartAsync(NeverComesBack).AsTask());
        await AssertKilled(pool.TurnAsync(dump, new FeedTurn(NeverComesBack)));
    }

    private static SessionOptions Limited => new() { Limits = new MontyLimits { MaxDuration = Limit } };

    private async Task AssertKilled(Task turn)
    {
        await time.WhenArmed(LimitAndOvershoot).InTime();
        time.Advance(LimitAndOvershoot);

        (await Should.ThrowAsync<MontyWorkerException>(() => turn.InTime())).Failure.ShouldBe(WorkerFailure.DeadlineExceeded);
    }
}
