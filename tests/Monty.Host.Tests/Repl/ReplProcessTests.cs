using Monty.Host.Tests.Support;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Repl;

/// <summary>The command <c>repl</c> with its input from a pipe.</summary>
public sealed class ReplProcessTests
{
    [Fact]
    public async Task Inputs_share_a_session_and_values_are_shown_as_repr()
    {
        var result = await HostProcess.ReplAsync(
            """
            x = 20
            def double(n):
                return n * 2

            double(x)
            print('printed')
            None
            'é'
            """
        );

        result.ShouldBe(new HostResult(0, "40\nprinted\n'é'\n", ""));
    }

    [Theory]
    [InlineData("for i in range(2):\n    print(i)\n\n'after'\n", "0\n1\n'after'\n")]
    [InlineData("for i in range(2):\n    print(i)", "0\n1\n")]
    [InlineData("t = [\n  1,\n\n  2,\n]\nt\n", "[1, 2]\n")]
    [InlineData("'''a\n\nb'''\n", "'a\\n\\nb'\n")]
    [InlineData("1 + \\\n2\n", "3\n")]
    [InlineData("if 1: print('one')\n\n", "one\n")]
    [InlineData("def f():\n    return 1\nf()\n", "1\n")]
    [InlineData("\n\n  \n5\n", "5\n")]
    [InlineData("print('no end', end='')\n5\n", "no end\n5\n")]
    [InlineData("# only a comment\n", "")]
    [InlineData("", "")]
    public async Task An_input_ends_where_its_Python_code_is_complete(string lines, string output) =>
        (await HostProcess.ReplAsync(lines)).ShouldBe(new HostResult(0, output, ""));

    [Fact]
    public async Task An_error_is_shown_with_the_inputs_in_its_traceback_and_keeps_the_state()
    {
        var result = await HostProcess.ReplAsync("def f(n):\n    return 1 / n\n\nx = 1\nx = f(0)\nx\n");

        result.Output.ShouldBe("1\n");
        result.Error.ShouldBe(
            """
            Traceback (most recent call last):
              File "<python-input-2>", line 1, in <module>
                x = f(0)
              File "<python-input-0>", line 2, in f
                return 1 / n
                       ~~^~~
            ZeroDivisionError: division by zero

            """
        );
        result.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Tools_inputs_and_the_preamble_are_available_and_restored_by_a_reset()
    {
        using var folder = new TempFolder();
        var preamble = folder.Write("start.py", "import json\nprint('ready', city)\n");

        var result = await HostProcess.ReplAsync(
            "json.dumps([city, price('tea')])\ncity = 'Oslo'\n:reset\ncity\nunknown(1)\n",
            "--preamble",
            preamble,
            "--input",
            "city=\"Lisbon\"",
            "--tool",
            "price=2.5"
        );

        result.Output.ShouldBe("ready Lisbon\n'[\"Lisbon\", 2.5]'\nready Lisbon\n'Lisbon'\n");
        result.ErrorWithoutCalls.ShouldEndWith("NameError: name 'unknown' is not defined\n");
    }

    [Fact]
    public async Task With_a_type_check_an_input_with_errors_does_not_run_and_imports_are_remembered()
    {
        var result = await HostProcess.ReplAsync(
            "import json\njson.dumps(f(1))\nprint('ran'); f('a') + ''\njson.nope\n",
            "--type-check",
            "--tool",
            "f=1"
        );

        result.Output.ShouldBe("'1'\nran\n");
        result.ErrorWithoutCalls.ShouldContain("TypeError: ");
        result.Error.ShouldEndWith("error: The type check found 1 error, so nothing ran.\n");
    }

    [Fact]
    public async Task Globals_are_listed_with_their_values_without_changing_the_session()
    {
        var result = await HostProcess.ReplAsync(
            "import math\nn = 1\ntext = 'x' * 500\nclass A:\n    hidden = 1\n\nfor i in range(3): pass\n\ndel_me = 5\n:vars\n1/0\n:vars\n",
            "--input",
            "city=\"Lisbon\""
        );

        var lines = result.Output.TrimEnd('\n').Split('\n');
        lines.Length.ShouldBe(14);
        lines[..7].ShouldBe(lines[7..]);
        lines[1].ShouldBe("city = 'Lisbon'");
        lines[3].ShouldBe("i = 2");
        lines[^1].Length.ShouldBeLessThan(220);
    }

    [Theory]
    [InlineData("1 + 1", "Literal[2]")]
    [InlineData("f", "def f(n: int) -> str")]
    [InlineData("f(1)  # comment", "str")]
    [InlineData("[f(1), 2]", "list[str | int]")]
    [InlineData("v = f(1)", "The type check found no problems.")]
    [InlineData("import json", "The type check found no problems.")]
    [InlineData(
        "f('a')",
        "<type>:1:3: error[invalid-argument-type] Argument to function `f` is incorrect: Expected `int`, found `Literal[\"a\"]`\n    f('a')\n      ^^^\nstr"
    )]
    [InlineData("def (", "<type>:1:5: error[invalid-syntax]")]
    public async Task The_type_of_code_is_shown_without_running_it(string code, string output)
    {
        var result = await HostProcess.ReplAsync($"def f(n: int) -> str:\n    print('ran')\n    return 'a'\n\n:type {code}\n");

        result.Output.ShouldStartWith(output);
        result.Output.ShouldNotContain("ran\n");
        result.Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_saved_session_continues_in_another_process()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "session.dump");

        var saving = await HostProcess.ReplAsync($"import json\ndef f(n: int): return json.dumps(n)\n\nx = 1\n:dump {file}\n");
        var loading = await HostProcess.ReplAsync($"x = 5\n:load {file}\nf(x)\n:vars\n:type f\n:load {folder.Path}\nx\n");

        saving.Output.ShouldStartWith("Saved ");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        loading.Output.ShouldStartWith($"Loaded {file}.\n'1'\nf = <function 'f' at ");
        loading.Output.ShouldEndWith("\nx = 1\ndef f(n: int) -> Unknown\n1\n");
        loading.Error.ShouldStartWith($"error: {folder.Path} cannot be loaded, so the session is unchanged: ");
    }

