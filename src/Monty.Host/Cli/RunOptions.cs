using System.CommandLine;
using System.CommandLine.Parsing;
using Monty.Host.Cli.Input;
using Monty.Host.Cli.Streams;

namespace Monty.Host.Cli;

/// <summary>The words of the <c>run</c> verb, and the request that they make.</summary>
internal sealed class RunOptions
{
    private readonly Argument<string?> file = new("FILE")
    {
        Description = "The script; '-' reads it from standard input.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly HostOptions host = new();
    private readonly Option<string?> code = HostOptions.Text("-c", "CODE", "Runs CODE instead of a file.");
    private readonly Option<string?> scriptName = HostOptions.Text(
        "--script-name",
        "NAME",
        "The script's name in tracebacks. Default: the path as given, <string> or <stdin>."
    );

    private readonly Option<bool> json = new("--json")
    {
        Description = "Writes one JSON object to standard output instead of the prints and the value.",
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

    /// <exception cref="BadInputException">A file cannot be used, or a name comes twice.</exception>
    public RunRequest Read(ParseResult parsed, Terminal terminal)
    {
        var source = parsed.GetValue(code) is { } text
            ? ScriptSource.FromCode(text)
            : ScriptSource.FromFile(parsed.GetRequiredValue(file)!, terminal);
        return new RunRequest
        {
            Source = source,
            ScriptName = parsed.GetValue(scriptName) ?? source.Name,
            Setup = host.Read(parsed, source.ToolsFileBeside),
        };
    }

    private void RequireOneScript(CommandResult result)
    {
        var path = result.GetResult(file)?.Tokens is [var token, ..] ? token.Value : null;
        if (path is ['-', _, ..])
        {
            result.AddError($"There is no option {path}. For a file of this name write ./{path}.");
        }
        else if (path is null == result.GetResult(code) is null)
        {
            result.AddError(
                path is null
                    ? "There is nothing to run: name a FILE, give -c CODE, or '-' for standard input."
                    : $"Both the file {path} and -c are given. Leave one of them away."
            );
        }
        else if (path is "")
        {
            result.AddError("The FILE is empty: name a script, give -c CODE, or '-' for standard input.");
        }
    }
}
