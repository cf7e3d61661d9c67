using System.Text.Json;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Repl;

public class PythonContinuationTests
{
    [Fact]
    public void Detection_agrees_with_the_console_of_CPython()
    {
        var wrong = Golden
            .ReadAll()
            .Select(g => (g.Code, g.Expected, Found: PythonContinuation.Detect(g.Code).ToString()))
            .Where(g => g.Found != g.Expected)
            .Select(g => $"{JsonSerializer.Serialize(g.Code)}: {g.Found}, not {g.Expected}");
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Source_with_an_error_that_only_a_parser_finds_is_reported_as_incomplete() =>
        Golden.ReadAll().Where(g => g.Unseen).ShouldAllBe(g => g.Expected != nameof(Continuation.Complete));

    [Theory]
    [InlineData("if x:\r    y\r", Continuation.Complete)]
    [InlineData("if x:\r    y", Continuation.OpenBlock)]
    [InlineData("x = (1,\r\n", Continuation.OpenBracket)]
    [InlineData("x = 1 \\\r\n", Continuation.Complete)]
    [InlineData("s = 'a\u2028b'; t = (", Continuation.OpenBracket)]
    [InlineData("\ufeffif x:", Continuation.OpenBlock)]
    public void Line_endings_of_every_platform_are_recognized(string code, Continuation expected) =>
        PythonContinuation.Detect(code).ShouldBe(expected);

    [Theory]
    [InlineData("(", Continuation.OpenBracket)]
    [InlineData("f'{", Continuation.OpenString)]
    [InlineData("if x:\n", Continuation.OpenBlock)]
    [InlineData("'\\\n", Continuation.Complete)]
    [InlineData("@a\n", Continuation.OpenBlock)]
    public void Large_source_does_not_overflow_the_stack(string piece, Continuation expected)
    {
        var code = string.Concat(Enumerable.Repeat(piece, 200_000));
        if (piece == "if x:\n")
        {
            code = string.Concat(Enumerable.Range(0, 2_000).Select(depth => new string(' ', depth) + piece));
        }

        PythonContinuation.Detect(code).ShouldBe(expected);
    }

    [Fact]
    public void No_prefix_or_suffix_of_a_golden_throws()
    {
        foreach (var golden in Golden.ReadAll())
        {
            for (var length = 0; length <= golden.Code.Length; length++)
            {
                PythonContinuation.Detect(golden.Code[..length]);
            }

            for (var start = 0; start <= golden.Code.Length; start++)
            {
                PythonContinuation.Detect(golden.Code[start..]);
            }
        }
    }

    [Fact]
    public void Null_is_refused() => Should.Throw<ArgumentNullException>(() => PythonContinuation.Detect(null!));

    /// <summary>A piece of source and the verdict for it, as recorded by <c>Goldens/generate.py</c>.</summary>
    private sealed record Golden(string Code, string Expected, bool Unseen = false)
    {
        private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

        public static List<Golden> ReadAll()
        {
            using var stream = typeof(Golden).Assembly.GetManifestResourceStream("Monty.Interop.Tests.Repl.Goldens.continuation.json")!;
            return JsonSerializer.Deserialize<List<Golden>>(stream, Names)!;
        }
    }
}
