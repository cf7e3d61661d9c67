using System.Reflection;
using Xunit;

namespace Monty.Testing.PublicApi;

/// <summary>What users can name changes on purpose only: a change of the surface is a change of the committed file, which a reviewer sees.</summary>
public static class SurfaceBaseline
{
    private const string Accept = "MONTY_ACCEPT_PUBLIC_API";

    /// <summary>Fails when an assembly's public surface is not the one in <c>PublicApi.txt</c> of the test project that asks, or writes that file when it is told to.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="tests">The test project, which has its <c>PublicApi.txt</c> copied beside it.</param>
    public static void Check(Assembly assembly, Assembly tests)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        ArgumentNullException.ThrowIfNull(tests);
        var baseline = $"tests/{tests.GetName().Name}/PublicApi.txt";
        var actual = SurfaceText.Of(assembly);
        var committed = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "PublicApi.txt"));
        if (actual == committed)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable(Accept) == "1")
        {
            File.WriteAllText(Path.Combine(RepositoryRoot(), baseline), actual);
            return;
        }

        var (old, now) = (committed.Split('\n'), actual.Split('\n'));
        Assert.Fail(
            $"""
            The public surface of {assembly.GetName().Name} is not the one in {baseline}.
            If that is meant, run this test once more with {Accept}=1 and commit the file; if not, the lines are:
            {string.Join('\n', old.Except(now).Select(line => "- " + line).Concat(now.Except(old).Select(line => "+ " + line)))}
            """
        );
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Monty.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Monty.sln.");
    }
}
