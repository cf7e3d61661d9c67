using System.Buffers;
using System.Numerics;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Monty.Interop.Values;
using Monty.Interop.Values.Json;
using Monty.Interop.Wire;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sizes;

/// <summary>The sizes that are counted before JSON, a <c>repr</c> or a request is built equal the sizes of the results.</summary>
public sealed class MeasurePropertyTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(60);

    /// <summary>Texts just below and above the length at which they are written in pieces, with surrogate pairs at the boundaries of the pieces.</summary>
    private static readonly Gen<string> LongText =
        from length in Gen.Elements(16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 3 * 16 * 1024)
        from unit in Gen.Elements("x", "é", "\u0001", "日", "😀", "'", "\"", "\u2028", "x😀")
        from shift in Gen.Elements("", "x")
        select shift + string.Concat(Enumerable.Repeat(unit, length / unit.Length));

    /// <summary>Values of every kind, and values with a long text.</summary>
    private static readonly Arbitrary<MontyValue> Values = Gen.Frequency(
            (20, MontyValueGenerator.Arbitrary.Generator),
            (1, from text in LongText from kind in Gen.Choose(0, 9) select WithText(kind, text))
        )
        .ToArbitrary();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_size_of_JSON_is_counted_exactly(bool indented) =>
        Prop.ForAll(
                Values,
                value => MontyJson.Measure(value, indented).ShouldBe(Encoding.UTF8.GetByteCount(MontyJson.Serialize(value, indented)))
            )
            .Check(Thorough);

    [Fact]
    public void The_size_of_JSON_inside_another_document_is_counted_exactly() =>
        Prop.ForAll(
                Values,
                value =>
                {
                    var options = new JsonWriterOptions { Indented = true };
                    var buffer = new ArrayBufferWriter<byte>();
                    using var writer = new Utf8JsonWriter(buffer, options);
                    writer.WriteStartArray();
                    writer.WriteStartArray();
                    writer.Flush();
                    var before = buffer.WrittenCount;
                    MontyJson.Write(writer, value);
                    writer.Flush();

                    JsonSize.Count(value, options, depth: 2, limitsTexts: true).ShouldBe(buffer.WrittenCount - before);
                }
            )
            .Check(Config.QuickThrowOnFailure);

    [Fact]
    public void A_long_text_is_unchanged_after_a_round_trip() =>
        Prop.ForAll(
                LongText.SelectMany(_ => Gen.Choose(0, 9), (text, kind) => WithText(kind, text)).ToArbitrary(),
                value => MontyJson.Parse(MontyJson.Serialize(value)).ShouldBe(value)
            )
            .Check(Config.QuickThrowOnFailure);

    [Fact]
    public void The_length_of_a_repr_is_counted_exactly_and_its_pieces_are_the_same_text() =>
        Prop.ForAll(
                Values,
                value =>
                {
                    var repr = value.ToString();
                    using var written = new StringWriter();
                    value.WriteTo(written);

                    PythonRepr.Measure(value).ShouldBe(repr.Length);
                    written.ToString().ShouldBe(repr);
                }
            )
            .Check(Thorough);

    [Fact]
    public void A_truncated_repr_is_the_beginning_of_the_full_repr() =>
        Prop.ForAll(
                Values,
                Gen.Choose(0, 300).ToArbitrary(),
                (value, maxLength) =>
                {
                    var (whole, cut) = (value.ToString(), value.Display(maxLength));
                    if (whole.Length <= maxLength)
                    {
                        cut.ShouldBe(whole);
                        return;
                    }

                    cut.ShouldEndWith("…");
                    whole.ShouldStartWith(cut[..^1]);
                    cut.Length.ShouldBeInRange(maxLength, maxLength + 1);
                }
            )
            .Check(Thorough);

    [Fact]
    public void The_size_of_a_value_on_the_wire_is_counted_exactly()
    {
        var sent = 0;
        Prop.ForAll(
                Values,
                value =>
                {
                    var counted = WireSize.Of(value);
                    if (TryEncode(() => ValueEncoder.Encode(value, 3)) is { } encoded)
                    {
                        sent++;
                        counted.ShouldBe(encoded.CalculateSize());
                    }
                }
            )
            .Check(Thorough);

        sent.ShouldBeGreaterThan(500);
    }

    [Fact]
    public void The_size_of_a_feed_on_the_wire_is_counted_exactly() =>
        Prop.ForAll(
                Values,
                Values,
                MontyValueGenerator.Text.ToArbitrary(),
                (first, second, code) =>
                {
                    var inputs = new Dictionary<string, MontyValue> { ["first"] = first, ["zweites_ü"] = second };
                    if (TryEncode(() => FeedEncoder.Encode(code, inputs)) is { } encoded)
                    {
                        RequestSize.OfFeed(code, inputs).ShouldBe(encoded.CalculateSize());
                    }
                }
            )
            .Check(Thorough);

    [Fact]
    public void The_size_of_an_answer_on_the_wire_is_counted_exactly()
    {
        var data = Gen.OneOf(
            Gen.Constant<PythonErrorData?>(null),
            from text in MontyValueGenerator.Text
            from source in Gen.OneOf(
                MontyValueGenerator.Text.Select(MontyValue (s) => s),
                ArbMap.Default.GeneratorFor<byte[]>().Select(MontyValue (b) => new MontyBytes(b))
            )
            from start in Gen.Choose(0, 1000)
            select (PythonErrorData?)new Interop.UnicodeErrorData("utf-8", source, start, start + 1, text),
            from text in MontyValueGenerator.Text
            from document in Gen.Elements(null, "", "{}")
            from line in Gen.Choose(0, 1000)
            select (PythonErrorData?)new Interop.JsonErrorData(text, document, 7, line, 0)
        );
        var answers = Gen.OneOf(
            Values.Generator.Select(MontyAnswer.Return),
            from message in Gen.OneOf(Gen.Constant<string?>(null), MontyValueGenerator.Text.Select(t => (string?)t))
            from extra in data
            select MontyAnswer.Raise(new PythonError("ValueError", message, default, extra)),
            Gen.Elements(MontyAnswer.NotFound, MontyAnswer.NotHandled, MontyAnswer.Future)
        );
        var sent = new HashSet<(System.Type, System.Type)>();
        Prop.ForAll(
                answers.ToArbitrary(),
                Gen.Choose(0, 3).ToArbitrary(),
                Gen.Elements(0u, 1u, 127u, 128u, uint.MaxValue).ToArbitrary(),
                (answer, kind, id) =>
                {
                    MontySuspension suspension = kind switch
                    {
                        0 => new MontyFunctionCall("fetch", [], [], id),
                        1 => new MontyOsCall(OsFunction.Environ, [], id),
                        2 => new MontyNameLookup("name"),
                        _ => new MontyResolveFutures([id]),
                    };
                    if (kind == 3)
                    {
                        answer = MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer> { [id] = answer });
                    }

                    if (TryEncode(() => AnswerEncoder.Encode(suspension, answer)) is { } encoded)
                    {
                        sent.Add((suspension.GetType(), answer.GetType()));
                        RequestSize.OfAnswer(suspension, answer).ShouldBe(encoded.CalculateSize());
                    }
                }
            )
            .Check(Thorough);

        sent.Count.ShouldBe(12, "every suspension with every answer that fits it");
    }

    [Fact]
    public void No_JSON_or_repr_is_longer_than_its_bound() =>
        Prop.ForAll(
                Values,
                value =>
                {
                    var longest = Math.Max(value.ToString().Length, MontyJson.Measure(value));

                    TextBound.IsWithin(value, longest - 1).ShouldBeFalse();
                }
            )
            .Check(Thorough);

    [Fact]
    public void The_size_of_a_text_in_UTF_8_is_counted_exactly()
    {
        foreach (var text in new[] { "", "a", "é", "日", "😀", "\ud800", "x\udc00" })
        {
            Utf8Length.Of(text).ShouldBe(Encoding.UTF8.GetByteCount(text));
        }
    }

    private static MontyValue WithText(int kind, string text) =>
        kind switch
        {
            0 => text,
            1 => new MontyBytes(Encoding.UTF8.GetBytes(text)),
            2 => new MontyDict([new(text, 1)]),
            3 => new MontyDict([new("a", 1), new(text, text)]),
            4 => new MontyNamedTuple(text, [new(text, text)]),
            5 => new MontyTimeZone(60, text),
            6 => new MontyPath(text),
            7 => new MontyInt(-(BigInteger.One << (4 * text.Length))),
            8 => new MontyInt(BigInteger.One << (4 * text.Length + 1)),
            _ => new MontyList([new MontyRepr(text), new MontyExceptionObject("ValueError", text), new MontyFunction(text, text)]),
        };

    private static T? TryEncode<T>(Func<T> encode)
        where T : class
    {
        try
        {
            return encode();
        }
        catch (ArgumentException)
        {
            return null; // refused for a reason other than its size
        }
    }
}
