using System.Text.RegularExpressions;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Packages.Tests;

/// <summary>Runs the commands of docs/how-to/install.md like a user with an empty home folder.</summary>
public sealed partial class InstallTests(PackageFeed feed)
{
    [Fact]
    public async Task The_commands_of_the_page_create_a_program_and_a_command_that_run()
    {
        using var folder = new TempFolder();

        var output = await feed.RunAtHomeAsync(folder, InstallPage.OtherCommands);

        output.ShouldContain("\n45\n");
        output.ShouldEndWith("\n2\n");
        var project = await File.ReadAllTextAsync(folder.File("trips/trips.csproj"), TestContext.Current.CancellationToken);
        project.ShouldContain($"Include=\"Monty.Interop\" Version=\"{feed.Version}\"");
    }

    [Fact]
    public void The_version_of_each_pack_is_higher_than_the_version_of_the_previous_pack()
    {
        var (first, second) = (Parse(feed.FirstVersion), Parse(feed.Version));

        second.ShouldBeGreaterThan(first);
        Directory.GetFiles(feed.Folder).ShouldAllBe(file => file.Contains(feed.Version, StringComparison.Ordinal));

        static (int Day, int Time) Parse(string version)
        {
            var numbers = DevelopmentVersion().Match(version);
            numbers.Success.ShouldBeTrue(version);
            return (int.Parse(numbers.Groups[1].Value, null), int.Parse(numbers.Groups[2].Value, null));
        }
    }

    [Fact]
    public async Task A_release_needs_a_clean_work_tree_and_has_no_version_suffix()
    {
        using var folder = new TempFolder();
        foreach (var file in (string[])["build.sh", "Directory.Build.props"])
        {
            File.Copy(Path.Combine(PackageFeed.Repository, file), folder.File(file));
        }

        const string Commit = "git init -q . && git add . && git -c user.name=x -c user.email=x@y commit -q -m x";
        await Command.RunAsync(folder.Path, "bash", "-c", Commit);
        var build = folder.File("build.sh");

        (await Command.RunAsync(folder.Path, build, "version", "--release")).ShouldBe("0.1.0\n");
        (await Command.RunAsync(folder.Path, build, "version")).ShouldNotContain("dirty");
        folder.Write("new.txt", "not in the commit");
        (
            await Should.ThrowAsync<InvalidOperationException>(() => Command.RunAsync(folder.Path, build, "version", "--release"))
        ).Message.ShouldContain("a release must be packed from a commit");
    }

    [GeneratedRegex(@"^0\.1\.0-dev\.([1-9]\d{7})\.([1-9]\d{0,5}|0)\.g[0-9a-f]{7,}(-dirty)?$")]
    private static partial Regex DevelopmentVersion();
}
