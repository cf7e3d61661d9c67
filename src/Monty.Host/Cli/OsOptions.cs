using System.CommandLine;
using Monty.Host.Cli.Input;
using Monty.Interop;

namespace Monty.Host.Cli;

/// <summary>The words that say what a script sees of an operating system.</summary>
internal sealed class OsOptions
{
    private readonly Option<MontyMount[]> mounts = Words(
        "--mount",
        "HOST::VIRTUAL[::MODE[::LIMIT]]",
        "Files for the script: ro (default), rw, or overlay, which keeps changes in memory; no HOST is a folder in memory. Repeatable.",
        MountWord.Parse
    );

    private readonly Option<KeyValuePair<string, string>[]> variables = Words(
        "--env",
        "NAME=VALUE",
        "An environment variable for the script, which sees no others. Repeatable.",
        ReadVariable
    );
    private readonly Option<string?> workingDirectory = new("--cwd")
    {
        HelpName = "PATH",
        Description = "Where the script's relative paths start. Default: /.",
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { mounts, variables, workingDirectory })
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="BadInputException">What is given does not go together.</exception>
    public MontyOs Read(ParseResult parsed)
    {
        var environment = new Dictionary<string, string>();
        foreach (var (name, value) in parsed.GetValue(variables) ?? [])
        {
            if (!environment.TryAdd(name, value))
            {
                throw new BadInputException($"--env {name} is given twice. Leave one of them away.");
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
        catch (Exception refused) when (refused is ArgumentException or PlatformNotSupportedException)
        {
            throw new BadInputException(refused.Message.Replace("WorkingDirectory", "--cwd", StringComparison.Ordinal), refused);
        }
    }

    private static KeyValuePair<string, string> ReadVariable(string text)
    {
        var end = text.IndexOf('=', StringComparison.Ordinal);
        return end > 0
            ? KeyValuePair.Create(text[..end], text[(end + 1)..])
            : throw new FormatException($"'{text}' has no {(end < 0 ? "value" : "name")}. Write NAME=VALUE, such as LANG=C.");
    }

    private static Option<T[]> Words<T>(string name, string helpName, string description, Func<string, T> parse) =>
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
                catch (FormatException unreadable)
                {
                    result.AddError($"{name}: {unreadable.Message}");
                    return [];
                }
            },
        };
}
