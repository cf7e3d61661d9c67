using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Monty.Packages.Tests;
using Monty.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(PackageFeed))]

namespace Monty.Packages.Tests;

/// <summary>Runs <c>./build.sh pack</c>, and provides the packages as a package source for folders outside the repository.</summary>
public sealed class PackageFeed : IAsyncLifetime
{
    /// <summary>The root of the repository.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The folder that contains the packages.</summary>
    public string Folder { get; } = Path.Combine(Repository, "artifacts", "package");

    /// <summary>The version of all packages.</summary>
    public string Version { get; private set; } = "";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var start = new ProcessStartInfo(Path.Combine(Repository, "build.sh"), ["pack"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        using var pack = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(2 * TestTimeouts.Generous);
        var output = pack.StandardOutput.ReadToEndAsync(timeout.Token);
        var error = pack.StandardError.ReadToEndAsync(timeout.Token);
        await pack.WaitForExitAsync(timeout.Token);
        if (pack.ExitCode != 0)
        {
            throw new InvalidOperationException($"./build.sh pack failed with exit code {pack.ExitCode}:\n{await output}{await error}");
        }

        const string Name = "Monty.Interop.";
        Version = Path.GetFileNameWithoutExtension(Directory.GetFiles(Folder, Name + "*.nupkg").Single())[Name.Length..];
    }

    /// <summary>Reads the files of a package, by path.</summary>
    public IReadOnlyDictionary<string, byte[]> Open(string id, string extension = "nupkg") =>
        Read(Path.Combine(Folder, $"{id}.{Version}.{extension}"));

    /// <summary>Reads the files of a package file, by path.</summary>
    public static IReadOnlyDictionary<string, byte[]> Read(string file)
    {
        using var zip = ZipFile.OpenRead(file);
        return zip.Entries.ToDictionary(e => e.FullName, ReadBytes);
    }

    /// <summary>Adds this package source to a folder. All other packages come from the sources of the machine.</summary>
    public void AddTo(TempFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        folder.Write(
            "nuget.config",
            $"""<configuration><packageSources><add key="local-monty" value="{Folder}" /></packageSources></configuration>"""
        );
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    private static byte[] ReadBytes(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static string FindRepository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Monty.sln")))
        {
            folder =
                Path.GetDirectoryName(folder)
                ?? throw new InvalidOperationException("Monty.sln was not found. Run the tests inside the repository.");
        }

        return folder;
    }
}
