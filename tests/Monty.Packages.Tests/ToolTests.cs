using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Packages.Tests;

public sealed class ToolTests(PackageFeed feed)
{
    [Fact]
    public async Task The_command_line_can_be_installed_as_a_tool_and_includes_its_runtime()
    {
        using var folder = new TempFolder();
        feed.AddTo(folder);

        await Command.RunAsync(folder.Path, "dotnet", "tool", "install", "Monty.Host", "--version", feed.Version, "--tool-path", "tools");

        (await Command.RunAsync(folder.Path, folder.File("tools/montynet"), "run", "-c", "1+1")).ShouldBe("2\n");
        (await Command.RunAsync(folder.Path, folder.File("tools/montynet"), "--help")).ShouldContain("montynet [command] [options]");
        feed.Open("Monty.Host").Keys.ShouldContain("NOTICE.md");
    }
}
