using System.Text.Json;
using Monty.Host.Tests.Support;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Ladder;

/// <summary>The command <c>ladder</c> as a process: its streams, files and exit codes.</summary>
public sealed class LadderCommandTests : IDisposable
{
    private const string Good =
        """[{"id": 1, "tier": 1, "name": "sum", "code": "1 + 1", "expected": 2}, {"id": 2, "tier": 2, "name": "product", "code": "2 * 3", "expected": 6}]""";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_good_run_exits_with_0_and_writes_its_summary_to_standard_error()
    {
        folder.Write("tier_01.json", Good);

        var result = await RunAsync(folder.Path);

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldMatch("^tier  1: 1 ok\ntier  2: 1 ok\n2 fixtures on the path interop in [0-9.]+ s: 2 ok\n$");
    }

    [Fact]
    public async Task The_fixtures_of_the_repository_are_the_default_and_pass()
    {
        var result = await RunAsync(); // The working directory contains a copy of the fixtures.

        result.ExitCode.ShouldBe(0);
        result.Error.ShouldContain(" ok, 9 xfail\n");
    }

    [Fact]
    public async Task A_dash_writes_the_lines_to_standard_output()
    {
        folder.Write("tier_01.json", Good);

        var result = await RunAsync(folder.Path, "--jsonl", "-");

        var lines = result.Output.TrimEnd('\n').Split('\n');
        lines.Length.ShouldBe(2);
        using var second = JsonDocument.Parse(lines[1]);
        second
            .RootElement.EnumerateObject()
            .Select(m => m.Name)
            .ShouldBe(["id", "tier", "name", "ok", "value", "error", "skipped", "xfail", "xpass", "ms"]);
        second.RootElement.GetProperty("value").GetInt32().ShouldBe(6);
    }

    [Theory]
    [InlineData("""{"code": "1", "expected": 2}""", 1, "FAILED 1 x: expected: 1, not 2\n")]
    [InlineData("""{"code": "1", "xfail": "a gap"}""", 1, "XPASS 1 x: the known gap is closed: a gap\n")]
    [InlineData("""{"code": "1", "expected": 2, "xfail": "a gap"}""", 0, "tier  1: 0 ok, 1 xfail\n")]
    [InlineData(
        """{"code": "1", "expected": 2, "expectedColour": "red"}""",
        0,
        "skipped 1 x: unknown field expectedColour\ntier  1: 0 ok, 1 skipped\n"
    )]
    public async Task Unexpected_results_are_shown_and_set_the_exit_code(string fixture, int exitCode, string error)
    {
        folder.Write("tier_01.json", $$"""[{"id": 1, "tier": 1, "name": "x", {{fixture[1..]}}]""");

        var result = await RunAsync(folder.Path);

        result.ExitCode.ShouldBe(exitCode);
        result.Error.ShouldStartWith(error);
    }

    [Theory]
    [InlineData("2", "product")]
    [InlineData("SU", "sum")]
    public async Task A_filter_runs_only_the_matching_fixtures(string filter, string name)
    {
        folder.Write("tier_01.json", Good);

        var result = await RunAsync(folder.Path, "--filter", filter, "--jsonl", "-");

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldContain($"\"name\":\"{name}\"");
        result.Output.Count(c => c == '\n').ShouldBe(1);
    }

    [Fact]
    public async Task Two_runs_of_the_ladder_are_equal()
    {
        var (first, second) = (Path.Combine(folder.Path, "a.jsonl"), Path.Combine(folder.Path, "b.jsonl"));
        await RunAsync("--jsonl", first);
        await RunAsync("--jsonl", second);

        var result = await RunAsync("--compare", first, second);

        result.ShouldBe(new HostResult(0, "", $"{first} and {second} are equal.\n"));
    }

    [Fact]
    public async Task A_durable_session_has_the_same_results_as_the_library()
    {
        var (library, durable) = (Path.Combine(folder.Path, "a.jsonl"), Path.Combine(folder.Path, "b.jsonl"));
        await RunAsync("--path", "interop", "--jsonl", library);
        (await RunAsync("--path", "session", "--jsonl", durable)).Error.ShouldContain("fixtures on the path session");

        var result = await RunAsync("--compare", library, durable);

        result.ShouldBe(new HostResult(0, "", $"{library} and {durable} are equal.\n"));
    }

