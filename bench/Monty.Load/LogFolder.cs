using System.Text;
using Monty.Actors;

namespace Monty.Load;

/// <summary>The logs of an engine process about everything that happens outside its store.</summary>
internal sealed class LogFolder(string path)
{
    /// <summary>The log with one line <c>key argumentsHash</c> for each run of a handler.</summary>
    public string Effects { get; } = Path.Combine(path, "effects");

    /// <summary>The log with one line <c>session commandId</c> for each accepted command.</summary>
    public string Acks { get; } = Path.Combine(path, "acks");

    /// <summary>The log with one line for each command that was refused although it should not have been.</summary>
    public string Refusals { get; } = Path.Combine(path, "refusals");

    /// <summary>The log of the problems that the engines reported.</summary>
    public string Problems { get; } = Path.Combine(path, "problems");

    /// <summary>The folder.</summary>
    public string FullPath { get; } = path;

    /// <summary>Returns the folder that a session's scripts see as <c>/data</c>.</summary>
    public string FilesOf(SessionId session) => Path.Combine(FullPath, "files", session.Name);

    /// <summary>Reads the words of the complete lines of a log. An incomplete last line is omitted.</summary>
    public static IEnumerable<string[]> Read(string log) =>
        File.Exists(log) ? File.ReadAllText(log).Split('\n').SkipLast(1).Select(line => line.Split(' ')) : [];

    /// <summary>Returns the size of a log in bytes.</summary>
    public static long Length(string log) => File.Exists(log) ? new FileInfo(log).Length : 0;
}

/// <summary>A log whose lines survive any end of the process, because each line is written to the file before the call returns.</summary>
/// <remarks>Thread-safe. Only one process may write at a time.</remarks>
internal sealed class LineLog(string path) : IDisposable
{
    private readonly Lock gate = new();
    private readonly FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    public void Write(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        lock (gate)
        {
            file.Write(bytes);
        }
    }

    public void Dispose() => file.Dispose();
}
