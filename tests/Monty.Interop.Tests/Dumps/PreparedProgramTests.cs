using System.Runtime.Versioning;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Dumps;

/// <summary>A program is prepared once and run many times.</summary>
[SupportedOSPlatform("linux")]
public sealed class PreparedProgramTests
{
    private const string Definitions = """
        import json
        runs = []
        def run(n):
            runs.append(n)
            return json.dumps({'n': n, 'runs': len(runs)})
        """;

    [LinuxFact]
    public async Task Every_run_starts_from_the_definitions_and_sees_no_other_run()
    {
        using var pool = new MontyPool();
        var program = await pool.PrepareAsync(Definitions).InTime();

        for (var i = 0; i < 3; i++)
        {
            (await pool.RunAsync(program, $"run({i})").InTime()).Value.ShouldBe(new MontyStr($$"""{"n": {{i}}, "runs": 1}"""));
        }
    }

    [LinuxFact]
    public async Task Concurrent_runs_do_not_affect_each_other()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 4 });
        var program = await pool.PrepareAsync(Definitions).InTime();
        var twice = MontyTool.Async(
            "twice",
            async (call, _) =>
            {
                await Task.Yield();
                return call.Arguments[0] is MontyInt n ? new MontyInt(n.Value * 2) : MontyValue.None;
            }
        );

        var runs = await Task.WhenAll(
                Enumerable
                    .Range(0, 100)
                    .Select(i =>
                        Task.Run(() =>
                            pool.RunAsync(
                                program,
                                "run(await twice(n))",
                                new FeedOptions
                                {
                                    Tools = [twice],
                                    Inputs = new Dictionary<string, MontyValue> { ["n"] = i },
                                }
                            )
                        )
                    )
            )
            .InTime();

        runs.Select(r => r.Value.ToString()).ShouldBe(Enumerable.Range(0, 100).Select(i => $$"""'{"n": {{i * 2}}, "runs": 1}'"""));
        (pool.Statistics.Live - pool.Statistics.Idle, pool.Statistics.Waiting, pool.Statistics.Discarded).ShouldBe((0, 0, 0));
    }

    [LinuxFact]
    public async Task Definitions_may_call_tools_and_take_inputs()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var program = await pool.PrepareAsync(
                "settings = load(name)",
                new FeedOptions
                {
                    Tools = [MontyTool.Sync("load", call => new MontyList([.. call.Arguments, 1]))],
                    Inputs = new Dictionary<string, MontyValue> { ["name"] = "prod" },
                },
                new SessionOptions { ScriptName = "prepared.py" }
            )
            .InTime();

        (await pool.RunAsync(program, "settings + [name]").InTime()).Value.ToString().ShouldBe("['prod', 1, 'prod']");
        (await Should.ThrowAsync<MontyScriptException>(() => pool.RunAsync(program, "1 / 0").InTime()))
            .Error.Frames[0]
            .FileName.ShouldBe("prepared.py");
    }

    [LinuxFact]
    public async Task Definitions_that_fail_throw_a_script_exception_and_keep_the_worker()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });

        (await Should.ThrowAsync<MontyScriptException>(() => pool.PrepareAsync("def f(:").InTime())).Error.Type.ShouldBe("SyntaxError");

        (pool.Statistics.Live, pool.Statistics.Idle).ShouldBe((1, 1));
    }

    [LinuxFact]
    public async Task A_dump_of_a_suspended_session_cannot_be_run_as_a_program()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        MontyDump waiting;
        using (var session = await pool.OpenSessionAsync().InTime())
        {
            await session.StartAsync("fetch(1)").InTime();
            waiting = await session.DumpAsync().InTime();
        }

        (await Should.ThrowAsync<InvalidOperationException>(() => pool.RunAsync(waiting, "1").InTime())).Message.ShouldContain(
            "waits for an answer to call 0 of fetch"
        );

        (await pool.RunAsync("1").InTime()).Value.ShouldBe(new MontyInt(1));
        pool.Statistics.Discarded.ShouldBe(0);
    }

    [LinuxFact]
    public async Task A_run_that_hits_the_time_limit_does_not_affect_the_program()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var program = await pool.PrepareAsync(
                Definitions,
                null,
                new SessionOptions { Limits = new MontyLimits { MaxDuration = TimeSpan.FromSeconds(1) } }
            )
            .InTime();

        for (var i = 0; i < 2; i++)
        {
            (await Should.ThrowAsync<MontyScriptException>(() => pool.RunAsync(program, "while True: pass").InTime())).Origin.ShouldBe(
                FailureOrigin.Limit
            );
            (await pool.RunAsync(program, "run(1)").InTime()).Value.ShouldBe(new MontyStr("""{"n": 1, "runs": 1}"""));
        }
    }
}
