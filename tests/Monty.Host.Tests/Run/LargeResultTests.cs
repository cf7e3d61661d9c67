using System.Text.Json;
using Monty.Host.Tests.Support;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Run;

/// <summary>Tests whose processes use hundreds of megabytes. They run alone, because the memory of a build machine is limited.</summary>
[CollectionDefinition(nameof(LargeResultTests), DisableParallelization = true)]
public sealed class LargeResults;

/// <summary>Tests that a result of any size is either written or reported as too large, and never crashes the command.</summary>
[Collection(nameof(LargeResultTests))]
public sealed class LargeResultTests
{
    [Fact]
    public async Task A_value_that_is_too_large_for_JSON_is_an_error_in_the_JSON()
    {
        var result = await HostProcess.RunAsync("--json", "-c", "print('before')\n'x' * 170_000_000");

        result.ExitCode.ShouldBe(1);
        var json = JsonDocument.Parse(result.Output).RootElement;
        json.GetProperty("exit_reason").GetString().ShouldBe("result_too_large");
        json.GetProperty("exit_code").GetInt32().ShouldBe(1);
        json.GetProperty("value").ValueKind.ShouldBe(JsonValueKind.Null);
        json.GetProperty("prints").GetString().ShouldBe("before\n");
        json.GetProperty("execution_ms").GetDouble().ShouldBeGreaterThan(0);
        var message = json.GetProperty("error").GetProperty("message").GetString().ShouldNotBeNull();
        message.ShouldStartWith(
            "The script ran to its end, but its value is too large for JSON: The JSON cannot be written: the text at $ takes 170000000 characters"
        );
        result.Error.ShouldBe($"error: {message}\n");
    }

    [Fact]
    public async Task An_exception_with_a_message_of_any_size_is_truncated_in_the_JSON()
    {
        var result = await HostProcess.RunAsync("--json", "-c", "raise ValueError('x' * 170_000_000)");

        result.ExitCode.ShouldBe(1);
        var json = JsonDocument.Parse(result.Output).RootElement;
        json.GetProperty("exit_reason").GetString().ShouldBe("exception");
        json.GetProperty("error").GetProperty("type").GetString().ShouldBe("ValueError");
        json.GetProperty("error").GetProperty("message").GetString().ShouldBe(new string('x', 16 << 20) + "…");
        result.Error.ShouldContain("more characters not shown]");
    }

    [Fact]
    public async Task Names_in_frames_are_truncated_in_the_JSON()
    {
        var name = new string('f', 5000);

        var result = await HostProcess.RunAsync("--json", "-c", $"def {name}(): return 1 / 0\n{name}()");

        JsonDocument
            .Parse(result.Output)
            .RootElement.GetProperty("error")
            .GetProperty("frames")[1]
            .GetProperty("function")
            .GetString()
            .ShouldBe(name[..1000] + "…");
    }

    [Fact]
    public async Task A_long_value_is_written_completely()
    {
        const int Count = 2_000_000;

        var text = await HostProcess.RunAsync("-c", $"'\\x01😀' * {Count}");
        var json = await HostProcess.RunAsync("--json", "-c", $"'\\x01😀' * {Count}");

        text.Output.ShouldBe("'" + string.Concat(Enumerable.Repeat(@"\x01😀", Count)) + "'\n");
        JsonDocument
            .Parse(json.Output)
            .RootElement.GetProperty("value")
            .GetString()
            .ShouldBe(string.Concat(Enumerable.Repeat("\u0001😀", Count)));
    }
}
