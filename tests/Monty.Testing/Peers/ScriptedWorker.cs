using System.ComponentModel;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text;

namespace Monty.Testing;

/// <summary>An executable that plays a worker according to a script. It is a real process, so exit codes, crashes and leaks are real.</summary>
/// <remarks>
/// The executable is a link to a file of the build output, and the script is a file next to the link. A file that this process has just
/// written could fail to execute with ETXTBSY, because a child of another test, forked in the meantime, may still have it open for writing.
/// </remarks>
[UnsupportedOSPlatform("windows")]
public sealed class ScriptedWorker : IDisposable
{
    private static readonly string Player = FindPlayer();
    private readonly TempFolder folder = new();

    /// <summary>Creates the executable, without starting it.</summary>
    public ScriptedWorker(PeerScript script)
    {
        ArgumentNullException.ThrowIfNull(script);
        Path = folder.File("worker");
        File.CreateSymbolicLink(Path, Player);
        File.WriteAllText(Path + ".script", script.ToString(), Encoding.Latin1);
    }

    /// <summary>The path of the executable, for <c>MontyPoolOptions.RuntimePath</c>.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (File.Exists(Path + PeerScript.HoldersSuffix))
        {
            foreach (var id in File.ReadAllLines(Path + PeerScript.HoldersSuffix))
            {
                EndHolder(int.Parse(id, CultureInfo.InvariantCulture));
            }
        }

        folder.Dispose();
    }

    private static void EndHolder(int id)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            using var watch = ProcessWatch.Open(id);
            watch.Kill();
            watch.WaitForEnd(TestTimeouts.Generous);
        }
        catch (Win32Exception)
        {
            // It has ended already.
        }
    }

    private static string FindPlayer()
    {
        var path = System.IO.Path.Combine(AppContext.BaseDirectory, "Peers", "scripted-worker.sh");
        File.SetUnixFileMode(
            path,
            File.GetUnixFileMode(path) | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
        );
        return path;
    }
}
