using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Monty.Host.Cli;
using Monty.Host.Cli.Repl;
using Monty.Host.Cli.Streams;

using var terminal = new Terminal();
var root = new RootCommand("Monty for .NET: runs Python that a language model wrote, in a sandbox.")
{
    new RunCommand(terminal),
    new ReplCommand(terminal),
    new LadderCommand(terminal),
};
root.Directives.Clear();
foreach (var help in root.Options.OfType<HelpOption>())
{
    // A path may start with a slash on Unix, so only -h, -? and --help show the help.
    help.Aliases.Remove("/h");
    help.Aliases.Remove("/?");
    help.Action = new CommandHelp((HelpAction)help.Action!);
}

// Response files are disabled, because the code of -c may start with @, as a decorator does.
var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (parsed.Action is ParseErrorAction)
{
    var isRoot = parsed.CommandResult.Command is RootCommand;
    var commandName = isRoot ? "" : parsed.CommandResult.Command.Name + " ";
    var names = root.Subcommands.Select(c => c.Name).ToList();
    var commandNames = $"{string.Join(", ", names[..^1])} and {names[^1]}";
    var rootProblem = parsed.UnmatchedTokens is [var unknown, ..] ? $"Unknown command '{unknown}'." : "The command is missing.";
    var problem = isRoot ? $"{rootProblem} The commands are {commandNames}." : parsed.Errors[0].Message;
    terminal.WriteError($"{problem} See '{root.Name} {commandName}--help'.");
    return ExitCode.Usage;
}

return await parsed
    .InvokeAsync(
        new InvocationConfiguration
        {
            Output = terminal.Help,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // The commands handle signals themselves.
        }
    )
    .ConfigureAwait(false);
