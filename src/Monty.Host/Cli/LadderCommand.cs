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

/// <summary>The command <c>ladder</c>: runs the conformance fixtures, or compares the results of two runs.</summary>
internal sealed class LadderCommand : Command
{
    private readonly Terminal terminal;
    private readonly Argument<string> folder = new("DIR")
    {
        Description = "The folder that contains the fixtures.",
        DefaultValueFactory = _ => "./fixtures",
    };

    private readonly Option<string> path = new("--path")
    {
        Description = $"The API that runs the fixtures: {LadderPaths.Names}.",
        HelpName = "NAME",
        DefaultValueFactory = _ => LadderPaths.Default,
    };

    private readonly Option<string?> filter = new("--filter")
    {
        Description = "Runs only the fixtures of this tier, or whose name contains this text.",
        HelpName = "TIER|TEXT",
    };

    private readonly Option<string?> jsonl = new("--jsonl")
    {
        Description = "Writes one line of JSON per fixture to FILE, or to standard output if FILE is '-'.",
        HelpName = "FILE",
    };

    private readonly Option<string[]?> compare = new("--compare")
    {
        Description = "Runs no fixtures, and prints the differences between two files written with --jsonl.",
        HelpName = "A> <B", // The help encloses this text in angle brackets, so it prints <A> <B>.
        Arity = new ArgumentArity(2, 2),
        AllowMultipleArgumentsPerToken = true,
    };

    public LadderCommand(Terminal terminal)
        : base("ladder", "Runs the conformance fixtures. Exits with 0 when every fixture passes, is skipped or is a known gap.")
    {
        this.terminal = terminal;
        Arguments.Add(folder);
        foreach (var option in new Option[] { path, filter, jsonl, compare })
        {
            Options.Add(option);
        }

        Validators.Add(Validate);
        SetAction((parsed, _) => RunAsync(parsed));
    }

    private void Validate(CommandResult result)
    {
        if (result.GetResult(compare) is not null)
        {
            SymbolResult?[] others = [result.GetResult(folder), result.GetResult(path), result.GetResult(filter), result.GetResult(jsonl)];
            if (others.Any(o => o is { Tokens.Count: > 0 }))
            {
                result.AddError("--compare runs no fixtures, so it takes only two files. Remove the other arguments.");
            }
        }
        else if (result.GetValue(folder) is ['-', ..] option)
        {
            result.AddError($"Unknown option {option}. For a folder of this name write ./{option}.");
        }
        else if (result.GetValue(path) is { } name && !LadderPaths.IsKnown(name))
        {
            result.AddError($"Unknown path {name}. Use one of: {LadderPaths.Names}.");
        }
    }

    private async Task<int> RunAsync(ParseResult parsed)
    {
        try
        {
            return parsed.GetValue(compare) is [var first, var second]
                ? Compare(first, second)
                : await RunFixturesAsync(parsed).ConfigureAwait(false);
        }
        catch (BadInputException exception)
        {
            terminal.WriteError(exception.Message);
            return ExitCode.Usage;
        }
        catch (MontyException exception)
        {
            terminal.WriteError(exception.Message);
            return ExitCode.RuntimeFailed;
        }
        catch (IOException exception)
        {
            terminal.WriteError($"The results cannot be written: {exception.Message}");
            return ExitCode.ScriptFailed;
        }
    }

    private async Task<int> RunFixturesAsync(ParseResult parsed)
    {
        var fixtures = LoadFixtures(parsed.GetValue(folder)!, parsed.GetValue(filter));
        using var lines = LineOutput.Open(parsed.GetValue(jsonl), terminal);
        using var ladderPath = LadderPaths.Open(parsed.GetValue(path)!);
        using var interruption = new Interruption();
        var bar = Console.IsErrorRedirected ? null : new ProgressBar(terminal.Error, fixtures.Count);
        try
        {
            var runner = new LadderRunner(ladderPath, lines, new LadderLog(terminal, bar), TimeProvider.System);
            var isGood = await runner.RunAsync(fixtures, interruption.Token).ConfigureAwait(false);
            return isGood ? ExitCode.Done : ExitCode.ScriptFailed;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            terminal.WriteLine("interrupted: the remaining fixtures did not run");
            return ExitCode.Signal + interruption.Signal;
        }
    }

    private static List<Fixture> LoadFixtures(string folder, string? filter)
    {
        var all = FixtureFolder.Load(folder);
        if (all.Count == 0)
        {
            throw new BadInputException($"The folder {folder} contains no fixtures. Name a folder with fixtures.");
        }

        var selected = all.Where(f => filter is null || FixtureFilter.IsMatch(filter, f)).ToList();
        return selected.Count > 0
            ? selected
            : throw new BadInputException($"No fixture in {folder} matches --filter {filter}. Use a tier or a part of a fixture's name.");
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
