using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Monty.Host.Cli;
using Monty.Host.Cli.Streams;

using var terminal = new Terminal();
var root = new RootCommand("Monty for .NET: runs Python that a language model wrote, in a sandbox.")
{
    new RunCommand(terminal),
    new LadderCommand(terminal),
};
root.Directives.Clear();
foreach (var help in root.Options.OfType<HelpOption>())
{
    // On Unix a path may start with a slash: only the dashed names ask for help.
    help.Aliases.Remove("/h");
    help.Aliases.Remove("/?");
    help.Action = new VerbHelp((HelpAction)help.Action!);
}

// No response files: the code of -c may start with @, as a decorator does.
var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (parsed.Action is ParseErrorAction)
{
    var verb = parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";
    terminal.WriteError($"{parsed.Errors[0].Message} See '{RootCommand.ExecutableName} {verb}--help'.");
    return ExitCode.Usage;
}

return await parsed.InvokeAsync(new InvocationConfiguration
{
    Output = terminal.Help,
    Error = terminal.Error,
    EnableDefaultExceptionHandler = false,
    ProcessTerminationTimeout = null, // the verbs listen to signals themselves
}).ConfigureAwait(false);
