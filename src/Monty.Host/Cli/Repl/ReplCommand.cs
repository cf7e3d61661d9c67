using System.CommandLine;
using Monty.Host.Cli.Input;
using Monty.Host.Cli.Output;
using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli.Repl;

/// <summary>The command <c>repl</c>: runs Python as it is typed, in a session that keeps its state.</summary>
internal sealed class ReplCommand : Command
{
    private readonly Terminal terminal;
    private readonly HostOptions host = new();
    private readonly Option<string?> preamble = HostOptions.Text(
        "--preamble",
        "FILE",
        "The Python file to run first, and again after :reset."
    );
    private readonly Option<string?> history = HostOptions.Text(
        "--history",
        "FILE",
        "The file that stores the lines you enter. Default: monty/repl_history in your state directory."
    );
    private readonly Option<bool> noHistory = new("--no-history") { Description = "Does not store the lines you enter." };

    public ReplCommand(Terminal terminal)
        : base("repl", "Runs Python as you type it, in a sandbox that keeps its state. Type :help for its commands.")
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
                result.AddError("--history and --no-history contradict each other. Remove one of them.");
            }
        });
        SetAction((parsed, _) => RunAsync(parsed));
    }

    private async Task<int> RunAsync(ParseResult parsed)
    {
        try
        {
            var setup = host.Read(parsed, defaultToolsFile: null);
            using var os = setup.Os;
            var code = parsed.GetValue(preamble) is { } file ? TextInput.ReadFile(file, "preamble") : null;
            var output = new TextOutput(terminal);
            var calls = new CallLog(terminal.Error, terminal.ErrorSupportsColor, keepCalls: false);
            using var session = new ReplSession(setup, code, calls, output.Print);
            var lines = OpenLines(parsed);
            using var disposableLines = lines as IDisposable;
            return await new ReplLoop(terminal, lines, output, session).RunAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is BadInputException or ArgumentException or MontySizeException)
        {
            terminal.WriteError(exception.Message);
            return ExitCode.Usage;
        }
        catch (Exception exception) when (exception is MontyException or RuntimeMissingException)
        {
            terminal.WriteError(exception.Message);
            return ExitCode.RuntimeFailed;
        }
        catch (OperationCanceledException)
        {
            terminal.WriteError("The command was interrupted before the session was open.");
            return ExitCode.Signal + 2;
        }
        catch (IOException exception)
        {
            terminal.WriteError($"Standard output cannot be written: {exception.Message}. The session was closed.");
            return ExitCode.ScriptFailed;
        }
    }

    private ILineSource OpenLines(ParseResult parsed)
    {
        if (Console.IsInputRedirected || Console.IsOutputRedirected)
        {
            return new PipedLines(new StreamReader(terminal.Input));
        }

        terminal.WriteLine("Python in a sandbox. Type :help for the commands, or press Ctrl-D to exit.");
        var historyPath = parsed.GetValue(noHistory) ? null : parsed.GetValue(history) ?? InputHistory.DefaultPath;
        return new TerminalLines(terminal, new InputHistory(historyPath, terminal.WriteLine));
    }
}