    [Fact]
    public async Task A_damaged_dump_is_rejected_and_the_session_is_unchanged()
    {
        using var folder = new TempFolder();
        var file = folder.Write("broken.dump", "no dump");

        var result = await HostProcess.ReplAsync($"x = 1\n:load {file}\nx\n:load {file}.nowhere\nx\n");

        result.Output.ShouldBe("1\n1\n");
        result.Error.ShouldContain("not a dump made by this library");
    }

    [Theory]
    [InlineData(":bogus", "error: Unknown command :bogus. The commands are :help, :vars, :type, :dump, :load, :reset, :quit.")]
    [InlineData(":dump", "error: :dump requires an argument: :dump FILE.")]
    [InlineData(":vars all", "error: :vars takes no argument, but 'all' was given.")]
    [InlineData(":dump /nowhere/at/all", "error: The session cannot be saved to /nowhere/at/all: ")]
    public async Task A_failed_command_is_reported_and_the_REPL_continues(string command, string message)
    {
        var result = await HostProcess.ReplAsync($"{command}\n5\n");

        result.Output.ShouldBe("5\n");
        result.Error.ShouldStartWith(message);
    }

    [Fact]
    public async Task Help_lists_every_command_and_quit_ends_the_REPL()
    {
        var result = await HostProcess.ReplAsync("  :help\n:quit\nprint('not read')\n");

        foreach (var name in new[] { ":help", ":vars", ":type CODE", ":dump FILE", ":load FILE", ":reset", ":quit" })
        {
            result.Output.ShouldContain(name);
        }

        result.Output.ShouldNotContain("not read");
    }

    [Fact]
    public async Task An_input_that_crashes_the_worker_loses_only_its_own_changes()
    {
        var result = await HostProcess.ReplAsync("x = 1\ny = [0] * 10**12\nx\n");

        result.Output.ShouldBe("1\n");
        result.Error.ShouldContain("The session was restored to its state before this input.");
    }

    [Theory]
    [InlineData("y = 'x' * 300_000_000", "The dump of the session takes ")]
    [InlineData("y = 'x' * 300_000_000; 1 / 0", "ZeroDivisionError: division by zero")]
    public async Task An_input_after_which_the_session_is_too_large_to_save_loses_only_its_own_changes(string input, string error)
    {
        var result = await HostProcess.ReplAsync($"y = 1\n{input}\ny\n");

        result.Output.ShouldBe("1\n");
        result.Error.ShouldContain(error);
        result.Error.ShouldContain("The session was restored to its state before this input.");
    }

    [Fact]
    public async Task Each_input_has_the_whole_time_limit_for_itself()
    {
        const string Loop = "while True: x += 1\n\n";
        var result = await HostProcess.ReplAsync($"x = 1\n{Loop}{Loop}for i in range(1000): x += 1\n\nx\n", "--max-duration", "1s");

        result.Output.ShouldBe("1001\n");
        const string Failed = """
              while True: x += 1
            TimeoutError: feed time limit exceeded: it ran longer than 1 s
            The session was restored to its state before this input.

            """;
        result.Error.ShouldBe(
            $"Traceback (most recent call last):\n  File \"<python-input-1>\", line 1, in <module>\n  {Failed}"
                + $"Traceback (most recent call last):\n  File \"<python-input-2>\", line 1, in <module>\n  {Failed}"
        );
    }

    [Fact]
    public async Task Ctrl_C_stops_the_running_input_and_keeps_the_session()
    {
        using var host = HostProcess.StartProgram(HostProcess.Executable, ["repl"]);
        await host.Input.WriteAsync("x = 1\nif x:\n    x = 2\n    print('started')\n    while True: pass\n\nx\n");
        await host.Input.FlushAsync();
        await host.WaitForLineAsync("started");

        host.Signal(Signals.Interrupt);

        (await host.WaitForLineAsync("1")).ShouldBe("1");
        var end = await host.EndAsync();
        end.ExitCode.ShouldBe(0);
        end.Error.ShouldBe("KeyboardInterrupt\nThe session was restored to its state before this input.\n");
    }

    [Theory]
    [InlineData(2, "error: --history and --no-history contradict each other. Remove one of them.", "--history", "x", "--no-history")]
    [InlineData(2, "error: --stubs has no effect without --type-check. Add --type-check.", "--stubs", "x")]
    [InlineData(2, "error: The preamble nowhere.py does not exist.", "--preamble", "nowhere.py")]
    [InlineData(3, "error: The runtime cannot be started: the file /nowhere given with --runtime does not exist.", "--runtime", "/nowhere")]
    public async Task Invalid_options_are_reported_on_one_line(int exitCode, string message, params string[] arguments)
    {
        var result = await HostProcess.ReplAsync("1\n", arguments);

        result.ExitCode.ShouldBe(exitCode);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldStartWith(message);
    }
}
