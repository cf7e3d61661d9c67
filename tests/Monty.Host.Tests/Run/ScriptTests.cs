using System.Runtime.Versioning;
using System.Text;
using Monty.Host.Tests.Support;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Run;

[SupportedOSPlatform("linux")]
public sealed class ScriptTests
{
    [Theory]
    [InlineData("2**200", "1606938044258990275541962092341162602522202993782792835301376\n")]
    [InlineData("(1, {2}, b'x')", "(1, {2}, b'x')\n")]
    [InlineData("'text'", "'text'\n")]
    [InlineData("None", "")]
    [InlineData("x = 1", "")]
    [InlineData("", "")]
    [InlineData("-1", "-1\n")]
    public async Task The_value_is_shown_as_in_an_interactive_Python(string code, string shown)
    {
        var result = await HostProcess.RunAsync("-c", code);

        result.ShouldBe(new HostResult(0, shown, ""));
    }

    [Fact]
    public async Task Tracebacks_show_the_path_of_the_file_as_given()
    {
        using var folder = new TempFolder();
        var path = folder.Write("agent.py", "print('hello')\nundefined_name");

        var result = await HostProcess.RunAsync(path);

        result.ExitCode.ShouldBe(1);
        result.Output.ShouldBe("hello\n");
        result.Error.ShouldStartWith($"Traceback (most recent call last):\n  File \"{path}\", line 2, in <module>\n");
    }

    [Fact]
    public async Task A_script_from_standard_input_has_the_traceback_of_CPython()
    {
        var result = await HostProcess.RunWithInputAsync("print(1/0)\n"u8.ToArray(), "-");

        result.ShouldBe(
            new HostResult(
                1,
                "",
                """
                Traceback (most recent call last):
                  File "<stdin>", line 1, in <module>
                    print(1/0)
                          ~^~
                ZeroDivisionError: division by zero

                """
            )
        );
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public async Task Line_endings_become_line_feeds_as_in_CPython(string end)
    {
        var script = Encoding.UTF8.GetBytes($"s = \"\"\"a{end}b\"\"\"{end}print(1, \\{end}  2){end}s");

        (await HostProcess.RunWithInputAsync(script, "-")).ShouldBe(new HostResult(0, "1 2\n'a\\nb'\n", ""));
    }

    [Fact]
    public async Task Code_of_the_command_line_is_named_string_as_in_CPython() =>
        (await HostProcess.RunAsync("-c", "1/0")).Error.ShouldContain("File \"<string>\", line 1");

    [Fact]
    public async Task The_name_of_the_script_can_be_set() =>
        (await HostProcess.RunAsync("-c", "1/0", "--script-name", "agent 7")).Error.ShouldContain("File \"agent 7\", line 1");

    [Fact]
    public async Task A_syntax_error_is_a_failure_of_the_script()
    {
        var result = await HostProcess.RunAsync("-c", "def (");

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain("SyntaxError: ");
    }

    [Fact]
    public async Task Printed_text_is_written_immediately()
    {
        using var host = HostProcess.Start("-c", "print('first')\nwhile True: pass");

        (await host.WaitForLineAsync("first")).ShouldBe("first");

        ProcessTable.ChildrenOf(host.Id).Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_value_starts_on_its_own_line()
    {
        var result = await HostProcess.RunAsync("-c", "print('no end', end='')\n42");

        result.Output.ShouldBe("no end\n42\n");
    }

    [Fact]
    public async Task Inputs_keep_their_Python_types()
    {
        var result = await HostProcess.RunAsync(
            "-c",
            "(city, pair, type(pair).__name__, big + 1)",
            "--input",
            "city=\"Lisböa\"",
            "--input",
            "pair={\"$tuple\": [1, null]}",
            "--input",
            "big=100000000000000000000"
        );

        result.ShouldBe(new HostResult(0, "('Lisböa', (1, None), 'tuple', 100000000000000000001)\n", ""));
    }

    [Fact]
    public async Task A_byte_order_mark_is_not_part_of_the_script()
    {
        var result = await HostProcess.RunWithInputAsync(Encoding.UTF8.GetPreamble().Concat("1/0"u8.ToArray()).ToArray(), "-");

        result.Error.ShouldContain("\n    1/0\n    ~^~\n");
    }

    [Fact]
    public async Task A_call_that_was_not_awaited_to_its_end_is_a_warning()
    {
        using var folder = new TempFolder();
        var tools = folder.Write("x.json", """{"slow": {"async": true, "return": 1, "delay_ms": 60000}}""");
        const string Code = """
            import asyncio
            async def fail():
                raise ValueError()
            try:
                await asyncio.gather(slow(), fail())
            except ValueError:
                pass
            'done'
            """;

        var result = await HostProcess.RunAsync("-c", Code, "--tools", tools);

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldBe("'done'\n");
        result.Error.ShouldContain("warning: Call 0 of slow was not awaited to its end");
    }

    [Fact]
    public async Task A_script_ends_when_the_reader_closes_its_output()
    {
        using var host = HostProcess.Start("-c", "while True: print('again')");
        await host.WaitForLineAsync("again");
        var worker = ProcessTable.ChildrenOf(host.Id).ShouldHaveSingleItem().Id;
        host.Output.Close();

        var result = await host.EndAfterOutputIsClosedAsync();

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldStartWith("error: Standard output cannot be written");
        ProcessTable.Find(worker).ShouldBeNull();
    }

    [Theory]
    [InlineData("> /dev/full", 1)]
    [InlineData("--json > /dev/full", 1)]
    [InlineData(">&-", 1)]
    [InlineData("2> /dev/full", 0)]
    [InlineData("2>&-", 0)]
    [InlineData("<&-", 0)]
    public async Task Only_an_unusable_standard_output_fails_the_run(string redirection, int exitCode)
    {
        using var host = HostProcess.StartProgram(
            "/bin/sh",
            ["-c", $"exec '{HostProcess.Executable}' run -c 'print(f())' --tool f=1 {redirection}"]
        );

        (await host.EndAsync()).ExitCode.ShouldBe(exitCode);
    }

    [Fact]
    public async Task Standard_output_and_standard_error_can_share_a_file()
    {
        using var folder = new TempFolder();
        var log = folder.Write("log", "earlier\n");
        using var host = HostProcess.StartProgram(
            "/bin/sh",
            ["-c", $"exec '{HostProcess.Executable}' run -c 'print(1)\nf()\nprint(2)\n3' --tool f=null >> '{log}' 2>&1"]
        );

        (await host.EndAsync()).ExitCode.ShouldBe(0);

        (await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken)).ShouldBe("earlier\n1\n[call] f() -> None\n2\n3\n");
    }
}
