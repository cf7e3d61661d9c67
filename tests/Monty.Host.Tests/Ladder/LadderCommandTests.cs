using System.Text.Json;
using Monty.Host.Tests.Support;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Ladder;

/// <summary>The verb as a process: streams, files and exit codes.</summary>
public sealed class LadderCommandTests : IDisposable
{
    private const string Good =
        """[{"id": 1, "tier": 1, "name": "sum", "code": "1 + 1", "expected": 2}, {"id": 2, "tier": 2, "name": "product", "code": "2 * 3", "expected": 6}]""";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_good_folder_exits_with_0_and_says_so_on_standard_error_only()
    {
        folder.Write("tier_01.json", Good);

        var result = await RunAsync(folder.Path);

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldMatch("^tier  1: 1 ok\ntier  2: 1 ok\n2 fixtures on the path interop in [0-9.]+ s: 2 ok\n$");
    }

    [Fact]
    public async Task The_repositorys_own_set_is_the_default_and_good()
    {
        var result = await RunAsync(); // the tests run beside a copy of it

        result.ExitCode.ShouldBe(0);
        result.Error.ShouldContain(" ok, 9 xfail\n");
    }

    [Fact]
    public async Task Lines_go_to_standard_output_for_a_dash()
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
    [InlineData("""{"code": "1", "xfail": "a gap"}""", 1, "XPASS 1 x: it passes, so the gap is closed: a gap\n")]
    [InlineData("""{"code": "1", "expected": 2, "xfail": "a gap"}""", 0, "tier  1: 0 ok, 1 xfail\n")]
    [InlineData(
        """{"code": "1", "expected": 2, "expectedColour": "red"}""",
        0,
        "skipped 1 x: unknown field expectedColour\ntier  1: 0 ok, 1 skipped\n"
    )]
    public async Task What_is_not_ok_is_shown_and_decides(string fixture, int exitCode, string error)
    {
        folder.Write("tier_01.json", $$"""[{"id": 1, "tier": 1, "name": "x", {{fixture[1..]}}]""");

        var result = await RunAsync(folder.Path);

        result.ExitCode.ShouldBe(exitCode);
        result.Error.ShouldStartWith(error);
    }

    [Theory]
    [InlineData("2", "product")]
    [InlineData("SU", "sum")]
    public async Task A_filter_leaves_the_others_out(string filter, string name)
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
    public async Task A_durable_session_gives_what_the_library_gives()
    {
        var (library, durable) = (Path.Combine(folder.Path, "a.jsonl"), Path.Combine(folder.Path, "b.jsonl"));
        await RunAsync("--path", "interop", "--jsonl", library);
        (await RunAsync("--path", "session", "--jsonl", durable)).Error.ShouldContain("fixtures on the path session");

        var result = await RunAsync("--compare", library, durable);

        result.ShouldBe(new HostResult(0, "", $"{library} and {durable} are equal.\n"));
    }

    [Fact]
    public async Task Runs_that_differ_exit_with_1_and_each_difference_is_a_line_of_standard_output()
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
    [InlineData("There is no folder nowhere. Correct the path; it starts from ", "nowhere")]
    [InlineData("There is no option --fast. For a folder of this name write ./--fast.", "--fast")]
    [InlineData("There is no path telepathy. Known are: interop, session.", "--path", "telepathy")]
    [InlineData("No fixture in ./fixtures fits --filter nothing_like_it.", "--filter", "nothing_like_it")]
    [InlineData("--jsonl: nowhere/x.jsonl cannot be written: ", "--jsonl", "nowhere/x.jsonl")]
    [InlineData("Required argument missing for option: '--compare'.", "--compare", "a.jsonl")]
    [InlineData("There is no file of results a.jsonl. Correct the path;", "--compare", "a.jsonl", "b.jsonl")]
    [InlineData("--compare runs nothing, so it takes two files and nothing else.", "--compare", "a.jsonl", "b.jsonl", "--path", "interop")]
    [InlineData("--compare runs nothing, so it takes two files and nothing else.", "fixtures", "--compare", "a.jsonl", "b.jsonl")]
    public async Task Bad_input_is_one_clear_line(string message, params string[] arguments)
    {
        var result = await RunAsync(arguments);

        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldStartWith($"error: {message}");
        result.Error.TrimEnd('\n').ShouldNotContain("\n");
    }

    [Fact]
    public async Task Nothing_is_run_when_an_id_is_there_twice()
    {
        folder.Write("tier_01.json", Good);
        folder.Write("tier_02.json", Good);

        var result = await RunAsync(folder.Path);

        result.ExitCode.ShouldBe(2);
        result.Error.ShouldStartWith("error: The id 1 is there twice, in ");
    }

    [Fact]
    public async Task Ctrl_C_ends_the_run_with_a_summary_of_what_was_done()
    {
        folder.Write("tier_01.json", $"{Good[..^1]}, {{\"id\": 3, \"tier\": 3, \"name\": \"endless\", \"code\": \"while True: pass\"}}]");
        using var host = HostProcess.StartProgram(HostProcess.Executable, ["ladder", folder.Path, "--jsonl", "-"]);
        await host.LineWithAsync("\"id\":2");

        host.Signal(Signals.Interrupt);

        var result = await host.EndAsync();
        result.ExitCode.ShouldBe(130);
        result.Error.ShouldMatch("^tier  1: 1 ok\ntier  2: 1 ok\n2 fixtures on .*\ninterrupted: the fixtures after these did not run\n$");
    }

    [Fact]
    public async Task Lines_that_cannot_be_written_end_the_run()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full on this system.");

        var result = await RunAsync("--jsonl", "/dev/full");

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain("error: The results cannot be written any more: ");
    }

    [Fact]
    public async Task Without_a_runtime_nothing_runs_and_one_line_says_why()
    {
        using var host = HostProcess.StartProgram("/usr/bin/env", ["MONTY_BIN=/nowhere/monty", HostProcess.Executable, "ladder"]);

        var result = await host.EndAsync();

        result.ExitCode.ShouldBe(3);
        result.Error.ShouldStartWith("error: The Monty runtime was not found: ");
        result.Error.TrimEnd('\n').ShouldNotContain("\n");
    }

    [Fact]
    public async Task On_a_terminal_a_bar_shows_how_far_it_is()
    {
        const string Script = "/usr/bin/script";
        Assert.SkipUnless(File.Exists(Script), "There is no script(1) to make a pseudo-terminal; install util-linux.");
        folder.Write("tier_01.json", Good);
        using var host = HostProcess.StartProgram(
            Script,
            ["--quiet", "--return", "--command", $"'{HostProcess.Executable}' ladder '{folder.Path}'", "/dev/null"]
        );

        var result = await host.EndAsync();

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldContain("\r[..............................] 0/2 sum");
        result.Output.ShouldContain("\r[###############...............] 1/2 product");
        result.Output.ShouldContain(" \rtier  1: 1 ok"); // the bar made way
    }

    private static async Task<HostResult> RunAsync(params string[] arguments)
    {
        using var host = HostProcess.StartProgram(HostProcess.Executable, ["ladder", .. arguments]);
        return await host.EndAsync();
    }
}
