using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Monty.Samples.Tests;

/// <summary>Checks that the examples in the README of the package compile, and that their comments show their output.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void Every_example_in_the_readme_is_compiled()
    {
        var compiled = ReadRegions().Select(r => r.Code).ToList();
        var examples = CodeBlock().Matches(Read("README.md")).Select(m => m.Groups["code"].Value).ToList();

        compiled.Count.ShouldBe(10);
        examples.ShouldBe(compiled);
    }

    [Fact]
    public async Task The_comments_of_every_example_show_its_output()
    {
        var printed = await Sample.RunAsync("Snippets");

        var expected = string.Concat(ReadRegions().Select(r => $"== {r.Name}\n{ReadComments(r.Code)}"));
        printed.ShouldBe(expected);
    }

    private static IEnumerable<(string Name, string Code)> ReadRegions() =>
        Region().Matches(Read("Examples.cs")).Select(m => (m.Groups["name"].Value, Unindent(m.Groups["code"].Value)));

    private static string ReadComments(string code) => string.Concat(Comment().Matches(code).Select(m => m.Groups["text"].Value + "\n"));

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
