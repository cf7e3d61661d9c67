using System.CommandLine;
using System.CommandLine.Parsing;
using Monty.Host.Cli.Input;
using Monty.Host.Cli.Streams;

namespace Monty.Host.Cli;

/// <summary>The options of the command <c>run</c>.</summary>
internal sealed class RunOptions
{
    private readonly Argument<string?> file = new("FILE")
    {
        Description = "The script, or '-' to read it from standard input.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly HostOptions host = new();
    private readonly Option<string?> code = HostOptions.Text("-c", "CODE", "Runs CODE instead of a file.");
    private readonly Option<string?> scriptName = HostOptions.Text(
        "--script-name",
        "NAME",
        "The name of the script in tracebacks. Default: the path as given, <string> or <stdin>."
    );

    private readonly Option<bool> json = new("--json")
    {
        Description = "Writes one JSON object to standard output instead of the printed text and the value.",
    };

    public void AddTo(Command command)
    {
        command.Arguments.Add(file);
        foreach (var option in new Option[] { code, scriptName, json })
        {
            command.Options.Add(option);
        }

        host.AddTo(command);
        command.Validators.Add(RequireOneScript);
    }

    public bool WantsJson(ParseResult parsed) => parsed.GetValue(json);

    /// <exception cref="BadInputException">A file is invalid, or a name is given twice.</exception>
    public RunRequest Read(ParseResult parsed, Terminal terminal)
    {
        var source = parsed.GetValue(code) is { } text
            ? ScriptSource.FromCode(text)
            : ScriptSource.FromFile(parsed.GetRequiredValue(file)!, terminal);
        return new RunRequest
        {
            Source = source,
            ScriptName = parsed.GetValue(scriptName) ?? source.Name,
            Setup = host.Read(parsed, source.DefaultToolsFile),
        };
    }

    private void RequireOneScript(CommandResult result)
    {
        var path = result.GetResult(file)?.Tokens is [var token, ..] ? token.Value : null;
        var hasCode = result.GetResult(code) is not null;
        if (path is ['-', _, ..])
        {
            result.AddError($"Unknown option {path}. For a file of this name write ./{path}.");
        }
        else if (path is null && !hasCode)
        {
            result.AddError("There is no script to run. Name a FILE, use -c CODE, or use '-' to read standard input.");
        }
        else if (path is not null && hasCode)
        {
            result.AddError($"Both the file {path} and -c are given. Remove one of them.");
        }
        else if (path is "")
        {
            result.AddError("The FILE argument is empty. Name a script, use -c CODE, or use '-' to read standard input.");
        }
    }
}
