using Monty.Host.Tests.Support;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Run;

/// <summary>The command <c>run</c> on a pseudo-terminal, which <c>script</c> of util-linux creates.</summary>
public sealed class TerminalTests
{
    private const string Script = "/usr/bin/script";

    [Fact]
    public async Task The_user_is_asked_to_answer_an_unknown_call()
    {
        using var host = StartOnTerminal("run -c 'f\"you said {ask(1, k=2)}\"'");
        await host.WaitForLineAsync("ask(1, k=2) has no tool");
        await TypeAsync(host, "not a value\n");
        await host.WaitForLineAsync("The answer cannot be read");
        await TypeAsync(host, "{'a': (1, None)}\n");
        await host.WaitForLineAsync("ask(1, k=2) -> {'a': (1, None)}");

        await host.WaitForLineAsync("\"you said {'a': (1, None)}\"");

        (await host.EndAsync()).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Ctrl_D_leaves_the_name_undefined()
    {
        using var host = StartOnTerminal("run -c 'ask()'");
        await host.WaitForLineAsync("ask() has no tool");
        await TypeAsync(host, "\u0004");

        await host.WaitForLineAsync("NameError: name 'ask' is not defined");

        (await host.EndAsync()).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Ctrl_C_at_the_question_ends_the_run()
    {
        using var host = StartOnTerminal("run -c 'ask()'");
        await host.WaitForLineAsync("ask() has no tool");
        await TypeAsync(host, "\u0003");

        await host.WaitForLineAsync("interrupted: the worker was stopped");

        (await host.EndAsync()).ExitCode.ShouldBe(130);
    }

    [Fact]
    public async Task Ctrl_C_ends_an_endless_script()
    {
        using var host = StartOnTerminal("run -c 'print(\"started\")\nwhile True: pass'");
        await host.WaitForLineAsync("started");
        await TypeAsync(host, "\u0003");

        await host.WaitForLineAsync("interrupted: the worker was stopped");

        (await host.EndAsync()).ExitCode.ShouldBe(130);
    }

    private static HostProcess StartOnTerminal(string command)
    {
        Assert.SkipUnless(File.Exists(Script), "This test needs script(1) to create a pseudo-terminal. Install util-linux.");
        return HostProcess.StartProgram(Script, ["--quiet", "--return", "--command", $"'{HostProcess.Executable}' {command}", "/dev/null"]);
    }

    private static async Task TypeAsync(HostProcess host, string keys)
    {
        await host.Input.WriteAsync(keys);
        await host.Input.FlushAsync();
    }
}
