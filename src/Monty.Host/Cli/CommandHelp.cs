using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Monty.Host.Cli;

/// <summary>Prints the help of a command, followed by the command's notes.</summary>
internal sealed class CommandHelp(HelpAction help) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var code = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is RunCommand)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(RunCommand.Notes);
        }

        return code;
    }
}
