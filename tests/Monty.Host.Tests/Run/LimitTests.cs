using Monty.Host.Tests.Support;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Run;

public sealed class LimitTests
{
    [Theory]
    [InlineData("200ms")]
    [InlineData("0.2s")]
    [InlineData("0.2")]
    public async Task A_script_ends_at_the_time_limit(string limit)
    {
        var result = await HostProcess.RunAsync("-c", "while True: pass", "--max-duration", limit);

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldStartWith(
            "Traceback (most recent call last):\n  File \"<string>\", line 1, in <module>\n    while True: pass\nTimeoutError: time limit exceeded: "
        );
        result.Error.ShouldEndWith(" > 200ms\n");
    }

    [Fact]
    public async Task Waiting_for_a_tool_does_not_count_towards_the_time_limit()
    {
        using var folder = new TempFolder();
        var tools = folder.Write("any.json", """{"slow": {"return": "ready", "delay_ms": 1500}}""");

        var result = await HostProcess.RunAsync("-c", "slow()", "--tools", tools, "--max-duration", "1s");

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldBe("'ready'\n");
    }

    [Theory]
    [InlineData("10MB", " > 10000000 bytes\n")]
    [InlineData("1MiB", " > 1048576 bytes\n")]
    [InlineData("2000000", " > 2000000 bytes\n")]
    public async Task A_script_ends_at_the_memory_limit(string limit, string message)
    {
        var result = await HostProcess.RunAsync("-c", "x = []\nwhile True: x.append('y' * 1000)", "--max-memory", limit);

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain("MemoryError: memory limit exceeded: ");
        result.Error.ShouldEndWith(message);
    }

    [Fact]
    public async Task A_script_ends_at_the_recursion_limit()
    {
        var result = await HostProcess.RunAsync("-c", "def f(n): return f(n + 1)\nf(0)", "--max-recursion-depth", "30");

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain("RecursionError: maximum recursion depth exceeded");
    }

    [Fact]
    public async Task A_script_ends_at_the_suspension_limit()
    {
        var result = await HostProcess.RunAsync("-c", "while True: f()", "--tool", "f=1", "--max-suspensions", "3");

        result.ExitCode.ShouldBe(1);
        result.Calls.Count.ShouldBe(3);
        result.ErrorWithoutCalls.ShouldEndWith("RuntimeError: suspension limit 3 exceeded\n");
    }
}
