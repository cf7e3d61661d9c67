using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using Monty.Host.Cli.Streams;
using Monty.Host.Ladder;
using Monty.Host.Ladder.Fixtures;
using Monty.Host.Ladder.Paths;
using Monty.Host.Ladder.Reports;
using Monty.Interop;

namespace Monty.Host.Cli;

/// <summary>The verb <c>ladder</c>: the conformance fixtures on one way into Monty, or what differs between two runs of them.</summary>
internal sealed class LadderCommand : Command
{
    private readonly Terminal terminal;
    private readonly Argument<string> folder = new("DIR")
    {
        Description = "The folder of fixtures.",
        DefaultValueFactory = _ => "./fixtures",
    };

    private readonly Option<string> path = new("--path")
    {
        Description = $"The way into Monty: {LadderPaths.Names}.",
        HelpName = "NAME",
        DefaultValueFactory = _ => LadderPaths.Default,
    };

    private readonly Option<string?> filter = new("--filter")
    {
        Description = "Only the fixtures of this tier, or with this text in their name.",
        HelpName = "TIER|TEXT",
    };

    private readonly Option<string?> jsonl = new("--jsonl")
    {
        Description = "Writes a line of JSON a fixture; '-' is standard output.",
        HelpName = "FILE",
    };

    private readonly Option<string[]?> compare = new("--compare")
    {
        Description = "Runs nothing: prints what differs between two files of --jsonl.",
        HelpName = "A> <B", // the help puts it between angle brackets
        Arity = new ArgumentArity(2, 2),
        AllowMultipleArgumentsPerToken = true,
    };

    public LadderCommand(Terminal terminal)
        : base("ladder", "Runs the conformance fixtures; exits with 0 when each is ok, skipped with a reason, or a known gap.")
    {
        this.terminal = terminal;
        Arguments.Add(folder);
        foreach (var option in new Option[] { path, filter, jsonl, compare })
        {
            Options.Add(option);
        }

        Validators.Add(Check);
        SetAction((parsed, _) => RunAsync(parsed));
    }

    private void Check(CommandResult result)
    {
        if (result.GetResult(compare) is not null)
        {
            SymbolResult?[] others = [result.GetResult(folder), result.GetResult(path), result.GetResult(filter), result.GetResult(jsonl)];
            if (others.Any(o => o is { Tokens.Count: > 0 }))
            {
                result.AddError("--compare runs nothing, so it takes two files and nothing else.");
            }
        }
        else if (result.GetValue(folder) is ['-', ..] option)
        {
            result.AddError($"There is no option {option}. For a folder of this name write ./{option}.");
        }
        else if (result.GetValue(path) is { } name && !LadderPaths.IsKnown(name))
        {
            result.AddError($"There is no path {name}. Known are: {LadderPaths.Names}.");
        }
    }

    private async Task<int> RunAsync(ParseResult parsed)
    {
        try
        {
            return parsed.GetValue(compare) is [var first, var second]
                ? Compare(first, second)
                : await ClimbAsync(parsed).ConfigureAwait(false);
        }
        catch (BadInputException refused)
        {
            terminal.WriteError(refused.Message);
            return ExitCode.Usage;
        }
        catch (MontyException failed)
        {
            terminal.WriteError(failed.Message);
            return ExitCode.RuntimeFailed;
        }
        catch (IOException lost)
        {
            terminal.WriteError($"The results cannot be written any more: {lost.Message}");
            return ExitCode.ScriptFailed;
        }
    }

    private async Task<int> ClimbAsync(ParseResult parsed)
    {
        var (name, text) = (parsed.GetValue(folder)!, parsed.GetValue(filter));
        var fixtures = FixtureFolder.Load(name).Where(f => text is null || FixtureFilter.IsMatch(text, f)).ToList();
        if (fixtures.Count == 0)
        {
            throw new BadInputException($"No fixture in {name} {(text is null ? "is there to run" : $"fits --filter {text}")}.");
        }

        using var lines = LineOutput.Open(parsed.GetValue(jsonl), terminal);
        using var way = LadderPaths.Open(parsed.GetValue(path)!);
        using var interruption = new Interruption();
        var bar = Console.IsErrorRedirected ? null : new ProgressBar(terminal.Error, fixtures.Count);
        try
        {
            var climb = new LadderClimb(way, lines, new LadderLog(terminal, bar), TimeProvider.System);
            return await climb.RunAsync(fixtures, interruption.Token).ConfigureAwait(false) ? ExitCode.Done : ExitCode.ScriptFailed;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            terminal.WriteLine("interrupted: the fixtures after these did not run");
            return ExitCode.Signal + interruption.Signal;
        }
    }

    private int Compare(string first, string second)
    {
        var differences = LadderComparison.Compare(first, second);
        foreach (var difference in differences)
        {
            terminal.Write(Encoding.UTF8.GetBytes(difference + "\n"));
        }

        var count = differences.Count == 1 ? "1 place" : $"{differences.Count} places";
        terminal.WriteLine(differences.Count == 0 ? $"{first} and {second} are equal." : $"{first} and {second} differ in {count}.");
        return differences.Count == 0 ? ExitCode.Done : ExitCode.ScriptFailed;
    }
}
