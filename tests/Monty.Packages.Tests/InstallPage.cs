using System.Text.RegularExpressions;

namespace Monty.Packages.Tests;

/// <summary>The commands and the program of docs/how-to/install.md, as a reader would type them.</summary>
internal static partial class InstallPage
{
    /// <summary>The section whose commands run in a clone of the repository.</summary>
    private const string RepositorySection = "Build the packages";

    /// <summary>The commands that a reader runs in a clone of the repository.</summary>
    public static string RepositoryCommands { get; } = ReadScript(title => title == RepositorySection);

    /// <summary>The commands that a reader runs in any other folder, in order.</summary>
    public static string OtherCommands { get; } = ReadScript(title => title != RepositorySection);

    private static string ReadScript(Func<string, bool> isWanted)
    {
        var page = File.ReadAllText(Path.Combine(PackageFeed.Repository, "docs/how-to/install.md"));
        var blocks = page.Split("\n## ")
            .Where(part => isWanted(part[..part.IndexOf('\n', StringComparison.Ordinal)]))
            .SelectMany(part => Block().Matches(part))
            .Select(block => (Language: block.Groups["language"].Value, Text: block.Groups["text"].Value));
        return string.Concat(blocks.Select(b => b.Language == "csharp" ? $"cat >Program.cs <<'PROGRAM'\n{b.Text}PROGRAM\n" : b.Text));
    }

    [GeneratedRegex("^```(?<language>.*)\n(?<text>(?:.*\n)*?)```$", RegexOptions.Multiline)]
    private static partial Regex Block();
}
