using System.Runtime.Versioning;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sizes;

/// <summary>A session that no dump can hold goes on, because the runtime only refuses to dump it.</summary>
[SupportedOSPlatform("linux")]
public sealed class LargeDumpTests(RuntimeFixture runtime) : LargeValueTest, IClassFixture<RuntimeFixture>
{
    private const string Large = "large = 'x' * 300_000_000\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [LinuxFact]
    public async Task A_dump_that_is_too_large_is_refused_and_the_session_is_as_before()
    {
        using var session = await runtime.OpenAsync();
        await session.FeedAsync(Large).InTime();

        var refused = await Should.ThrowAsync<MontySizeException>(() => session.DumpAsync(Token).AsTask().InTime());

        refused.Size.ShouldBeGreaterThan(refused.Limit);
        (await session.FeedAsync("len(large)").InTime()).Value.ShouldBe(300_000_000);
    }

    [LinuxFact]
    public async Task A_turn_whose_dump_is_too_large_is_refused_and_its_worker_used_again()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });

        await Should.ThrowAsync<MontySizeException>(() => pool.TurnAsync(null, new FeedTurn(Large), cancellationToken: Token).InTime());

        (await pool.RunAsync("40 + 2").InTime()).Value.ShouldBe(42);
        pool.Statistics.Started.ShouldBe(1);
    }

    [LinuxFact]
    public async Task A_limit_for_each_feed_lets_it_take_feeds_until_one_passes_the_limit()
    {
        using var session = await runtime.OpenAsync(
            new SessionOptions { Limits = new MontyLimits { MaxFeedDuration = TimeSpan.FromSeconds(3) } }
        );
        await session.FeedAsync(Large).InTime();

        (await session.FeedAsync("len(large)").InTime()).Value.ShouldBe(300_000_000);
        (await Should.ThrowAsync<MontyWorkerException>(() => session.FeedAsync("while True: pass").InTime())).Failure.ShouldBe(
            WorkerFailure.TimedOut
        );
    }

    [LinuxFact]
    public async Task A_limit_for_all_feeds_fails_the_script_without_a_line()
    {
        using var session = await runtime.OpenAsync(
            new SessionOptions { Limits = new MontyLimits { MaxDuration = TimeSpan.FromMilliseconds(500) } }
        );

        for (var i = 0; i < 2; i++)
        {
            var failed = await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync(Large + "while True: pass").InTime());

            (failed.Origin, failed.Error.Type, failed.Error.Frames.Count).ShouldBe((FailureOrigin.Limit, "TimeoutError", 0));
        }
    }
}
