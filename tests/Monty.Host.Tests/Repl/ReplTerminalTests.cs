using System.Runtime.Versioning;
using Monty.Host.Tests.Support;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Repl;

/// <summary>The command <c>repl</c> on a pseudo-terminal, which <c>script</c> of util-linux creates.</summary>
[SupportedOSPlatform("linux")]
public sealed class ReplTerminalTests : IDisposable
{
    private const string Script = "/usr/bin/script";
    private const string Up = "\e[A";
    private const string Left = "\e[D";
    private const string CtrlC = "\u0003";
    private const string Prompt = ">>> ";
    private const string CtrlD = "\u0004";
    private readonly TempFolder folder = new();

    private string History => Path.Combine(folder.Path, "history");

    [Fact]
    public async Task Lines_are_edited_recalled_and_completed_and_a_blank_line_ends_a_block()
    {
        using var host = Start();
        await host.WaitForTextAsync(Prompt);
        await TypeAsync(host, $"number = 4{Left}{Left}{Left}{Left}\u000542 - 1\r", "nu\t + 1\r");
        await host.WaitForExactLineAsync("442");
        await TypeAsync(host, "def double(n):\r\treturn n * 2\r\r", "dou\t(number)\r");
        await host.WaitForExactLineAsync("882");
        await TypeAsync(host, $"{Up}{Left}{Left}\u0017\u000b5 + 1)\r");
        await host.WaitForExactLineAsync("12");
        await TypeAsync(host, CtrlD);

        (await host.EndAsync()).ExitCode.ShouldBe(0);
        (await File.ReadAllLinesAsync(History, TestContext.Current.CancellationToken)).ShouldBe([
            "number = 442 - 1",
            "number + 1",
            "def double(n):",
            "    return n * 2",
            "double(number)",
            "double(5 + 1)",
        ]);
    }

    [Fact]
    public async Task Ctrl_C_discards_the_input_and_stops_running_code()
    {
        using var host = Start("--no-history");
        await host.WaitForTextAsync(Prompt);
        await TypeAsync(host, "x = 1\r", "'x was', x\r");
        await host.WaitForExactLineAsync("('x was', 1)");
        await host.WaitForTextAsync(Prompt);
        await TypeAsync(host, "if x:\r");
        await host.WaitForTextAsync("... ");
        await TypeAsync(host, CtrlC);
        await host.WaitForLineAsync("KeyboardInterrupt");
        await host.WaitForTextAsync(Prompt);
        await TypeAsync(host, "if x:\r\tx = 2\r\tprint('started ' + 'now')\r\twhile True: pass\r\r");
        await host.WaitForLineAsync("started now");
        await TypeAsync(host, CtrlC);
        await host.WaitForLineAsync("KeyboardInterrupt");
        await host.WaitForLineAsync("The session was restored to its state before this input.");
        await TypeAsync(host, "'x is', x\r");
        await host.WaitForExactLineAsync("('x is', 1)");
        await TypeAsync(host, ":quit\r");

        (await host.EndAsync()).ExitCode.ShouldBe(0);
        File.Exists(History).ShouldBeFalse();
    }

    [Fact]
    public async Task SIGINT_at_the_prompt_has_the_same_effect_as_Ctrl_C()
    {
        using var host = Start();
        await host.WaitForTextAsync(Prompt);
        await TypeAsync(host, "if 1:\r");
        await host.WaitForTextAsync("... ");

        Signals.Send(FindRepl(host.Id), Signals.Interrupt);

        await host.WaitForLineAsync("KeyboardInterrupt");
        await TypeAsync(host, "'still here'\r");
        await host.WaitForExactLineAsync("'still here'");
        await TypeAsync(host, CtrlD);
        (await host.EndAsync()).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Several_completions_are_listed_and_an_unfinished_printed_line_stays_visible()
    {
        using var host = Start();
        await host.WaitForTextAsync(Prompt);
        await TypeAsync(host, "pri\t");
        await TypeAsync(host, "\t('no end', end='')\r");
        await host.WaitForExactLineAsync("no end");
        await TypeAsync(host, "price_one = price_two = 7\r", "price_\t\tone + 1\r");
        await host.WaitForLineAsync("price_one  price_two");
        await host.WaitForExactLineAsync("8");
        await TypeAsync(host, CtrlD);

        (await host.EndAsync()).ExitCode.ShouldBe(0);
    }

    public void Dispose() => folder.Dispose();

    private HostProcess Start(params string[] options)
    {
        Assert.SkipUnless(File.Exists(Script), "This test needs script(1) to create a pseudo-terminal. Install util-linux.");
        var history = options.Length == 0 ? $"--history '{History}'" : string.Join(' ', options);
        // Without exec, Ctrl-C would also end the shell, and the exit code of the REPL would be lost.
        return HostProcess.StartProgram(
            Script,
            ["--quiet", "--return", "--command", $"exec env TERM=xterm '{HostProcess.Executable}' repl {history}", "/dev/null"]
        );
    }

    /// <summary>Finds the REPL among the descendants of <c>script</c>.</summary>
    private static int FindRepl(int script)
    {
        var children = ProcessTable.ChildrenOf(script);
        return children.FirstOrDefault(c => c.Name == "montynet")?.Id ?? children.Select(c => FindRepl(c.Id)).First(id => id > 0);
    }

    private static async Task TypeAsync(HostProcess host, params string[] keys)
    {
        foreach (var piece in keys)
        {
            await host.Input.WriteAsync(piece);
        }

        await host.Input.FlushAsync();
    }
}
