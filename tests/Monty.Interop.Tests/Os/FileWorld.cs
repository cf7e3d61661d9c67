using Monty.Testing;

namespace Monty.Interop.Tests.Os;

/// <summary>The kinds of mounts.</summary>
public enum MountKind
{
    ReadOnly,
    ReadWrite,
    Overlay,
    InMemory,
}

/// <summary>An operating system with one mount at <c>/data</c> that contains the given files, and the folder of the host that it uses.</summary>
internal sealed class FileWorld : IDisposable
{
    private readonly TempFolder folder = new();

    public FileWorld(MountKind kind, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, long? limit = null)
    {
        foreach (var (name, content) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.File(name))!);
            File.WriteAllBytes(folder.File(name), content.ToArray());
        }

        var mount = kind switch
        {
            MountKind.ReadOnly => MontyMount.ReadOnly(folder.Path, "/data"),
            MountKind.ReadWrite => MontyMount.ReadWrite(folder.Path, "/data", limit),
            MountKind.Overlay => MontyMount.Overlay(folder.Path, "/data", limit ?? 64 << 20),
            _ => MontyMount.InMemory("/data", files, limit ?? 64 << 20),
        };
        Os = new MontyOs(new MontyOsOptions { Mounts = [mount], WorkingDirectory = "/data" });
    }

    public MontyOs Os { get; }

    public string Folder => folder.Path;

    public FeedOptions Feed => new() { Os = Os };

    public void Dispose()
    {
        Os.Dispose();
        folder.Dispose();
    }
}
