using Monty.Host.Tests.Support;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Run;

/// <summary>Runs under a pseudo-terminal, which <c>script</c> of util-linux makes.</summary>
public sealed class TerminalTests
{
    private const string Script = "/usr/bin/script";

    [Fact]
    public async Task An_unknown_call_is_put_to_the_person()
    {
        using var host = StartOnTerminal("run -c 'f\"you said {ask(1, k=2)}\"'");
        await host.LineWithAsync("ask(1, k=2) has no tool");
        await TypeAsync(host, "not a value\n");
        await host.LineWithAsync("That is no value");
        await TypeAsync(host, "{'a': (1, None)}\n");
        await host.LineWithAsync("ask(1, k=2) -> {'a': (1, None)}");

        await host.LineWithAsync("\"you said {'a': (1, None)}\"");

        (await host.EndAsync()).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Ctrl_D_leaves_the_name_undefined()
    {
        using var host = StartOnTerminal("run -c 'ask()'");
        await host.LineWithAsync("ask() has no tool");
        await TypeAsync(host, "\u0004");

        await host.LineWithAsync("NameError: name 'ask' is not defined");

        (await host.EndAsync()).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Ctrl_C_at_the_question_ends_the_run()
    {
        using var host = StartOnTerminal("run -c 'ask()'");
        await host.LineWithAsync("ask() has no tool");
        await TypeAsync(host, "\u0003");

        await host.LineWithAsync("interrupted: the worker was ended");

        (await host.EndAsync()).ExitCode.ShouldBe(130);
    }

    [Fact]
    public async Task Ctrl_C_ends_an_endless_script()
    {
        using var host = StartOnTerminal("run -c 'print(\"started\")\nwhile True: pass'");
        await host.LineWithAsync("started");
        await TypeAsync(host, "\u0003");

        await host.LineWithAsync("interrupted: the worker was ended");

        (await host.EndAsync()).ExitCode.ShouldBe(130);
    }

    private static HostProcess StartOnTerminal(string command)
    {
        Assert.SkipUnless(File.Exists(Script), "There is no script(1) to make a pseudo-terminal; install util-linux.");
        return HostProcess.StartProgram(Script, ["--quiet", "--return", "--command", $"'{HostProcess.Executable}' {command}", "/dev/null"]);
    }

    private static async Task TypeAsync(HostProcess host, string keys)
    {
        await host.Input.WriteAsync(keys);
        await host.Input.FlushAsync();
    }
}
