using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Monty.Samples.Tests;

/// <summary>The README of the package says what compiles, and its comments what was printed.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void Every_example_is_the_code_that_is_compiled()
    {
        var compiled = Regions().Select(r => r.Code).ToList();
        var shown = CodeBlock().Matches(Read("README.md")).Select(m => m.Groups["code"].Value).ToList();

        compiled.Count.ShouldBe(10);
        shown.ShouldBe(compiled);
    }

    [Fact]
    public async Task Every_comment_is_what_the_example_prints()
    {
        var printed = await Sample.RunAsync("Snippets");

        printed.ShouldBe(string.Concat(Regions().Select(r => $"== {r.Name}\n{string.Concat(Comments(r.Code).Select(c => c + "\n"))}")));
    }

    private static IEnumerable<(string Name, string Code)> Regions() =>
        Region().Matches(Read("Examples.cs")).Select(m => (m.Groups["name"].Value, Unindent(m.Groups["code"].Value)));

    private static IEnumerable<string> Comments(string code) => Comment().Matches(code).Select(m => m.Groups["text"].Value);

    private static string Unindent(string code)
    {
        const int Indent = 8;
        return string.Join('\n', code.Split('\n').Select(l => l.Length > Indent ? l[Indent..] : l.TrimStart()));
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(ReadmeTests).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"#region (?<name>.+)\n(?<code>(?:.*\n)*?)\s*#endregion")]
    private static partial Regex Region();

    [GeneratedRegex(@"```csharp\n(?<code>(?:.*\n)*?)```")]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"(?<=^|\s)// (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
