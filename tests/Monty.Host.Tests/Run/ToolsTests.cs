using Monty.Host.Tests.Support;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Run;

public sealed class ToolsTests
{
    private const string Weather = """
        {
          "weather": {
            "async": true,
            "by_arguments": [
              { "args": ["Oslo"], "return": 4, "delay_ms": 2000 },
              { "args": ["Rome"], "kwargs": { "unit": "C" }, "return": 21 },
              { "args": ["Mars"], "raise": { "type": "ValueError", "message": "no such place" } }
            ]
          },
          "roll": { "in_order": [{ "return": 6 }, { "return": 1 }], "otherwise": { "return": 0 } },
          "today": { "return": { "$date": "2026-05-08" } }
        }
        """;

    [Fact]
    public async Task The_tools_file_beside_the_script_answers_its_calls()
    {
        using var folder = new TempFolder();
        folder.Write("agent.tools.json", Weather);
        var script = folder.Write("agent.py", "(today(), await weather('Rome', unit='C'), roll(), roll(), roll())");

        var result = await HostProcess.RunAsync(script);

        result.Output.ShouldBe("(datetime.date(2026, 5, 8), 21, 6, 1, 0)\n");
        result.Error.ShouldBe(
            """
            [call] today() -> datetime.date(2026, 5, 8)
            [call] weather('Rome', unit='C') -> 21
            [call] roll() -> 6
            [call] roll() -> 1
            [call] roll() -> 0

            """
        );
    }

    [Fact]
    public async Task Calls_of_one_gather_are_answered_in_parallel()
    {
        using var folder = new TempFolder();
        var tools = folder.Write("any.json", Weather);

        var result = await HostProcess.RunAsync(
            "--tools",
            tools,
            "-c",
            "import asyncio\nawait asyncio.gather(weather('Oslo'), weather('Rome', unit='C'))"
        );

        result.Output.ShouldBe("[4, 21]\n");
        result.Calls.ShouldBe(["weather('Rome', unit='C') -> 21", "weather('Oslo') -> 4"]);
    }

    [Fact]
    public async Task The_script_can_catch_the_exception_of_a_tool()
    {
        using var folder = new TempFolder();
        var tools = folder.Write("any.json", Weather);

        var result = await HostProcess.RunAsync(
            "--tools",
            tools,
            "-c",
            "try:\n    await weather('Mars')\nexcept ValueError as error:\n    print('caught', error)"
        );

        result.ShouldBe(new HostResult(0, "caught no such place\n", "[call] weather('Mars') -> raises ValueError: no such place\n"));
    }

    [Fact]
    public async Task A_call_without_an_answer_in_the_tools_file_raises_a_LookupError()
    {
        using var folder = new TempFolder();
        var tools = folder.Write("any.json", Weather);

        var result = await HostProcess.RunAsync("--tools", tools, "-c", "await weather('Bergen')");

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldEndWith(
            "LookupError: the tools file has no answer for weather('Bergen'); add an answer, or add 'otherwise' to weather\n"
        );
    }

    [Fact]
    public async Task Tools_of_the_command_line_override_tools_of_the_file()
    {
        using var folder = new TempFolder();
        folder.Write("agent.tools.json", Weather);
        var script = folder.Write("agent.py", "import asyncio\n(roll(), await asyncio.gather(weather('Bergen'), fetch(url='x')))");

        var result = await HostProcess.RunAsync(
            script,
            "--tool",
            "roll=[1, 2]",
            "--async-tool",
            "weather=\"rain\"",
            "--async-tool",
            "fetch={\"$bytes\": \"AA==\"}"
        );

        result.Output.ShouldBe("([1, 2], ['rain', b'\\x00'])\n");
    }

    [Fact]
    public async Task Three_async_tools_can_be_gathered()
    {
        var result = await HostProcess.RunAsync(
            "-c",
            "import asyncio\nawait asyncio.gather(a(1), b(2), c(3))",
            "--async-tool",
            "a=1",
            "--async-tool",
            "b=\"two\"",
            "--async-tool",
            "c={\"$tuple\": [3]}"
        );

        result.Output.ShouldBe("[1, 'two', (3,)]\n");
        result.Calls.ShouldBe(["a(1) -> 1", "b(2) -> 'two'", "c(3) -> (3,)"]);
    }

    [Fact]
    public async Task A_tool_can_be_stored_in_a_variable()
    {
        var result = await HostProcess.RunAsync("-c", "functions = {'f': fetch}\nfunctions['f'](2)", "--tool", "fetch=3");

        result.Output.ShouldBe("3\n");
    }

    [Fact]
    public async Task Without_a_terminal_an_unknown_call_raises_a_NameError()
    {
        var result = await HostProcess.RunAsync("-c", "ask('who?')");

        result.ShouldBe(
            new HostResult(
                1,
                "",
                """
                [call] ask('who?') -> not found
                Traceback (most recent call last):
                  File "<string>", line 1, in <module>
                    ask('who?')
                    ^^^
                NameError: name 'ask' is not defined

                """
            )
        );
    }

    [Fact]
    public async Task The_logged_line_of_a_call_is_truncated_and_escaped()
    {
        var result = await HostProcess.RunAsync(
            "-c",
            "len(show('\\x1b[2J' + 'y' * 5000))",
            "--tool",
            $"show=\"\\u001b[31m\\u202e{new string('z', 5000)}\""
        );

        var line = result.Calls.ShouldHaveSingleItem();
        line.ShouldStartWith("show('\\x1b[2Jyyyy");
        line.ShouldContain("… -> '\\x1b[31m\\u202ezzzz");
        line.Length.ShouldBeLessThan(200);
    }

    [Fact]
    public async Task A_call_that_outlives_the_script_is_dropped()
    {
        using var folder = new TempFolder();
        var tools = folder.Write(
            "any.json",
            """{"slow": {"async": true, "return": 1, "delay_ms": 60000}, "bad": {"async": true, "raise": {"type": "ValueError"}, "delay_ms": 1}}"""
        );

        var result = await HostProcess.RunAsync("--tools", tools, "-c", "import asyncio\nawait asyncio.gather(slow(), bad())");

        result.ExitCode.ShouldBe(1);
        result.Calls.ShouldBe(["bad() -> raises ValueError", "slow() -> dropped, as the script no longer waits for it"]);
    }
}