    [Fact]
    public async Task Comparing_different_runs_exits_with_1_and_writes_each_difference_to_standard_output()
    {
        var first = folder.Write("a.jsonl", "{\"id\":1,\"ok\":true,\"value\":1}\n{\"id\":2,\"ok\":true}\n");
        var second = folder.Write("b.jsonl", "{\"id\":1,\"ok\":true,\"value\":2}\n");

        var result = await RunAsync("--compare", first, second);

        result.ShouldBe(
            new HostResult(
                1,
                $"fixture 1: value is 1 in {first} and 2 in {second}\nfixture 2: only in {first}\n",
                $"{first} and {second} differ in 2 places.\n"
            )
        );
    }

    [Theory]
    [InlineData("The folder nowhere does not exist. Correct the path. Relative paths start from ", "nowhere")]
    [InlineData("Unknown option --fast. For a folder of this name write ./--fast.", "--fast")]
    [InlineData("Unknown path telepathy. Use one of: interop, session.", "--path", "telepathy")]
    [InlineData("No fixture in ./fixtures matches --filter no_such_name.", "--filter", "no_such_name")]
    [InlineData("--jsonl: nowhere/x.jsonl cannot be written: ", "--jsonl", "nowhere/x.jsonl")]
    [InlineData("Required argument missing for option: '--compare'.", "--compare", "a.jsonl")]
    [InlineData("The results file a.jsonl does not exist. Correct the path.", "--compare", "a.jsonl", "b.jsonl")]
    [InlineData("--compare runs no fixtures, so it takes only two files.", "--compare", "a.jsonl", "b.jsonl", "--path", "interop")]
    [InlineData("--compare runs no fixtures, so it takes only two files.", "fixtures", "--compare", "a.jsonl", "b.jsonl")]
    public async Task Bad_input_is_reported_on_one_line(string message, params string[] arguments)
    {
        var result = await RunAsync(arguments);

        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldStartWith($"error: {message}");
        result.Error.TrimEnd('\n').ShouldNotContain("\n");
    }

    [Fact]
    public async Task No_fixture_runs_when_an_id_is_used_twice()
    {
        folder.Write("tier_01.json", Good);
        folder.Write("tier_02.json", Good);

        var result = await RunAsync(folder.Path);

        result.ExitCode.ShouldBe(2);
        result.Error.ShouldStartWith("error: The fixture id 1 is used twice: in ");
    }

    [Fact]
    public async Task Ctrl_C_ends_the_run_with_a_summary_of_the_completed_fixtures()
    {
        folder.Write("tier_01.json", $"{Good[..^1]}, {{\"id\": 3, \"tier\": 3, \"name\": \"endless\", \"code\": \"while True: pass\"}}]");
        using var host = HostProcess.StartProgram(HostProcess.Executable, ["ladder", folder.Path, "--jsonl", "-"]);
        await host.WaitForLineAsync("\"id\":2");

        host.Signal(Signals.Interrupt);

        var result = await host.EndAsync();
        result.ExitCode.ShouldBe(130);
        result.Error.ShouldMatch("^tier  1: 1 ok\ntier  2: 1 ok\n2 fixtures on .*\ninterrupted: the remaining fixtures did not run\n$");
    }

    [Fact]
    public async Task The_run_ends_when_its_lines_cannot_be_written()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "This system has no /dev/full.");

        var result = await RunAsync("--jsonl", "/dev/full");

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain("error: The results cannot be written: ");
    }

    [Fact]
    public async Task A_missing_runtime_is_reported_on_one_line()
    {
        using var host = HostProcess.StartProgram("/usr/bin/env", ["MONTY_BIN=/nowhere/monty", HostProcess.Executable, "ladder"]);

        var result = await host.EndAsync();

        result.ExitCode.ShouldBe(3);
        result.Error.ShouldStartWith("error: The Monty runtime was not found: ");
        result.Error.TrimEnd('\n').ShouldNotContain("\n");
    }

    [Fact]
    public async Task A_terminal_shows_a_progress_bar()
    {
        const string Script = "/usr/bin/script";
        Assert.SkipUnless(File.Exists(Script), "This test needs script(1) to create a pseudo-terminal. Install util-linux.");
        folder.Write("tier_01.json", Good);
        using var host = HostProcess.StartProgram(
            Script,
            ["--quiet", "--return", "--command", $"'{HostProcess.Executable}' ladder '{folder.Path}'", "/dev/null"]
        );

        var result = await host.EndAsync();

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldContain("\r[..............................] 0/2 sum");
        result.Output.ShouldContain("\r[###############...............] 1/2 product");
        result.Output.ShouldContain(" \rtier  1: 1 ok"); // The bar is cleared before the summary.
    }

    private static async Task<HostResult> RunAsync(params string[] arguments)
    {
        using var host = HostProcess.StartProgram(HostProcess.Executable, ["ladder", .. arguments]);
        return await host.EndAsync();
    }
}
