using System.Text.Json;
using Monty.Host.Tests.Support;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Run;

public sealed class JsonTests
{
    private static readonly string[] Members =
    [
        "exit_reason",
        "exit_code",
        "value",
        "error",
        "diagnostics",
        "prints",
        "prints_truncated",
        "calls",
        "calls_truncated",
        "execution_ms",
        "warnings",
    ];

    [Fact]
    public async Task A_run_is_written_as_one_object()
    {
        var result = await HostProcess.RunAsync(
            "--json",
            "-c",
            "print('one')\nprint('zwei', end='')\nf(1, k={2})\n(1, {2})",
            "--tool",
            "f={\"$bytes\": \"AA==\"}"
        );

        result.ExitCode.ShouldBe(0);
        var json = Single(result);
        json.GetProperty("exit_reason").GetString().ShouldBe("completed");
        json.GetProperty("exit_code").GetInt32().ShouldBe(0);
        json.GetProperty("value").GetRawText().ShouldBe("""{"$tuple":[1,{"$set":[2]}]}""");
        json.GetProperty("prints").GetString().ShouldBe("one\nzwei");
        json.GetProperty("prints_truncated").GetBoolean().ShouldBeFalse();
        json.GetProperty("calls")
            .GetRawText()
            .ShouldBe(
                """[{"name":"f","args":[1],"kwargs":{"k":{"$set":[2]}},"outcome":"returned","value":{"$bytes":"AA=="},"error":null}]"""
            );
        json.GetProperty("execution_ms").GetDouble().ShouldBeGreaterThan(0);
        json.GetProperty("error").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task A_failure_includes_its_frames()
    {
        var result = await HostProcess.RunAsync("--json", "-c", "def f(x):\n    return 1 / x\nf(0)");

        result.ExitCode.ShouldBe(1);
        var json = Single(result);
        json.GetProperty("exit_reason").GetString().ShouldBe("exception");
        json.GetProperty("value").ValueKind.ShouldBe(JsonValueKind.Null);
        var error = json.GetProperty("error");
        error.GetProperty("type").GetString().ShouldBe("ZeroDivisionError");
        error.GetProperty("message").GetString().ShouldBe("division by zero");
        (error.GetProperty("traceback").GetString() + "\n").ShouldBe(result.Error);
        error
            .GetProperty("frames")
            .GetRawText()
            .ShouldBe(
                """[{"file":"<string>","line":3,"column":1,"end_line":3,"end_column":5,"function":"<module>","source":"f(0)"},"""
                    + """{"file":"<string>","line":2,"column":12,"end_line":2,"end_column":17,"function":"f","source":"    return 1 / x"}]"""
            );
    }

    [Theory]
    [InlineData("limit", 1, "-c", "while True: pass", "--max-duration", "100ms")]
    [InlineData("limit", 1, "-c", "f()\nf()", "--tool", "f=1", "--max-suspensions", "1")]
    [InlineData("exception", 1, "-c", "nope()")]
    [InlineData("type_check", 1, "-c", "nope()", "--type-check")]
    [InlineData("bad_input", 2, "nowhere.py")]
    [InlineData("runtime_failed", 3, "-c", "1", "--runtime", "/nowhere/monty")]
    [InlineData("refused_by_runtime", 1, "-c", "ValueError(1, 2)")]
    public async Task The_exit_reason_names_the_kind_of_failure(string reason, int exitCode, params string[] arguments)
    {
        var result = await HostProcess.RunAsync([.. arguments, "--json"]);

        result.ExitCode.ShouldBe(exitCode);
        var json = Single(result);
        json.GetProperty("exit_reason").GetString().ShouldBe(reason);
        json.GetProperty("exit_code").GetInt32().ShouldBe(exitCode);
        json.GetProperty("error").GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Diagnostics_of_the_type_check_are_listed()
    {
        var result = await HostProcess.RunAsync("--json", "--type-check", "-c", "x: int = ''");

        Single(result)
            .GetProperty("diagnostics")
            .GetRawText()
            .ShouldBe(
                """[{"rule":"invalid-assignment","severity":"error","message":"Object of type `Literal[\"\"]` is not assignable to `int`","file":"<string>","line":1,"column":10,"end_line":1,"end_column":12}]"""
            );
    }

    [Fact]
    public async Task Calls_that_raised_or_were_not_found_are_listed()
    {
        using var folder = new TempFolder();
        var tools = folder.Write("t.json", """{"bad": {"raise": {"type": "ValueError", "message": "no"}}}""");

        var result = await HostProcess.RunAsync("--json", "--tools", tools, "-c", "try:\n    bad()\nexcept ValueError:\n    nope()");

        Single(result)
            .GetProperty("calls")
            .GetRawText()
            .ShouldBe(
                """[{"name":"bad","args":[],"kwargs":{},"outcome":"raised","value":null,"error":{"type":"ValueError","message":"no"}},"""
                    + """{"name":"nope","args":[],"kwargs":{},"outcome":"not_found","value":null,"error":null}]"""
            );
    }

    [Fact]
    public async Task Text_printed_before_the_worker_died_is_kept()
    {
        var result = await HostProcess.RunAsync("--json", "--max-memory", "30MB", "-c", "x = 'a' * 20_000_000\nprint('before')\nx");

        result.ExitCode.ShouldBe(3);
        Single(result).GetProperty("prints").GetString().ShouldBe("before\n");
    }

    /// <summary>Parses the only line of standard output, and checks that it has all members in order.</summary>
    private static JsonElement Single(HostResult result)
    {
        result.Output.IndexOf('\n', StringComparison.Ordinal).ShouldBe(result.Output.Length - 1);
        var json = JsonDocument.Parse(result.Output).RootElement;
        json.EnumerateObject().Select(m => m.Name).ShouldBe(Members);
        return json;
    }
}
