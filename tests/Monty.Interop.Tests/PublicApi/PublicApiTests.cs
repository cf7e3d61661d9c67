using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.PublicApi;

/// <summary>What users can name changes on purpose only: a change of the surface is a change of the committed file, which a reviewer sees.</summary>
public sealed class PublicApiTests
{
    private const string Accept = "MONTY_ACCEPT_PUBLIC_API";
    private const string Baseline = "tests/Monty.Interop.Tests/PublicApi.txt";

    [Fact]
    public void The_public_surface_is_the_committed_one()
    {
        var actual = SurfaceText.Of(typeof(MontySession).Assembly);
        var committed = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "PublicApi.txt"));
        if (actual == committed) return;
        if (Environment.GetEnvironmentVariable(Accept) == "1")
        {
            File.WriteAllText(Path.Combine(RepositoryRoot(), Baseline), actual);
            return;
        }

        var (old, now) = (committed.Split('\n'), actual.Split('\n'));
        Assert.Fail($"""
            The public surface of Monty.Interop is not the one in {Baseline}.
            If that is meant, run this test once more with {Accept}=1 and commit the file; if not, the lines are:
            {string.Join('\n', old.Except(now).Select(line => "- " + line).Concat(now.Except(old).Select(line => "+ " + line)))}
            """);
    }

    [Fact]
    public void No_wire_type_is_in_the_public_surface() =>
        typeof(MontySession).Assembly.GetExportedTypes().Where(t => t.Namespace is not "Monty.Interop").ShouldBeEmpty();

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Monty.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Monty.sln.");
    }
}
