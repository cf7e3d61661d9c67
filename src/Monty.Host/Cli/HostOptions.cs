using System.CommandLine;
using System.CommandLine.Parsing;
using Monty.Host.Cli.Input;
using Monty.Host.Cli.Tools;
using Monty.Interop;

namespace Monty.Host.Cli;

/// <summary>The words that every verb has which runs code: what the code gets, may call and may use up.</summary>
internal sealed class HostOptions
{
    private readonly Option<NamedValue[]> inputs = Many(
        "--input",
        "Binds a global before the script runs; $ tags carry what JSON cannot say. Repeatable."
    );

    private readonly Option<NamedValue[]> tools = Many(
        "--tool",
        "A tool that answers every call with this value. Repeatable; wins over the tools file."
    );

    private readonly Option<NamedValue[]> asyncTools = Many("--async-tool", "The same for calls that the script awaits.");
    private readonly Option<string?> toolsFile = Text(
        "--tools",
        "FILE",
        "The tools file. Default: X.tools.json beside X.py, if there is one."
    );

    private readonly Option<TimeSpan?> maxDuration = One<TimeSpan?>(
        "--max-duration",
        "TIME",
        "How long the script may compute, not counting waits for tools: 500ms, 2s, 1m.",
        text => Quantity.Duration(text)
    );

    private readonly Option<long?> maxMemory = One<long?>(
        "--max-memory",
        "SIZE",
        "The script's heap: 64MB, 1GiB.",
        text => Quantity.Bytes(text)
    );
    private readonly Option<int?> maxRecursionDepth = One<int?>(
        "--max-recursion-depth",
        "N",
        "Nested calls. Default: 1000.",
        text => Quantity.Count(text)
    );
    private readonly Option<int?> maxSuspensions = One<int?>(
        "--max-suspensions",
        "N",
        "Calls to tools and other waits. Default: 1000.",
        text => Quantity.Count(text)
    );

    private readonly OsOptions os = new();

    private readonly Option<bool> typeCheck = new("--type-check")
    {
        Description = "Checks types first; errors are shown, and nothing runs.",
    };
    private readonly Option<string?> stubs = Text("--stubs", "FILE", "Declarations of the tools for --type-check, as in a .pyi file.");
    private readonly Option<string?> runtime = Text(
        "--runtime",
        "FILE",
        "The runtime's executable. Default: MONTY_BIN, the one that came with the program, then PATH."
    );

    public void AddTo(Command command)
    {
        Option[] options =
        [
            inputs,
            tools,
            asyncTools,
            toolsFile,
            maxDuration,
            maxMemory,
            maxRecursionDepth,
            maxSuspensions,
            typeCheck,
            stubs,
            runtime,
        ];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        os.AddTo(command);
        command.Validators.Add(RequireTypeCheckForStubs);
    }

    /// <summary>Reads what the words name.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="toolsFileBeside">The tools file that is read when it exists and none is named, or null.</param>
    /// <exception cref="BadInputException">A file cannot be used, or a name comes twice.</exception>
    public HostSetup Read(ParseResult parsed, string? toolsFileBeside) =>
        new()
        {
            Inputs = NamedInputs.Collect(parsed.GetValue(inputs)),
            Tools = NamedTools.Collect(parsed.GetValue(toolsFile), toolsFileBeside, parsed.GetValue(tools), parsed.GetValue(asyncTools)),
            Limits = new MontyLimits
            {
                MaxDuration = parsed.GetValue(maxDuration),
                MaxMemoryBytes = parsed.GetValue(maxMemory),
                MaxRecursionDepth = parsed.GetValue(maxRecursionDepth),
                MaxSuspensions = parsed.GetValue(maxSuspensions),
            },
            Stubs =
                !parsed.GetValue(typeCheck) ? null
                : parsed.GetValue(stubs) is { } path ? TextInput.ReadFile(path, "stubs file")
                : "",
            Os = os.Read(parsed),
            RuntimePath = parsed.GetValue(runtime),
        };

    private void RequireTypeCheckForStubs(CommandResult result)
    {
        if (result.GetResult(stubs) is not null && result.GetResult(typeCheck) is null)
        {
            result.AddError("--stubs does nothing without --type-check. Add it.");
        }
    }

    public static Option<string?> Text(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description };

    private static Option<T> One<T>(string name, string helpName, string description, Func<string, T> parse) =>
        new(name)
        {
            HelpName = helpName,
            Description = description,
            CustomParser = result =>
            {
                try
                {
                    return parse(result.Tokens[0].Value);
                }
                catch (FormatException unreadable)
                {
                    result.AddError($"{name}: {unreadable.Message}");
                    return default;
                }
            },
        };

    private static Option<NamedValue[]> Many(string name, string description) =>
        new(name)
        {
            HelpName = "NAME=JSON",
            Description = description,
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result =>
            {
                try
                {
                    return [.. result.Tokens.Select(t => NamedValue.Parse(t.Value))];
                }
                catch (FormatException unreadable)
                {
                    result.AddError($"{name}: {unreadable.Message}");
                    return [];
                }
            },
        };
}
