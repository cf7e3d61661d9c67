using FsCheck;
using FsCheck.Fluent;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Values;

public sealed class MontyLiteralTests
{
    public static TheoryData<string, MontyValue> Extensions =>
        new()
        {
            { "inf", double.PositiveInfinity },
            { "-inf", double.NegativeInfinity },
            { "(nan, -0.0)", new MontyTuple([double.NaN, -0.0]) },
            { "Ellipsis", MontyEllipsis.Instance },
            { "NotImplemented", MontyNotImplemented.Instance },
            { "frozenset()", new MontyFrozenSet([]) },
            { "frozenset({1, 2, 1})", new MontyFrozenSet([1, 2]) },
            { "frozenset([(1,)])", new MontyFrozenSet([new MontyTuple([1])]) },
            { "set([1])", new MontySet([1]) },
            { "{frozenset({'a'}): {None}}", new MontyDict([new(new MontyFrozenSet(["a"]), new MontySet([MontyValue.None]))]) },
            { "null", MontyValue.None },
            { "[true, false]", new MontyList([true, false]) },
            { """{"$tuple": [1]}""", new MontyTuple([1]) },
            { """ {"a": {"$int": "9007199254740993"}} """, new MontyDict([new("a", 9007199254740993)]) },
            { """ "a\/b" """, "a/b" },
            { "b''", new MontyBytes(ReadOnlyMemory<byte>.Empty) },
        };

    [Fact]
    public void Python_literals_are_read_or_refused_as_in_CPython()
    {
        foreach (var (text, repr) in ReprGoldens.Literals().Where(row => row.Text != "1j"))
        {
            if (repr is null)
            {
                Should.Throw<FormatException>(() => MontyLiteral.Parse(text), text);
            }
            else
            {
                MontyLiteral.Parse(text).ToString().ShouldBe(repr, text);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Extensions))]
    public void JSON_and_the_names_that_occur_in_a_repr_are_also_read(string text, MontyValue value) =>
        MontyLiteral.Parse(text).ShouldBe(value);

    [Theory]
    [InlineData("", "Expected a value at line 1, column 1, but found the end of the text.")]
    [InlineData("[1, 2", "Expected ',' or ']' at line 1, column 6, but found the end of the text.")]
    [InlineData("[1,\n  2 3]", "Expected ',' or ']' at line 2, column 5, but found '3'.")]
    [InlineData("(1 2)", "Expected ',' or ')' at line 1, column 4, but found '2'.")]
    [InlineData("(1, true)", "Expected True (true is JSON, but the rest of the text is not) at line 1, column 5, but found 't'.")]
    [InlineData(
        "print(1)",
        "Expected a constant (names and calls are not evaluated; text needs quotes) at line 1, column 1, but found 'p'."
    )]
    [InlineData("{'a' 1}", "Expected ',' or '}' at line 1, column 6, but found '1'.")]
    [InlineData("{'a': 1, 2}", "Expected ':' after a dict key at line 1, column 11, but found '}'.")]
    [InlineData(
        "{[1]: 2}",
        "Expected a hashable value as a dict key or a set member (this list is not hashable) at line 1, column 2, but found '['."
    )]
    [InlineData("012", "Expected a number without leading zeros (write 0o17 for an octal number) at line 1, column 1, but found '0'.")]
    [InlineData("1j", "Expected a real number (the runtime has no complex numbers) at line 1, column 1, but found '1'.")]
    [InlineData("(1e999,)", "Expected a number in the range of a float (write inf for infinity) at line 1, column 2, but found '1'.")]
    [InlineData("'abc", "Expected the closing ' at line 1, column 5, but found the end of the text.")]
    [InlineData("f'{x}'", "Expected a constant (an f-string is code) at line 1, column 1, but found 'f'.")]
    [InlineData("x'a'", "Expected the prefix r, b, rb or u at line 1, column 1, but found 'x'.")]
    [InlineData("'\\u12'", "Expected 4 hexadecimal digits at line 1, column 4, but found '1'.")]
    [InlineData("b'é'", "Expected an ASCII character in bytes (others are written \\xhh) at line 1, column 3, but found 'é'.")]
    [InlineData("1 2", "Expected the end of the value at line 1, column 3, but found '2'.")]
    [InlineData("1, 2", "Expected the end of the value at line 1, column 2, but found ','.")]
    [InlineData("😀", "Expected a value at line 1, column 1, but found '😀'.")]
    [InlineData("set(1)", "Expected a list, tuple or set of members at line 1, column 5, but found '1'.")]
    [InlineData("frozenset([[]])", "Expected hashable members at line 1, column 11, but found '['.")]
    public void The_error_says_what_was_expected_at_which_position(string text, string message) =>
        Should.Throw<FormatException>(() => MontyLiteral.Parse(text)).Message.ShouldBe(message);

