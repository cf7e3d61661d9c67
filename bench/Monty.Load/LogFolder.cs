using System.Text;

namespace Monty.Load;

/// <summary>Where a driven engine writes what happened outside its store.</summary>
internal sealed class LogFolder(string path)
{
    /// <summary>A line <c>key argumentsHash</c> for each time that a handler had its effect.</summary>
    public string Effects { get; } = Path.Combine(path, "effects");

    /// <summary>A line <c>session commandId</c> for each answer that the engine acknowledged.</summary>
    public string Acks { get; } = Path.Combine(path, "acks");

    /// <summary>What the engines complained of.</summary>
    public string Problems { get; } = Path.Combine(path, "problems");

    /// <summary>The folder.</summary>
    public string FullPath { get; } = path;

    /// <summary>The whole lines of a log, in words; a last line that was cut is left out.</summary>
    public static IEnumerable<string[]> Read(string log) =>
        File.Exists(log) ? File.ReadAllText(log).Split('\n').SkipLast(1).Select(line => line.Split(' ')) : [];

    /// <summary>How many bytes a log has.</summary>
    public static long Length(string log) => File.Exists(log) ? new FileInfo(log).Length : 0;
}

/// <summary>A log that outlives the process however it ends: each line is one write at the end of the file, done before the call returns.</summary>
/// <remarks>Thread-safe. One process writes at a time.</remarks>
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
