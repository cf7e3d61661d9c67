using System.ComponentModel;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text;

namespace Monty.Testing;

/// <summary>An executable that plays a worker by a script: a real process, so that exit codes, crashes and leaks are real.</summary>
/// <remarks>
/// What is executed is a link to one file of the build's output, and the script lies beside the link: a file that this process had just written
/// could not be executed while another test's child, forked meanwhile, still held it open for writing (ETXTBSY).
/// </remarks>
[UnsupportedOSPlatform("windows")]
public sealed class ScriptedWorker : IDisposable
{
    private static readonly string Player = FindPlayer();
    private readonly TempFolder folder = new();

    /// <summary>Writes the executable; nothing is started.</summary>
    public ScriptedWorker(PeerScript script)
    {
        ArgumentNullException.ThrowIfNull(script);
        Path = folder.File("worker");
        File.CreateSymbolicLink(Path, Player);
        File.WriteAllText(Path + ".script", script.ToString(), Encoding.Latin1);
    }

    /// <summary>The executable: what <c>MontyPoolOptions.RuntimePath</c> takes.</summary>
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
