using System.CommandLine;
using Monty.Host.Cli.Output;
using Monty.Host.Cli.Streams;

namespace Monty.Host.Cli;

/// <summary>The command <c>run</c>: runs one script from start to end in its own sandbox.</summary>
internal sealed class RunCommand : Command
{
    public const string Notes = """
        Printed text and the value go to standard output. Calls, questions and the traceback go to standard error.
        Exit codes: 0 done, 1 the script failed, 2 usage, 3 the runtime failed, 130 interrupted.

        Examples:
          montynet run samples/trip_planner.py
          montynet run -c "2**200"
          montynet run agent.py --input 'city="Lisbon"' --tool 'now="2026-05-01"' --max-duration 2s --json

        """;

    private readonly Terminal terminal;
    private readonly RunOptions options = new();

    public RunCommand(Terminal terminal)
        : base("run", "Runs a Python script in a sandbox. Its calls are answered by tools, or by you at the terminal.")
    {
        this.terminal = terminal;
        options.AddTo(this);
        SetAction((parsed, _) => RunAsync(parsed));
    }

    private async Task<int> RunAsync(ParseResult parsed)
    {
        IRunOutput output = options.WantsJson(parsed) ? new JsonOutput(terminal) : new TextOutput(terminal);
        var calls = new CallLog(terminal.Error, terminal.ErrorSupportsColor, keepCalls: output.NeedsCalls);
        RunOutcome outcome;
        try
        {
            var request = options.Read(parsed, terminal);
            using var os = request.Setup.Os;
            using var interruption = new Interruption();
            var prompt = terminal.IsInteractive ? new AnswerPrompt(new StreamReader(terminal.Input), terminal.Error) : null;
            var run = new ScriptRun(request, calls, new UnknownCalls(prompt, calls), output.Print, terminal.WriteLines);
            outcome = await run.RunAsync(interruption).ConfigureAwait(false);
        }
        catch (BadInputException exception)
        {
            outcome = new RunOutcome.BadInput(exception.Message);
        }

        return output.End(outcome, calls.Calls);
    }
}