    [Theory]
    [InlineData("""{"$tupel": [1]}""", "$dict")]
    [InlineData("""{"a": 1, "a": 2}""", "twice")]
    [InlineData("1e999", "$float")]
    public void The_error_for_JSON_with_an_invalid_tag_is_that_of_JSON(string text, string hint) =>
        Should.Throw<FormatException>(() => MontyLiteral.Parse(text)).Message.ShouldContain(hint);

    [Fact]
    public void Nesting_is_read_up_to_the_limit_and_refused_beyond_it()
    {
        static string Nested(int depth) => new string('(', depth) + ")" + string.Concat(Enumerable.Repeat(",)", depth - 1));

        MontyLiteral.Parse(Nested(MontyJson.MaxDepth)).ShouldBeOfType<MontyTuple>();
        foreach (
            var text in new[] { Nested(MontyJson.MaxDepth + 1), Nested(1_000_000), new string('[', 1_000_000), new string('{', 1_000_000) }
        )
        {
            Should.Throw<FormatException>(() => MontyLiteral.Parse(text)).Message.ShouldContain("512 nested brackets");
        }
    }

    [Fact]
    public void The_repr_of_a_value_made_of_literals_is_read_back_as_the_value()
    {
        var literals = Arb.From(
            MontyValueGenerator.Arbitrary.Generator.Where(value => IsLiteral(value) && !IsTagInDoubleQuotes(value.ToString())),
            value => MontyValueGenerator.Arbitrary.Shrinker(value).Where(IsLiteral)
        );
        Prop.ForAll(literals, value => MontyLiteral.Parse(value.ToString()).ShouldBe(value))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(60));
    }

    [Fact]
    public void Any_text_is_read_or_throws_the_documented_exception()
    {
        var pieces = Gen.Elements(
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            ",",
            ":",
            "'",
            "\"",
            "\\",
            "b",
            "r",
            "0x",
            "1",
            "_",
            ".",
            "e",
            "-",
            "None",
            "set",
            "frozenset",
            "\n",
            " ",
            "é",
            "\ud800",
            "inf",
            "\"$dict\""
        );
        var texts = pieces.ListOf().Select(list => string.Concat(list)).ToArbitrary();
        Prop.ForAll(texts, ReadOrRefuse).Check(Config.QuickThrowOnFailure.WithMaxTest(5000).WithEndSize(40));

        static void ReadOrRefuse(string text)
        {
            try
            {
                _ = MontyLiteral.Parse(text).ToString();
            }
            catch (FormatException)
            {
                // This is the documented exception.
            }
        }
    }

    /// <summary>Returns true for the repr of a dict such as {"$it's": 1}, whose key has double quotes, so that the text is read as JSON with a tag.</summary>
    private static bool IsTagInDoubleQuotes(string repr) => repr.Contains("\"$", StringComparison.Ordinal);

    private static bool IsLiteral(MontyValue value) =>
        value switch
        {
            MontyNone or MontyBool or MontyInt or MontyFloat or MontyStr or MontyBytes or MontyEllipsis or MontyNotImplemented => true,
            MontyList list => list.Items.All(IsLiteral),
            MontyTuple tuple => tuple.Items.All(IsLiteral),
            MontySet set => set.Items.All(IsMember),
            MontyFrozenSet set => set.Items.All(IsMember),
            MontyDict dict => dict.Pairs.All(pair => IsMember(pair.Key) && IsLiteral(pair.Value))
                && dict.Pairs.Select(pair => pair.Key).Distinct().Count() == dict.Pairs.Count,
            _ => false,
        };

    private static bool IsMember(MontyValue value) =>
        IsLiteral(value)
        && value is not (MontyList or MontyDict or MontySet)
        && (value is not MontyTuple tuple || tuple.Items.All(IsMember));
}
