using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Values;

public sealed class PythonReprTests
{
    private static readonly Guid Id = new("11111111-2222-3333-4444-555555555555");

    [Fact]
    public void Floats_are_formatted_as_in_CPython()
    {
        var table = ReprGoldens.Table("floats").ToList();
        table.Count.ShouldBeGreaterThan(3000);
        foreach (var (bits, repr) in table)
        {
            var value = BitConverter.UInt64BitsToDouble(ulong.Parse(bits, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            new MontyFloat(value).ToString().ShouldBe(repr);
        }
    }

    [Fact]
    public void Strs_are_formatted_as_in_CPython()
    {
        var table = ReprGoldens.Table("strs").ToList();
        table.Count.ShouldBeGreaterThan(400);
        foreach (var (units, repr) in table)
        {
            var octets = Convert.FromHexString(units);
            var value = string.Create(
                octets.Length / 2,
                octets,
                (text, source) =>
                {
                    for (var i = 0; i < text.Length; i++)
                    {
                        text[i] = (char)BinaryPrimitives.ReadUInt16BigEndian(source.AsSpan(i * 2));
                    }
                }
            );
            new MontyStr(value).ToString().ShouldBe(repr);
        }
    }

    [Fact]
    public void Bytes_are_formatted_as_in_CPython()
    {
        foreach (var (hex, repr) in ReprGoldens.Table("bytes"))
        {
            new MontyBytes(Convert.FromHexString(hex)).ToString().ShouldBe(repr);
        }
    }

    [Fact]
    public void Every_character_is_escaped_exactly_when_CPython_considers_it_not_printable()
    {
        var printable = ReprGoldens.Characters("printable");
        var unassigned = ReprGoldens.Characters("unassigned");
        var wrong = new List<string>();
        for (var code = 0; code <= 0x10ffff; code++)
        {
            if (code is >= 0xd800 and <= 0xdfff or '\'' or '\\')
            {
                continue;
            }
            // A character that was assigned by a later version of Unicode may be printable here but not in that version of CPython.
            if (unassigned.Contains(code) && Rune.GetUnicodeCategory(new Rune(code)) != UnicodeCategory.OtherNotAssigned)
            {
                continue;
            }

            var text = new Rune(code).ToString();
            var isEscaped = new MontyStr(text).ToString() != $"'{text}'";
            if (isEscaped == printable.Contains(code))
            {
                wrong.Add($"U+{code:X4}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Values_that_CPython_does_not_have_are_formatted_as_in_the_runtime()
    {
        var type = new MontyType("A", MontyTypeOrigin.Sandbox, Id);
        var attributes = new MontyDict([new("x", 1)]);

        new MontyInstance(type, Id, attributes).ToString().ShouldBe("<A object>");
        new MontyInstance(type with { IsDataclass = true }, Id, attributes).ToString().ShouldBe("A(x=1)");
        new MontyInstance(type with { IsDataclass = true }, Id, MontyDict.Empty).ToString().ShouldBe("A()");
        type.ToString().ShouldBe("<class 'A'>");
        new MontyFunction("lookup").ToString().ShouldBe("<function lookup>");
        new MontyFileHandle("/x", "r").ToString().ShouldBe("<_io.TextIOWrapper name='/x' mode='r'>");
        new MontyFileHandle("/x", "rb").ToString().ShouldBe("<_io.BufferedReader name='/x' mode='rb'>");
        new MontyFileHandle("/x", "wb").ToString().ShouldBe("<_io.BufferedWriter name='/x' mode='wb'>");
        new MontyRepr("range(0, 3)").ToString().ShouldBe("range(0, 3)");
        new MontyList([new MontyCycle(7, "[...]")]).ToString().ShouldBe("[[...]]");
        new MontyExceptionObject("json.JSONDecodeError", "bad").ToString().ShouldBe("JSONDecodeError('bad')");
    }

    [Fact]
    public void Fields_with_the_same_name_are_all_shown() =>
        new MontyNamedTuple("P", [new("x", 1), new("x", "a")]).ToString().ShouldBe("P(x=1, x='a')");

    [Fact]
    public void Nesting_is_limited_only_by_memory()
    {
        const int depth = 100_000;
        MontyValue value = 1;
        for (var i = 0; i < depth; i++)
        {
            value = new MontyList([value]);
        }

        value.ToString().ShouldBe(new string('[', depth) + "1" + new string(']', depth));
    }
}
