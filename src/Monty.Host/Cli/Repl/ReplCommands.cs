using System.Text;
using Monty.Host.Cli.Input;
using Monty.Host.Cli.Streams;
using Monty.Interop;

namespace Monty.Host.Cli.Repl;

/// <summary>The words of the console itself, which begin with a colon, as no Python does.</summary>
internal sealed class ReplCommands
{
    private const int LongestValue = 200;
    private const int MostDumpBytes = 256 << 20;
    private const string ResetName = ":reset";
    private const string RevealedType = "Revealed type: ";

    private readonly ReplSession session;
    private readonly Action<string> write;
    private readonly Action<string> complain;
    private readonly Func<RunOutcome, bool> show;
    private readonly List<ReplCommand> commands;

    /// <param name="session">What they act on.</param>
    /// <param name="write">Takes lines for the person.</param>
    /// <param name="complain">Takes what cannot be done.</param>
    /// <param name="show">Shows how code ended; false when the console is to end with it.</param>
    public ReplCommands(ReplSession session, Action<string> write, Action<string> complain, Func<RunOutcome, bool> show)
    {
        this.session = session;
        this.write = write;
        this.complain = complain;
        this.show = show;
        commands =
        [
            new(":help", "", "This text.", (_, _) => Help()),
            new(":vars", "", "The globals that you made, and their values.", (_, interruption) => ShowGlobalsAsync(interruption)),
            new(":type", "CODE", "The type of an expression, or what a type check finds in statements; nothing runs.", ShowTypeAsync),
            new(":dump", "FILE", "Saves the session; the file holds its data, and only you may read it.", (file, _) => DumpAsync(file)),
            new(":load", "FILE", "Goes on from a saved session.", LoadAsync),
            new(ResetName, "", "Starts anew: inputs are bound and the preamble runs again.", ResetAsync),
            new(":quit", "", "Ends, as Ctrl-D does.", (_, _) => Task.FromResult(false)),
        ];
    }

    /// <summary>Their names, to complete what is typed.</summary>
    public IEnumerable<string> Names => commands.Select(c => c.Name);

    /// <summary>Runs a command.</summary>
    /// <param name="line">It begins with a colon.</param>
    /// <param name="interruption">Ends what it runs.</param>
    /// <returns>False when the console is to end.</returns>
    public async Task<bool> RunAsync(string line, Interruption interruption)
    {
        var words = line.Trim().Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var argument = words.ElementAtOrDefault(1) ?? "";
        try
        {
            if (commands.Find(c => c.Name == words[0]) is not { } command)
            {
                throw new BadInputException($"There is no command {words[0]}; there are {string.Join(", ", Names)}.");
            }

            if (command.Argument.Length == 0 != (argument.Length == 0))
            {
                throw new BadInputException(
                    command.Argument.Length == 0
                        ? $"{command.Name} takes nothing after it."
                        : $"{command.Name} needs {command.Argument} after it."
                );
            }

            return await command.RunAsync(argument, interruption).ConfigureAwait(false);
        }
        catch (BadInputException refused)
        {
            complain("error: " + refused.Message);
        }
        catch (MontyException failed) when (words[0] != ResetName)
        {
            complain("error: " + failed.Message); // of a worker beside that of the session
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            complain("KeyboardInterrupt");
        }

        return true;
    }

    private Task<bool> Help()
    {
        foreach (var command in commands)
        {
            write($"{command.Name + " " + command.Argument, -12} {command.Help}");
        }

        write("Anything else is Python. An empty line ends a block, Ctrl-C gives up the input or stops what runs, Tab completes.");
        return Task.FromResult(true);
    }

    private async Task<bool> ShowGlobalsAsync(Interruption interruption)
    {
        foreach (var (name, value) in await session.ReadGlobalsAsync(interruption.Token).ConfigureAwait(false))
        {
            write($"{name} = {VisibleText.Format(value.Display(LongestValue), LongestValue)}");
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
            write("The type check finds nothing.");
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
                    File.SetUnixFileMode(stream.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.UserWrite); // one that was there keeps its own
                }

                await stream.WriteAsync(session.Dump()).ConfigureAwait(false);
            }

            write($"Saved {session.Dump().Length} bytes to {file}.");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException($"The session cannot be saved to {file}: {failed.Message}", failed);
        }

        return true;
    }

    private async Task<bool> LoadAsync(string file, Interruption interruption)
    {
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > MostDumpBytes })
            {
                throw new BadInputException($"{file} is larger than any dump.");
            }

            await session
                .LoadAsync(await File.ReadAllBytesAsync(file, interruption.Token).ConfigureAwait(false), interruption.Token)
                .ConfigureAwait(false);
            write($"Loaded {file}.");
        }
        catch (Exception failed)
            when (failed is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or MontyDumpException)
        {
            throw new BadInputException($"{file} cannot be loaded, and the session is as before: {failed.Message}", failed);
        }

        return true;
    }

    private async Task<bool> ResetAsync(string argument, Interruption interruption) =>
        show(await session.OpenAsync(interruption).ConfigureAwait(false));

    private sealed record ReplCommand(string Name, string Argument, string Help, Func<string, Interruption, Task<bool>> RunAsync);
}
