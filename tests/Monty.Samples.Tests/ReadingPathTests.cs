using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Monty.Samples.Tests;

/// <summary>Checks the numbered steps in docs/architecture.md and in the README of each project: they name types that exist.</summary>
public sealed partial class ReadingPathTests
{
    private const int MaxSteps = 6;

    private static readonly string Repository = FindRepository();

    private static readonly HashSet<string> Types =
    [
        .. Directory
            .EnumerateFiles(Path.Combine(Repository, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Declaration().Matches(File.ReadAllText(file)))
            .Select(declaration => declaration.Groups["name"].Value),
    ];

    public static TheoryData<string> Pages =>
        [
            "docs/architecture.md",
            .. Directory
                .EnumerateDirectories(Path.Combine(Repository, "src"))
                .Select(project => $"src/{Path.GetFileName(project)}/README.md"),
        ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_has_at_most_six_steps_and_their_types_exist(string page)
    {
        var steps = Step().Matches(File.ReadAllText(Path.Combine(Repository, page))).Select(step => step.Groups["text"].Value).ToList();

        steps.Count.ShouldBeInRange(2, MaxSteps);
        steps.ShouldAllBe(step => step.StartsWith('`'));
        steps
            .SelectMany(step => Name().Matches(step))
            .Select(name => name.Groups["name"].Value)
            .Where(name => !Types.Contains(name))
            .ShouldBeEmpty();
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

    [GeneratedRegex(
        @"^(?:public|internal)[a-z ]* (?:class|struct|record|interface|enum) (?:class |struct )?(?<name>\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^\d+\. (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Step();

    /// <summary>Matches a word in backticks that looks like the name of a type.</summary>
    [GeneratedRegex(@"`(?<name>[A-Z]\w+)`")]
    private static partial Regex Name();
}
