using Monty.Host.Tests.Support;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Run;

public sealed class UsageTests
{
    [Theory]
    [InlineData("There is no script to run. Name a FILE, use -c CODE, or use '-' to read standard input.")]
    [InlineData("Both the file x.py and -c are given. Remove one of them.", "x.py", "-c", "1")]
    [InlineData("Required argument missing for option: '-c'.", "-c")]
    [InlineData("Unknown option --bogus. For a file of this name write ./--bogus.", "--bogus")]
    [InlineData("Unknown option --bogus. For a file of this name write ./--bogus.", "-c", "1", "--bogus")]
    [InlineData("The FILE argument is empty. Name a script,", "")]
    [InlineData("Unrecognized command or argument 'b.py'.", "a.py", "b.py")]
    [InlineData("The script nowhere.py does not exist. Correct the path. Relative paths start from ", "nowhere.py")]
    [InlineData("The tools file nowhere.json does not exist.", "-c", "1", "--tools", "nowhere.json")]
    [InlineData("The stubs file nowhere.pyi does not exist.", "-c", "1", "--type-check", "--stubs", "nowhere.pyi")]
    [InlineData("--stubs has no effect without --type-check. Add --type-check.", "-c", "1", "--stubs", "x.pyi")]
    [InlineData("The script cannot be read: samples is a directory. Name a file in it.", "samples")]
    [InlineData("--input: 'x' has no value. Write NAME=JSON, such as count=3 or 'city=\"Lisbon\"'.", "-c", "1", "--input", "x")]
    [InlineData("--input: the value of city cannot be read: line 1, column 1: ", "-c", "1", "--input", "city=Lisbon")]
    [InlineData("--input: the value of x cannot be read: ", "-c", "1", "--input", "x={\"$tuple\": 1}")]
    [InlineData("--input x is given twice. Remove one of them.", "-c", "1", "--input", "x=1", "--input", "x=2")]
    [InlineData("The input name 'a-b' is not a Python identifier.", "-c", "1", "--input", "a-b=1")]
    [InlineData("--tool: the value of f cannot be read: ", "-c", "1", "--tool", "f=")]
    [InlineData("The tool f is given twice with --tool or --async-tool.", "-c", "1", "--tool", "f=1", "--async-tool", "f=1")]
    [InlineData(
        "A script cannot call the tool 'a b'. Use a name that is a Python identifier and that the runtime does not define itself.",
        "-c",
        "1",
        "--tool",
        "a b=1"
    )]
    [InlineData("--max-duration: '-1s' is negative. Write a number with ms, s, m or h,", "-c", "1", "--max-duration", "-1s")]
    [InlineData("--max-duration: '5 days' cannot be read. Write a number with ms, s, m or h,", "-c", "1", "--max-duration", "5 days")]
    [InlineData("--max-duration: '2000h' is more than the maximum of 1000h.", "-c", "1", "--max-duration", "2000h")]
    [InlineData("--max-memory: '64XB' cannot be read. Write a number with kB, MB,", "-c", "1", "--max-memory", "64XB")]
    [InlineData("--max-memory: '-1' is negative.", "-c", "1", "--max-memory", "-1")]
    [InlineData(
        "--max-recursion-depth: '-1' is not a valid count. Write a whole number from 0 to 2147483647.",
        "-c",
        "1",
        "--max-recursion-depth",
        "-1"
    )]
    [InlineData("--max-suspensions: 'many' is not a valid count.", "-c", "1", "--max-suspensions", "many")]
    [InlineData(
        "Option '--max-memory' expects a single argument but 2 were provided.",
        "-c",
        "1",
        "--max-memory",
        "1",
        "--max-memory",
        "2"
    )]
    [InlineData("ScriptName is empty.", "-c", "1", "--script-name", "")]
    public async Task Bad_input_is_reported_on_one_line(string message, params string[] arguments)
    {
        var result = await HostProcess.RunAsync(arguments);

        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldStartWith($"error: {message}");
        result.Error.TrimEnd('\n').ShouldNotContain("\n");
    }

    [Fact]
    public async Task A_script_that_is_not_UTF_8_is_rejected()
    {
        var result = await HostProcess.RunWithInputAsync(new byte[] { (byte)'x', 0xff }, "-");

        result.ShouldBe(new HostResult(2, "", "error: standard input is not UTF-8: byte ff at offset 1 is invalid. Save it as UTF-8.\n"));
    }

    [Fact]
    public async Task A_tools_file_with_an_unknown_key_is_rejected_before_the_script_runs()
    {
        using var folder = new TempFolder();
        var tools = folder.Write("agent.tools.json", """{"weather": {"dely_ms": 5, "return": 1}}""");
        var script = folder.Write("agent.py", "print('ran')");

        var result = await HostProcess.RunAsync(script);

        result.ShouldBe(
            new HostResult(
                2,
                "",
                $"error: {tools}: weather: unknown key 'dely_ms'. Use one of: async, delay_ms, return, raise, by_arguments, in_order, otherwise.\n"
            )
        );
    }

    [Theory]
    [InlineData("The command is missing. The commands are run, repl and ladder.")]
    [InlineData("Unknown command 'agent.py'. The commands are run, repl and ladder.", "agent.py")]
    [InlineData("Unknown command '--bogus'. The commands are run, repl and ladder.", "--bogus")]
    public async Task A_known_command_is_required(string message, params string[] arguments)
    {
        using var host = HostProcess.StartProgram(HostProcess.Executable, arguments);

        (await host.EndAsync()).ShouldBe(new HostResult(2, "", $"error: {message} See 'montynet --help'.\n"));
    }

    [Fact]
    public async Task Code_that_starts_with_an_at_sign_is_not_a_response_file()
    {
        var result = await HostProcess.RunAsync("-c", "@staticmethods\ndef f(): pass", "--tool", "other=1");

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain("NameError: name 'staticmethods' is not defined");
    }

    [Fact]
    public async Task Help_lists_the_options_exit_codes_and_examples()
    {
        var result = await HostProcess.RunAsync("--help");

        result.ExitCode.ShouldBe(0);
        result.Error.ShouldBeEmpty();
        foreach (
            var word in new[]
            {
                "FILE",
                "-c <CODE>",
                "--input <NAME=JSON>",
                "--tools",
                "--max-duration",
                "--json",
                "Exit codes: 0 done",
                "montynet run [<FILE>] [options]",
                "Examples:\n  montynet run ",
            }
        )
        {
            result.Output.ShouldContain(word);
        }
    }
}
