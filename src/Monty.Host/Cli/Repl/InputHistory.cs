using System.Collections.Immutable;
using System.Text;

namespace Monty.Host.Cli.Repl;

/// <summary>The lines that the user entered, stored in a file that only the user may read.</summary>
/// <remarks>If the file cannot be read or written, a warning is shown once and the lines are kept in memory only.</remarks>
internal sealed class InputHistory
{
    private const int MaxLines = 1000;
    private const int MaxLineLength = 10_000;
    private const int MaxBytes = 4 << 20;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Action<string> warn;
    private string? path;

    /// <param name="path">The path of the file, or null to keep the lines in memory only.</param>
    /// <param name="warn">Receives a warning if the file cannot be used.</param>
    public InputHistory(string? path, Action<string> warn)
    {
        this.path = path;
        this.warn = warn;
        WithFile(file => Lines = Read(file));
    }

    /// <summary>The lines, oldest first.</summary>
    public ImmutableArray<string> Lines { get; private set; } = [];

    /// <summary>The default path: in XDG_STATE_HOME or <c>~/.local/state</c>, and on Windows in the local application data.</summary>
    public static string DefaultPath
    {
        get
        {
            var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            if (OperatingSystem.IsWindows())
            {
                state = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
            }
            else if (!Path.IsPathRooted(state))
            {
                state = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
            }

            return Path.Combine(state!, "monty", "repl_history");
        }
    }

    /// <summary>Adds a line unless it is blank, repeats the previous line or is longer than 10,000 characters.</summary>
    public void Add(string line)
    {
        if (
            string.IsNullOrWhiteSpace(line)
            || line.Length > MaxLineLength
            || line.Contains('\n', StringComparison.Ordinal)
            || (Lines.Length > 0 && Lines[^1] == line)
        )
        {
            return;
        }

        Lines = TakeNewest(Lines.Add(line));
        WithFile(file =>
        {
            using var stream = Open(file, FileMode.Append);
            stream.Write(Encoding.UTF8.GetBytes(line + "\n"));
        });
    }

    /// <summary>Reads the newest lines, and removes the older lines from the file.</summary>
    private static ImmutableArray<string> Read(string file)
    {
        if (Path.GetDirectoryName(file) is { Length: > 0 } folder && !Directory.Exists(folder))
        {
            CreateFolder(folder);
        }

        using var stream = Open(file, FileMode.OpenOrCreate);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(stream.SafeFileHandle, Private);
        }

        stream.Seek(Math.Max(0, stream.Length - MaxBytes), SeekOrigin.Begin);
        using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        var all = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var lines = TakeNewest([.. all]);
        if (lines.Length == all.Length && stream.Length <= MaxBytes)
        {
            return lines;
        }

        stream.SetLength(0);
        stream.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n"))));
        return lines;
    }

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, Private | UnixFileMode.UserExecute);
        }
    }

    private static ImmutableArray<string> TakeNewest(ImmutableArray<string> lines) =>
        lines.Length <= MaxLines ? lines : lines.RemoveRange(0, lines.Length - MaxLines);

    private static FileStream Open(string file, FileMode mode)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = mode == FileMode.Append ? FileAccess.Write : FileAccess.ReadWrite,
            Share = FileShare.ReadWrite,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Private;
        }

        return new FileStream(file, options);
    }

    private void WithFile(Action<string> use)
    {
        if (path is null)
        {
            return;
        }

        try
        {
            use(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            warn(
                $"warning: the history cannot be stored in {path}: {exception.Message} Name another file with --history, or use --no-history."
            );
            path = null;
        }
    }
}
