using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Monty.Samples.Tests;

/// <summary>The numbered hops in docs/architecture.md and in the README of each project lead through classes that exist.</summary>
public sealed partial class ReadingPathTests
{
    private const int MaxHops = 6;

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
    public void A_page_leads_through_at_most_six_hops_that_exist(string page)
    {
        var hops = Hop().Matches(File.ReadAllText(Path.Combine(Repository, page))).Select(hop => hop.Groups["text"].Value).ToList();

        hops.Count.ShouldBeInRange(2, MaxHops);
        hops.ShouldAllBe(hop => hop.StartsWith('`'));
        hops.SelectMany(hop => Name().Matches(hop))
            .Select(name => name.Groups["name"].Value)
            .Where(name => !Types.Contains(name))
            .ShouldBeEmpty();
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

    [GeneratedRegex(
        @"^(?:public|internal)[a-z ]* (?:class|struct|record|interface|enum) (?:class |struct )?(?<name>\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^\d+\. (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Hop();

    /// <summary>A word in code marks that is written like a type.</summary>
    [GeneratedRegex(@"`(?<name>[A-Z]\w+)`")]
    private static partial Regex Name();
}
