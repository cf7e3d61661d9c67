using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Monty.Packages.Tests;
using Monty.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(PackageFeed))]

namespace Monty.Packages.Tests;

/// <summary>Creates the packages twice, first with the commands of docs/how-to/install.md, and provides them as a package source for other folders.</summary>
public sealed class PackageFeed : IAsyncLifetime
{
    private readonly TempFolder home = new();

    /// <summary>The package folder of this machine. Commands in the repository use it, because the projects still need it after the tests.</summary>
    private static string MachinePackages =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>The root of the repository.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The folder that contains the packages.</summary>
    public string Folder { get; } = Path.Combine(Repository, "artifacts", "package");

    /// <summary>The version of all packages.</summary>
    public string Version { get; private set; } = "";

    /// <summary>The version of the first of the two packs.</summary>
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

    /// <summary>Runs a script in a folder, like a user whose package folder is empty.</summary>
    /// <remarks>The package sources of this user are the created packages and the package folder of this machine.</remarks>
    public Task<string> RunAtHomeAsync(TempFolder folder, string script)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var start = CreateShell(folder.Path, script);
        start.Environment["NUGET_PACKAGES"] = folder.File("packages");
        start.Environment["PATH"] = $"{home.File(".dotnet/tools")}:{Environment.GetEnvironmentVariable("PATH")}";
        return Command.RunAsync(start);
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
