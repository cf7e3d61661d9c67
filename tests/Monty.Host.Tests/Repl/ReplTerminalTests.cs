using System.Runtime.Versioning;
using Monty.Host.Tests.Support;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Repl;

/// <summary>The verb <c>repl</c> under a pseudo-terminal, which <c>script</c> of util-linux makes.</summary>
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
    public async Task Lines_are_edited_recalled_and_completed_and_blocks_go_on_until_a_blank_line()
    {
        using var host = Start();
        await host.TextAsync(Prompt);
        await TypeAsync(host, $"number = 4{Left}{Left}{Left}{Left}\u000542 - 1\r", "nu\t + 1\r");
        await host.LineEqualToAsync("442");
        await TypeAsync(host, "def double(n):\r\treturn n * 2\r\r", "dou\t(number)\r");
        await host.LineEqualToAsync("882");
        await TypeAsync(host, $"{Up}{Left}{Left}\u0017\u000b5 + 1)\r");
        await host.LineEqualToAsync("12");
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
    public async Task Ctrl_C_gives_up_the_input_and_stops_what_runs()
    {
        using var host = Start("--no-history");
        await host.TextAsync(Prompt);
        await TypeAsync(host, "x = 1\r", "'x was', x\r");
        await host.LineEqualToAsync("('x was', 1)");
        await host.TextAsync(Prompt);
        await TypeAsync(host, "if x:\r");
        await host.TextAsync("... ");
        await TypeAsync(host, CtrlC);
        await host.LineWithAsync("KeyboardInterrupt");
        await host.TextAsync(Prompt);
        await TypeAsync(host, "if x:\r\tx = 2\r\tprint('started ' + 'now')\r\twhile True: pass\r\r");
        await host.LineWithAsync("started now");
        await TypeAsync(host, CtrlC);
        await host.LineWithAsync("KeyboardInterrupt");
        await host.LineWithAsync("The session goes on as it was before this input.");
        await TypeAsync(host, "'x is', x\r");
        await host.LineEqualToAsync("('x is', 1)");
        await TypeAsync(host, ":quit\r");

        (await host.EndAsync()).ExitCode.ShouldBe(0);
        File.Exists(History).ShouldBeFalse();
    }

    [Fact]
    public async Task The_signal_at_the_prompt_means_what_the_key_does()
    {
        using var host = Start();
        await host.TextAsync(Prompt);
        await TypeAsync(host, "if 1:\r");
        await host.TextAsync("... ");

        Signals.Send(ConsoleOf(host.Id), Signals.Interrupt);

        await host.LineWithAsync("KeyboardInterrupt");
        await TypeAsync(host, "'still here'\r");
        await host.LineEqualToAsync("'still here'");
        await TypeAsync(host, CtrlD);
        (await host.EndAsync()).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Several_completions_are_listed_and_what_was_printed_without_an_end_stays()
    {
        using var host = Start();
        await host.TextAsync(Prompt);
        await TypeAsync(host, "pri\t");
        await TypeAsync(host, "\t('no end', end='')\r");
        await host.LineEqualToAsync("no end");
        await TypeAsync(host, "price_one = price_two = 7\r", "price_\t\tone + 1\r");
        await host.LineWithAsync("price_one  price_two");
        await host.LineEqualToAsync("8");
        await TypeAsync(host, CtrlD);

        (await host.EndAsync()).ExitCode.ShouldBe(0);
    }

    public void Dispose() => folder.Dispose();

    private HostProcess Start(params string[] options)
    {
        Assert.SkipUnless(File.Exists(Script), "There is no script(1) to make a pseudo-terminal; install util-linux.");
        var history = options.Length == 0 ? $"--history '{History}'" : string.Join(' ', options);
        // exec: a shell that stayed between would end as Ctrl-C ends programs, whatever the console returned.
        return HostProcess.StartProgram(
            Script,
            ["--quiet", "--return", "--command", $"exec env TERM=xterm '{HostProcess.Executable}' repl {history}", "/dev/null"]
        );
    }

    /// <summary>The console among the processes that <c>script</c> started.</summary>
    private static int ConsoleOf(int script)
    {
        var children = ProcessTable.ChildrenOf(script);
        return children.FirstOrDefault(c => c.Name == "montynet")?.Id ?? children.Select(c => ConsoleOf(c.Id)).First(id => id > 0);
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
