using System.Text;
using Monty.Host.Cli.Input;
using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli.Repl;

/// <summary>The commands of the REPL itself. They begin with a colon, so they cannot be confused with Python.</summary>
internal sealed class ReplCommands
{
    private const int MaxValueLength = 200;
    private const int MaxDumpBytes = 256 << 20;
    private const string ResetName = ":reset";
    private const string RevealedType = "Revealed type: ";

    private readonly ReplSession session;
    private readonly Action<string> write;
    private readonly Action<string> writeError;
    private readonly Func<RunOutcome, bool> show;
    private readonly List<ReplCommand> commands;

    /// <param name="session">The session of the REPL.</param>
    /// <param name="write">Receives lines of output.</param>
    /// <param name="writeError">Receives error messages.</param>
    /// <param name="show">Shows the outcome of code. Returns false when the REPL must end.</param>
    public ReplCommands(ReplSession session, Action<string> write, Action<string> writeError, Func<RunOutcome, bool> show)
    {
        this.session = session;
        this.write = write;
        this.writeError = writeError;
        this.show = show;
        commands =
        [
            new(":help", "", "Shows this text.", (_, _) => Help()),
            new(
                ":vars",
                "",
                "Shows the global variables you have set, and their values.",
                (_, interruption) => ShowGlobalsAsync(interruption)
            ),
            new(":type", "CODE", "Shows the type of an expression, or checks statements. CODE does not run.", ShowTypeAsync),
            new(":dump", "FILE", "Saves the session to FILE, which only you may read.", (file, _) => DumpAsync(file)),
            new(":load", "FILE", "Continues from a saved session.", LoadAsync),
            new(ResetName, "", "Starts a new session: sets the inputs and runs the preamble again.", ResetAsync),
            new(":quit", "", "Exits, like Ctrl-D.", (_, _) => Task.FromResult(false)),
        ];
    }

    /// <summary>The names of the commands, for completion.</summary>
    public IEnumerable<string> Names => commands.Select(c => c.Name);

    /// <summary>Runs a command.</summary>
    /// <param name="line">The line, which begins with a colon.</param>
    /// <param name="interruption">Interrupts the command.</param>
    /// <returns>False when the REPL must end.</returns>
    public async Task<bool> RunAsync(string line, Interruption interruption)
    {
        var words = line.Trim().Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var argument = words.ElementAtOrDefault(1) ?? "";
        try
        {
            if (commands.Find(c => c.Name == words[0]) is not { } command)
            {
                throw new BadInputException($"Unknown command {words[0]}. The commands are {string.Join(", ", Names)}.");
            }

            command.Validate(argument);
            return await command.RunAsync(argument, interruption).ConfigureAwait(false);
        }
        catch (BadInputException exception)
        {
            writeError("error: " + exception.Message);
        }
        catch (MontyException exception) when (words[0] != ResetName)
        {
            // The command used another worker, so the session is not affected. A failed reset must end the REPL.
            writeError("error: " + exception.Message);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            writeError("KeyboardInterrupt");
        }

        return true;
    }

    private Task<bool> Help()
    {
        foreach (var command in commands)
        {
            write($"{command.Name + " " + command.Argument, -12} {command.Help}");
        }

        write(
            "All other input is Python. An empty line ends a block, Tab completes a word, and Ctrl-C discards the input or stops the code."
        );
        return Task.FromResult(true);
    }

    private async Task<bool> ShowGlobalsAsync(Interruption interruption)
    {
        foreach (var (name, value) in await session.ReadGlobalsAsync(interruption.Token).ConfigureAwait(false))
        {
            write($"{name} = {VisibleText.Format(value.Display(MaxValueLength), MaxValueLength)}");
        }

        return true;
    }

    private async Task<bool> ShowTypeAsync(string code, Interruption interruption)
    {
        var found = await session.CheckAsync(code, interruption.Token).ConfigureAwait(false);
        var revealing = await session.CheckAsync($"reveal_type((\n{code}\n))", interruption.Token).ConfigureAwait(false);
        var revealed = revealing.Diagnostics.FirstOrDefault(d =>
            d.Rule == "revealed-type" && d.Message.StartsWith(RevealedType, StringComparison.Ordinal)
        );
        if (found.Text.Length > 0)
        {
            write(found.Text.TrimEnd('\n'));
        }

        if (revealed is not null && revealing.Diagnostics.All(d => d.Rule != "invalid-syntax"))
        {
            write(revealed.Message[RevealedType.Length..].Trim('`'));
        }
        else if (found.Text.Length == 0)
        {
            write("The type check found no problems.");
        }

        return true;
    }

    private async Task<bool> DumpAsync(string file)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            var stream = new FileStream(file, options);
            await using (stream.ConfigureAwait(false))
            {
                if (!OperatingSystem.IsWindows())
                {
                    // UnixCreateMode does not change the mode of an existing file.
                    File.SetUnixFileMode(stream.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                }

                await stream.WriteAsync(session.Dump()).ConfigureAwait(false);
            }

            write($"Saved {session.Dump().Length} bytes to {file}.");
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException($"The session cannot be saved to {file}: {exception.Message}", exception);
        }

        return true;
    }

    private async Task<bool> LoadAsync(string file, Interruption interruption)
    {
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > MaxDumpBytes })
            {
                throw new BadInputException(
                    $"{file} cannot be loaded: it is larger than {MaxDumpBytes >> 20} MiB, the maximum size of a dump."
                );
            }

            await session
                .LoadAsync(await File.ReadAllBytesAsync(file, interruption.Token).ConfigureAwait(false), interruption.Token)
                .ConfigureAwait(false);
            write($"Loaded {file}.");
        }
        catch (Exception exception)
            when (exception
                    is IOException
                        or UnauthorizedAccessException
                        or ArgumentException
                        or NotSupportedException
                        or MontyDumpException
            )
        {
            throw new BadInputException($"{file} cannot be loaded, so the session is unchanged: {exception.Message}", exception);
        }

        return true;
    }

    private async Task<bool> ResetAsync(string argument, Interruption interruption) =>
        show(await session.OpenAsync(interruption).ConfigureAwait(false));

    /// <summary>One command.</summary>
    /// <param name="Name">The name with its colon.</param>
    /// <param name="Argument">The name of the argument in the help, or an empty string for a command without an argument.</param>
    /// <param name="Help">The description.</param>
    /// <param name="RunAsync">Runs the command. Returns false when the REPL must end.</param>
    private sealed record ReplCommand(string Name, string Argument, string Help, Func<string, Interruption, Task<bool>> RunAsync)
    {
        public void Validate(string argument)
        {
            if (Argument.Length == 0 && argument.Length > 0)
            {
                throw new BadInputException($"{Name} takes no argument, but '{argument}' was given.");
            }

            if (Argument.Length > 0 && argument.Length == 0)
            {
                throw new BadInputException($"{Name} requires an argument: {Name} {Argument}.");
            }
        }
    }
}
