using System.Collections.Immutable;
using System.Text;

namespace Monty.Host.Cli.Repl;

/// <summary>The lines that a person entered, kept in a file that only that person may read.</summary>
/// <remarks>A file that cannot be read or written is said once, and the lines are kept in memory then.</remarks>
internal sealed class InputHistory
{
    private const int MostLines = 1000;
    private const int LongestLine = 10_000;
    private const int MostBytes = 4 << 20;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Action<string> warn;
    private string? path;

    /// <param name="path">The file; null to keep nothing beyond this process.</param>
    /// <param name="warn">Hears of a file that cannot be used.</param>
    public InputHistory(string? path, Action<string> warn)
    {
        this.path = path;
        this.warn = warn;
        WithFile(file => Lines = Read(file));
    }

    /// <summary>The oldest first.</summary>
    public ImmutableArray<string> Lines { get; private set; } = [];

    /// <summary>The file of this user: under the state directory of the desktop, and under the application data on Windows.</summary>
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

    /// <summary>Keeps a line, unless it is blank, the same as the last one, or longer than anybody would want again.</summary>
    public void Add(string line)
    {
        if (
            string.IsNullOrWhiteSpace(line)
            || line.Length > LongestLine
            || line.Contains('\n', StringComparison.Ordinal)
            || (Lines.Length > 0 && Lines[^1] == line)
        )
        {
            return;
        }

        Lines = Bounded(Lines.Add(line));
        WithFile(file =>
        {
            using var stream = Open(file, FileMode.Append);
            stream.Write(Encoding.UTF8.GetBytes(line + "\n"));
        });
    }

    /// <summary>Reads the last lines, and leaves the others out of the file.</summary>
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

        stream.Seek(Math.Max(0, stream.Length - MostBytes), SeekOrigin.Begin);
        using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        var all = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var lines = Bounded([.. all]);
        if (lines.Length == all.Length && stream.Length <= MostBytes)
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

    private static ImmutableArray<string> Bounded(ImmutableArray<string> lines) =>
        lines.Length <= MostLines ? lines : lines.RemoveRange(0, lines.Length - MostLines);

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
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            warn(
                $"warning: the history cannot be kept in {path}: {unusable.Message} Name another file with --history, or none with --no-history."
            );
            path = null;
        }
    }
}
