using System.CommandLine;
using Monty.Host.Cli.Input;
using Monty.Host.Cli.Output;
using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli.Repl;

/// <summary>The verb <c>repl</c>: Python typed in, one input after the other, in a session that remembers.</summary>
internal sealed class ReplCommand : Command
{
    private readonly Terminal terminal;
    private readonly HostOptions host = new();
    private readonly Option<string?> preamble = HostOptions.Text("--preamble", "FILE", "Python that runs first, and again after :reset.");
    private readonly Option<string?> history = HostOptions.Text(
        "--history",
        "FILE",
        "Where the lines that you enter are kept. Default: monty/repl_history in your state directory."
    );
    private readonly Option<bool> noHistory = new("--no-history") { Description = "Keeps no line beyond this session." };

    public ReplCommand(Terminal terminal)
        : base("repl", "Runs Python as you type it, in a sandbox that remembers; type :help there.")
    {
        this.terminal = terminal;
        foreach (var option in new Option[] { preamble, history, noHistory })
        {
            Options.Add(option);
        }

        host.AddTo(this);
        Validators.Add(result =>
        {
            if (result.GetResult(history) is not null && result.GetValue(noHistory))
            {
                result.AddError("--history and --no-history do not go together. Leave one of them away.");
            }
        });
        SetAction((parsed, _) => RunAsync(parsed));
    }

    private async Task<int> RunAsync(ParseResult parsed)
    {
        try
        {
            var setup = host.Read(parsed, toolsFileBeside: null);
            using var os = setup.Os;
            var code = parsed.GetValue(preamble) is { } file ? TextInput.ReadFile(file, "preamble") : null;
            var output = new TextOutput(terminal);
            var calls = new CallLog(terminal.Error, terminal.ErrorTakesColor, kept: false);
            using var session = new ReplSession(setup, code, calls, output.Print);
            var lines = OpenLines(parsed);
            using var held = lines as IDisposable;
            return await new ReplLoop(terminal, lines, output, session).RunAsync().ConfigureAwait(false);
        }
        catch (Exception refused) when (refused is BadInputException or ArgumentException or MontySizeException)
        {
            terminal.WriteError(refused.Message);
            return ExitCode.Usage;
        }
        catch (Exception failed) when (failed is MontyException or RuntimeMissingException)
        {
            terminal.WriteError(failed.Message);
            return ExitCode.RuntimeFailed;
        }
        catch (OperationCanceledException)
        {
            terminal.WriteError("interrupted before the session was open");
            return ExitCode.Signal + 2;
        }
        catch (IOException lost)
        {
            terminal.WriteError($"standard output cannot be written: {lost.Message}. The session was ended.");
            return ExitCode.ScriptFailed;
        }
    }

    private ILineSource OpenLines(ParseResult parsed)
    {
        if (Console.IsInputRedirected || Console.IsOutputRedirected)
        {
            return new PipedLines(new StreamReader(terminal.Input));
        }

        terminal.WriteLine("Python in a sandbox. :help tells what else there is; Ctrl-D ends.");
        return new TerminalLines(
            terminal,
            new InputHistory(parsed.GetValue(noHistory) ? null : parsed.GetValue(history) ?? InputHistory.DefaultPath, terminal.WriteLine)
        );
    }
}
