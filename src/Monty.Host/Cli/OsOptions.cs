using System.CommandLine;
using Monty.Host.Cli.Input;
using Monty.Interop;

namespace Monty.Host.Cli;

/// <summary>The options that set the files, environment and working directory that a script sees.</summary>
internal sealed class OsOptions
{
    private readonly Option<MontyMount[]> mounts = Repeatable(
        "--mount",
        "HOST::VIRTUAL[::MODE[::LIMIT]]",
        "Mounts the folder HOST at VIRTUAL. MODE is ro (default), rw, or overlay, which keeps changes in memory. "
            + "Without HOST, mounts an empty folder in memory. Repeatable.",
        MountOption.Parse
    );

    private readonly Option<KeyValuePair<string, string>[]> variables = Repeatable(
        "--env",
        "NAME=VALUE",
        "Sets an environment variable for the script. The script sees no other variables. Repeatable.",
        ParseVariable
    );
    private readonly Option<string?> workingDirectory = new("--cwd")
    {
        HelpName = "PATH",
        Description = "The working directory of the script. Default: /.",
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { mounts, variables, workingDirectory })
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="BadInputException">An option is invalid, or two options contradict each other.</exception>
    public MontyOs Read(ParseResult parsed)
    {
        var environment = new Dictionary<string, string>();
        foreach (var (name, value) in parsed.GetValue(variables) ?? [])
        {
            if (!environment.TryAdd(name, value))
            {
                throw new BadInputException($"--env {name} is given twice. Remove one of them.");
            }
        }

        try
        {
            return new MontyOs(
                new MontyOsOptions
                {
                    Mounts = parsed.GetValue(mounts) ?? [],
                    Environment = environment,
                    WorkingDirectory = parsed.GetValue(workingDirectory) ?? "/",
                }
            );
        }
        catch (Exception exception) when (exception is ArgumentException or PlatformNotSupportedException)
        {
            throw new BadInputException(exception.Message.Replace("WorkingDirectory", "--cwd", StringComparison.Ordinal), exception);
        }
    }

    private static KeyValuePair<string, string> ParseVariable(string text)
    {
        var end = text.IndexOf('=', StringComparison.Ordinal);
        return end > 0
            ? KeyValuePair.Create(text[..end], text[(end + 1)..])
            : throw new FormatException($"'{text}' has no {(end < 0 ? "value" : "name")}. Write NAME=VALUE, such as LANG=C.");
    }

    private static Option<T[]> Repeatable<T>(string name, string helpName, string description, Func<string, T> parse) =>
        new(name)
        {
            HelpName = helpName,
            Description = description,
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result =>
            {
                try
                {
                    return [.. result.Tokens.Select(t => parse(t.Value))];
                }
                catch (FormatException exception)
                {
                    result.AddError($"{name}: {exception.Message}");
                    return [];
                }
            },
        };
}
