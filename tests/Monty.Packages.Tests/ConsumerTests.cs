using System.Runtime.Versioning;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Packages.Tests;

/// <summary>A project outside the repository that uses only the packages.</summary>
[SupportedOSPlatform("linux")]
public sealed class ConsumerTests(PackageFeed feed)
{
    private const UnixFileMode Everyone = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const string ExpectedOutput = "7\n";

    [Fact]
    public async Task A_program_that_uses_the_packages_runs_scripts_after_a_build_and_after_a_publish()
    {
        using var folder = CreateProject();

        await Command.RunAsync(folder.Path, "dotnet", "build", "-v", "q");
        await RunAsync(folder, "bin/Debug/net10.0", "runtimes/linux-x64/native/monty");

        await Command.RunAsync(folder.Path, "dotnet", "publish", "-v", "q", "-o", "published");
        await RunAsync(folder, "published", "runtimes/linux-x64/native/monty");

        await Command.RunAsync(
            folder.Path,
            "dotnet",
            "publish",
            "-v",
            "q",
            "-r",
            "linux-x64",
            "--no-self-contained",
            "-o",
            "for-one-platform"
        );
        await RunAsync(folder, "for-one-platform", "monty");
    }

    [Fact]
    public async Task A_copy_that_is_not_executable_is_made_executable()
    {
        using var folder = CreateProject();
        await Command.RunAsync(
            folder.Path,
            "dotnet",
            "publish",
            "-v",
            "q",
            "-r",
            "linux-x64",
            "--no-self-contained",
            "-p:PublishSingleFile=true",
            "-o",
            "published"
        );
        var runtime = folder.File("published/monty");
        File.SetUnixFileMode(runtime, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        await RunAsync(folder, "published", "monty");
    }

    /// <summary>Runs the program, and checks that all users may execute the runtime.</summary>
    private static async Task RunAsync(TempFolder folder, string output, string runtime)
    {
        (await Command.RunAsync(folder.Path, folder.File(output + "/Consumer"))).ShouldBe(ExpectedOutput);
        (File.GetUnixFileMode(folder.File(output + "/" + runtime)) & Everyone).ShouldBe(Everyone);
    }

    private TempFolder CreateProject()
    {
        var folder = new TempFolder();
        feed.AddTo(folder);
        var sources = Path.Combine(AppContext.BaseDirectory, "Consumer");
        folder.Write("Program.cs", File.ReadAllText(Path.Combine(sources, "Program.cs")));
        folder.Write(
            "Consumer.csproj",
            File.ReadAllText(Path.Combine(sources, "Consumer.csproj.txt")).Replace("VERSION", feed.Version, StringComparison.Ordinal)
        );
        return folder;
    }
}
