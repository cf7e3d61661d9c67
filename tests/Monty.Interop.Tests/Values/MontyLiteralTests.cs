using FsCheck;
using FsCheck.Fluent;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Values;

public sealed class MontyLiteralTests
{
    public static TheoryData<string, MontyValue> Beyond =>
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
    public void Python_literals_are_read_and_refused_as_CPython_does()
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
    [MemberData(nameof(Beyond))]
    public void JSON_and_the_names_that_repr_writes_are_read_too(string text, MontyValue value) => MontyLiteral.Parse(text).ShouldBe(value);

    [Theory]
    [InlineData("", "Expected a value at line 1, column 1, found the end.")]
    [InlineData("[1, 2", "Expected ',' or ']' at line 1, column 6, found the end.")]
    [InlineData("[1,\n  2 3]", "Expected ',' or ']' at line 2, column 5, found '3'.")]
    [InlineData("(1 2)", "Expected ',' or ')' at line 1, column 4, found '2'.")]
    [InlineData("(1, true)", "Expected True (true is JSON, and the text around it is not) at line 1, column 5, found 't'.")]
    [InlineData("print(1)", "Expected a constant (names and calls are not evaluated; text needs quotes) at line 1, column 1, found 'p'.")]
    [InlineData("{'a' 1}", "Expected ',' or '}' at line 1, column 6, found '1'.")]
    [InlineData("{'a': 1, 2}", "Expected ':' after a dict key at line 1, column 11, found '}'.")]
    [InlineData("{[1]: 2}", "Expected a dict key or a set member, which a list cannot be (or hold), at line 1, column 2, found '['.")]
    [InlineData("012", "Expected a number without leading zeros (octal ones are written 0o17) at line 1, column 1, found '0'.")]
    [InlineData("1j", "Expected a real number (the sandbox has no complex ones) at line 1, column 1, found '1'.")]
    [InlineData("(1e999,)", "Expected a number within the range of a float (infinity is written inf) at line 1, column 2, found '1'.")]
    [InlineData("'abc", "Expected the closing ' at line 1, column 5, found the end.")]
    [InlineData("f'{x}'", "Expected a constant (an f-string is code) at line 1, column 1, found 'f'.")]
    [InlineData("x'a'", "Expected one of the prefixes r, b, rb and u at line 1, column 1, found 'x'.")]
    [InlineData("'\\u12'", "Expected 4 hexadecimal digits at line 1, column 4, found '1'.")]
    [InlineData("b'é'", "Expected an ASCII character in bytes (others are written \\xhh) at line 1, column 3, found 'é'.")]
    [InlineData("1 2", "Expected the end of the value at line 1, column 3, found '2'.")]
    [InlineData("1, 2", "Expected the end of the value at line 1, column 2, found ','.")]
    [InlineData("😀", "Expected a value at line 1, column 1, found '😀'.")]
    [InlineData("set(1)", "Expected a list, tuple or set of members at line 1, column 5, found '1'.")]
    [InlineData("frozenset([[]])", "Expected members that are hashable at line 1, column 11, found '['.")]
    public void What_is_wrong_is_said_with_its_place(string text, string message) =>
        Should.Throw<FormatException>(() => MontyLiteral.Parse(text)).Message.ShouldBe(message);

    [Theory]
    [InlineData("""{"$tupel": [1]}""", "$dict")]
    [InlineData("""{"a": 1, "a": 2}""", "twice")]
    [InlineData("1e999", "$float")]
    public void JSON_that_breaks_the_contract_is_not_taken_for_Python(string text, string hint) =>
        Should.Throw<FormatException>(() => MontyLiteral.Parse(text)).Message.ShouldContain(hint);

    [Fact]
    public void Nesting_is_read_up_to_the_bound_and_refused_beyond()
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
    public void The_repr_of_a_value_made_of_literals_reads_back_as_the_value()
    {
        var literals = Arb.From(
            MontyValueGenerator.Arbitrary.Generator.Where(value => IsLiteral(value) && !IsTagInDoubleQuotes(value.ToString())),
            value => MontyValueGenerator.Arbitrary.Shrinker(value).Where(IsLiteral)
        );
        Prop.ForAll(literals, value => MontyLiteral.Parse(value.ToString()).ShouldBe(value))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(60));
    }

    [Fact]
    public void Any_text_reads_as_something_or_is_refused_as_documented()
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
        Prop.ForAll(
                pieces.ListOf().Select(list => string.Concat(list)).ToArbitrary(),
                text =>
                {
                    try
                    {
                        _ = MontyLiteral.Parse(text).ToString();
                    }
                    catch (FormatException)
                    {
                        // The documented refusal.
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000).WithEndSize(40));
    }

    /// <summary>A dict such as {"$it's": 1} is written with double quotes, and so reads as JSON with a tag.</summary>
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
