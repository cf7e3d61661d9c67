using System.Runtime.Versioning;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Packages.Tests;

/// <summary>A project outside the repository that knows the packages only.</summary>
[SupportedOSPlatform("linux")]
public sealed class ConsumerTests(PackageFeed feed)
{
    private const UnixFileMode Everyone = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const string Said = "7\n";

    [Fact]
    public async Task A_program_that_takes_the_packages_runs_scripts_where_it_is_built_and_where_it_is_published()
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
    public async Task A_copy_that_lost_the_mark_of_an_executable_gets_it_back()
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

    /// <summary>Runs the program and checks that anybody could have.</summary>
    private static async Task RunAsync(TempFolder folder, string output, string runtime)
    {
        (await Command.RunAsync(folder.Path, folder.File(output + "/Consumer"))).ShouldBe(Said);
        (File.GetUnixFileMode(folder.File(output + "/" + runtime)) & Everyone).ShouldBe(Everyone);
    }

    private TempFolder CreateProject()
    {
        var folder = new TempFolder();
        feed.ServeIn(folder);
        var sources = Path.Combine(AppContext.BaseDirectory, "Consumer");
        folder.Write("Program.cs", File.ReadAllText(Path.Combine(sources, "Program.cs")));
        folder.Write(
            "Consumer.csproj",
            File.ReadAllText(Path.Combine(sources, "Consumer.csproj.txt")).Replace("VERSION", feed.Version, StringComparison.Ordinal)
        );
        return folder;
    }
}
