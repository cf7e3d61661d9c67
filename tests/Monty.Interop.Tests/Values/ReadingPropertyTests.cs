using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Values;

/// <summary>Reading any text either succeeds or throws a documented exception.</summary>
public sealed class ReadingPropertyTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(60);

    private static readonly Gen<string> Digits =
        from length in Gen.Frequency((8, Gen.Choose(0, 25)), (1, Gen.Choose(4290, 4310)), (1, Gen.Constant(20_000)))
        from digit in Gen.Elements('0', '1', '7', '9', 'f')
        select new string(digit, length);

    /// <summary>Text that looks like a number, in range and far out of it.</summary>
    private static readonly Gen<string> Number =
        from sign in Gen.Elements("", "-", "+", "--")
        from radix in Gen.Elements("", "", "", "0x", "0o", "0b", "0X_")
        from whole in Digits
        from point in Gen.Elements("", "", ".", "_")
        from fraction in Digits
        from mark in Gen.Elements("", "", "e", "E+", "e-", "j")
        from exponent in Digits
        select sign + radix + whole + point + fraction + mark + exponent;

    /// <summary>Text with lone surrogates, byte order marks and other parts that are not valid in UTF-8 or JSON.</summary>
    private static readonly Gen<string> Oddity = Gen.Elements(
        "\ud800",
        "\udc00",
        "\\ud800",
        "\\udc00",
        "\\u12",
        "\ufeff",
        "\0",
        "\u2028",
        "\t",
        "\"",
        "'",
        "\\",
        "😀"
    );

    [Fact]
    public void A_number_is_read_or_refused_as_documented() =>
        Prop.ForAll(
                Number.ToArbitrary(),
                number =>
                {
                    ReadAll(number);
                    ReadAll($"[{number}]");
                    ReadAll($$"""{"$int":"{{number}}"}""");
                    ReadAll($$$"""{"$cycle":{"identity":{{{number}}},"placeholder":""}}""");
                }
            )
            .Check(Thorough);

    [Fact]
    public void Text_that_is_not_valid_Unicode_is_read_or_refused_as_documented()
    {
        var damaged =
            from value in MontyValueGenerator.Arbitrary.Generator
            from asJson in Gen.Elements(true, false)
            from at in Gen.Choose(0, int.MaxValue)
            from odd in Oddity
            select Insert(asJson ? MontyJson.Serialize(value) : value.ToString(), at, odd);
        Prop.ForAll(damaged.ToArbitrary(), ReadAll).Check(Thorough);

        static string Insert(string text, int at, string odd) => text.Insert(at % (text.Length + 1), odd);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("(", ")")]
    [InlineData("{1: ", "}")]
    [InlineData("{\"a\":", "}")]
    [InlineData("{\"$tuple\":[", "]}")]
    [InlineData("frozenset([", "])")]
    [InlineData("-", "")]
    [InlineData("'a' ", "")]
    public void Endless_nesting_is_refused_as_documented(string open, string close)
    {
        const int Deep = 200_000;

        ReadAll(string.Concat(Enumerable.Repeat(open, Deep)));
        ReadAll(string.Concat(Enumerable.Repeat(open, Deep)) + "1" + string.Concat(Enumerable.Repeat(close, Deep)));
    }

    [Fact]
    public void An_int_reads_back_from_its_text_however_many_digits_it_has()
    {
        foreach (var bits in new[] { 1, 14_283, 14_285, 100_000, 8_000_000 })
        {
            foreach (var sign in new[] { 1, -1 })
            {
                MontyValue value = sign * ((System.Numerics.BigInteger.One << bits) - 1);

                MontyJson.Parse(MontyJson.Serialize(value)).ShouldBe(value);
                MontyLiteral.Parse(value.ToString()).ShouldBe(value);
            }
        }

        MontyLiteral.Parse("0o" + new string('7', 1000)).ShouldBe((System.Numerics.BigInteger.One << 3000) - 1);
        MontyLiteral.Parse("0b" + new string('1', 1000)).ShouldBe((System.Numerics.BigInteger.One << 1000) - 1);
    }

    private static void ReadAll(string text)
    {
        Read<JsonException>(() => MontyJson.Parse(text));
        Read<JsonException>(() => JsonSerializer.Deserialize(Encoding.UTF8.GetBytes(text), MontyJsonContext.Default.MontyValue));
        Read<FormatException>(() => MontyLiteral.Parse(text));
    }

    private static void Read<TRefusal>(Func<MontyValue?> read)
        where TRefusal : Exception
    {
        try
        {
            _ = read()?.Display(100);
        }
        catch (TRefusal)
        {
            // The documented refusal.
        }
    }
}
