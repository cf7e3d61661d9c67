using System.CommandLine;
using System.CommandLine.Parsing;
using Monty.Host.Cli.Input;
using Monty.Host.Cli.Tools;
using Monty.Interop;

namespace Monty.Host.Cli;

/// <summary>The options shared by all commands that run code: inputs, tools, limits, the operating system, type check and runtime.</summary>
internal sealed class HostOptions
{
    private readonly Option<NamedValue[]> inputs = Many(
        "--input",
        "Sets a global variable before the script runs. Use $ tags for values that plain JSON cannot express. Repeatable."
    );

    private readonly Option<NamedValue[]> tools = Many(
        "--tool",
        "Adds a tool that returns this value from every call. Overrides a tool of this name in the tools file. Repeatable."
    );

    private readonly Option<NamedValue[]> asyncTools = Many(
        "--async-tool",
        "Like --tool, for a function that the script awaits. Repeatable."
    );
    private readonly Option<string?> toolsFile = Text(
        "--tools",
        "FILE",
        "The file that defines the tools. Default: X.tools.json beside X.py, if it exists."
    );

    private readonly Option<TimeSpan?> maxDuration = One<TimeSpan?>(
        "--max-duration",
        "TIME",
        "The maximum computing time of the script, not counting the time it waits for tools, such as 500ms, 2s or 1m.",
        text => Quantity.ParseDuration(text)
    );

    private readonly Option<long?> maxMemory = One<long?>(
        "--max-memory",
        "SIZE",
        "The maximum size of the script's heap, such as 64MB or 1GiB.",
        text => Quantity.ParseBytes(text)
    );
    private readonly Option<int?> maxRecursionDepth = One<int?>(
        "--max-recursion-depth",
        "N",
        "The maximum depth of nested calls. Default: 1000.",
        text => Quantity.ParseCount(text)
    );
    private readonly Option<int?> maxSuspensions = One<int?>(
        "--max-suspensions",
        "N",
        "The maximum number of suspensions, such as calls to tools. Default: 1000.",
        text => Quantity.ParseCount(text)
    );

    private readonly OsOptions os = new();

    private readonly Option<bool> typeCheck = new("--type-check")
    {
        Description = "Checks the types first. If there are errors, shows them and runs nothing.",
    };
    private readonly Option<string?> stubs = Text(
        "--stubs",
        "FILE",
        "The file that declares the tools for --type-check, like a .pyi file."
    );
    private readonly Option<string?> runtime = Text(
        "--runtime",
        "FILE",
        "The runtime executable. Default: MONTY_BIN, then the runtime shipped with this program, then PATH."
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

    /// <summary>Reads the values of the options and the files that they name.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="defaultToolsFile">The tools file to read if it exists and no other is named, or null.</param>
    /// <exception cref="BadInputException">A file is invalid, or a name is given twice.</exception>
    public HostSetup Read(ParseResult parsed, string? defaultToolsFile) =>
        new()
        {
            Inputs = NamedInputs.Collect(parsed.GetValue(inputs)),
            Tools = NamedTools.Collect(
                parsed.GetValue(toolsFile) ?? (File.Exists(defaultToolsFile) ? defaultToolsFile : null),
                parsed.GetValue(tools),
                parsed.GetValue(asyncTools)
            ),
            Limits = new MontyLimits
            {
                MaxDuration = parsed.GetValue(maxDuration),
                MaxMemoryBytes = parsed.GetValue(maxMemory),
                MaxRecursionDepth = parsed.GetValue(maxRecursionDepth),
                MaxSuspensions = parsed.GetValue(maxSuspensions),
            },
            Stubs = parsed.GetValue(typeCheck) ? ReadStubs(parsed) : null,
            Os = os.Read(parsed),
            RuntimePath = parsed.GetValue(runtime),
        };

    private string ReadStubs(ParseResult parsed) => parsed.GetValue(stubs) is { } path ? TextInput.ReadFile(path, "stubs file") : "";

    private void RequireTypeCheckForStubs(CommandResult result)
    {
        if (result.GetResult(stubs) is not null && result.GetResult(typeCheck) is null)
        {
            result.AddError("--stubs has no effect without --type-check. Add --type-check.");
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
                catch (FormatException exception)
                {
                    result.AddError($"{name}: {exception.Message}");
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
                catch (FormatException exception)
                {
                    result.AddError($"{name}: {exception.Message}");
                    return [];
                }
            },
        };
}
