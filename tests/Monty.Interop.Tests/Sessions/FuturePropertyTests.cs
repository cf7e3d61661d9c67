using System.Runtime.Versioning;
using FsCheck;
using FsCheck.Fluent;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sessions;

/// <summary>Any program of awaited calls, under any order in which the host's functions end.</summary>
[SupportedOSPlatform("linux")]
public sealed class FuturePropertyTests
{
    [LinuxFact]
    public void Every_program_ends_as_python_says_and_leaves_no_call_open_and_no_handler_running()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var kinds = new int[3];

        Prop.ForAll(
                FutureProgram.Arbitrary,
                program =>
                {
                    kinds[(int)program.Expected.Kind]++;
                    CheckAsync(pool, program).GetAwaiter().GetResult();
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(50));

        kinds.ShouldAllBe(count => count > 5, "the programs are all alike");
        pool.Statistics.ShouldBe(
            new MontyPoolStatistics(
                Live: 1,
                Idle: 1,
                Waiting: 0,
                Started: 1,
                Recycled: 0,
                Discarded: 0,
                Checkouts: pool.Statistics.Checkouts
            )
        );
    }

    private static async Task CheckAsync(MontyPool pool, FutureProgram program)
    {
        var first = await RunAsync(pool, program);
        var second = await RunAsync(pool, program);
        second.Events.ShouldBe(first.Events, "a run with the same schedule repeats");
        switch (program.Expected.Kind)
        {
            case ExpectedKind.Value:
                first.Result.ShouldNotBeNull(first.Failure?.ToString()).Value.ToString().ShouldBe(program.Expected.Value);
                break;
            case ExpectedKind.Error:
                var error = first.Failure.ShouldBeOfType<MontyScriptException>().Error;
                error.Type.ShouldBe("ValueError");
                program.Expected.Errors!.ShouldContain(error.Message!);
                break;
            default:
                first.Failure.ShouldBeAssignableTo<OperationCanceledException>();
                break;
        }
    }

    private static async Task<FutureRun> RunAsync(MontyPool pool, FutureProgram program)
    {
        using var session = await pool.OpenSessionAsync(new SessionOptions { Limits = MontyLimits.None });
        var run = new FutureRun(session, program);
        await run.RunAsync().InTime();

        run.Started.ShouldBeUnique();
        run.Ended.Keys.Order().ShouldBe(run.Started.Order(), "a handler neither came to its end nor saw its cancellation");
        session.Pending.ShouldBeNull();
        (await session.FeedAsync("6 * 7").InTime()).Value.ShouldBe(new MontyInt(42));
        return run;
    }
}
