using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Monty.Packages.Tests;
using Monty.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(PackageFeed))]

namespace Monty.Packages.Tests;

/// <summary>The packages, made as docs/how-to/install.md says and then once more, as a source for folders outside the repository.</summary>
public sealed class PackageFeed : IAsyncLifetime
{
    private readonly TempFolder home = new();

    /// <summary>What this machine has unpacked. The repository keeps using it, as its projects refer to it after the test.</summary>
    private static string MachinePackages =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>The root of the repository.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Where the packages are.</summary>
    public string Folder { get; } = Path.Combine(Repository, "artifacts", "package");

    /// <summary>The version of every package.</summary>
    public string Version { get; private set; } = "";

    /// <summary>The version of the pack before it.</summary>
    public string FirstVersion { get; private set; } = "";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(home.File(".nuget/NuGet"));
        home.Write(
            ".nuget/NuGet/NuGet.Config",
            $"""<configuration><packageSources><clear /><add key="cache" value="{MachinePackages}" /></packageSources></configuration>"""
        );
        await RunInRepositoryAsync(InstallPage.RepositoryCommands);
        FirstVersion = ReadVersion();
        await RunInRepositoryAsync("./build.sh pack");
        Version = ReadVersion();
    }

    /// <summary>Runs a script in a folder, as somebody whose NuGet knows the packages and what this machine has unpacked, and who has unpacked nothing.</summary>
    public Task<string> RunAtHomeAsync(TempFolder folder, string script)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var start = CreateShell(folder.Path, script);
        start.Environment["NUGET_PACKAGES"] = folder.File("packages");
        start.Environment["PATH"] = $"{home.File(".dotnet/tools")}:{Environment.GetEnvironmentVariable("PATH")}";
        return Command.RunAsync(start);
    }

    /// <summary>The files of a package, by path.</summary>
    public IReadOnlyDictionary<string, byte[]> Open(string id, string extension = "nupkg") =>
        Read(Path.Combine(Folder, $"{id}.{Version}.{extension}"));

    /// <summary>The files of any package, by path.</summary>
    public static IReadOnlyDictionary<string, byte[]> Read(string file)
    {
        using var zip = ZipFile.OpenRead(file);
        return zip.Entries.ToDictionary(e => e.FullName, Bytes);
    }

    /// <summary>Makes a folder one of somebody who knows the packages: they come from here, all others from the machine's own sources.</summary>
    public void ServeIn(TempFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        folder.Write(
            "nuget.config",
            $"""<configuration><packageSources><add key="local-monty" value="{Folder}" /></packageSources></configuration>"""
        );
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        home.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    private Task<string> RunInRepositoryAsync(string script) => Command.RunAsync(CreateShell(Repository, script));

    private ProcessStartInfo CreateShell(string folder, string script)
    {
        var start = new ProcessStartInfo("bash", ["-euc", script]) { WorkingDirectory = folder };
        start.Environment["DOTNET_CLI_HOME"] = home.Path;
        start.Environment["NUGET_PACKAGES"] = MachinePackages;
        return start;
    }

    private string ReadVersion()
    {
        const string Name = "Monty.Interop.";
        return Path.GetFileNameWithoutExtension(Directory.GetFiles(Folder, Name + "*.nupkg").Single())[Name.Length..];
    }

    private static byte[] Bytes(ZipArchiveEntry entry)
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
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Not run inside the repository.");
        }

        return folder;
    }
}
