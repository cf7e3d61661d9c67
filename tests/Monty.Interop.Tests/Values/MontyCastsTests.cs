using System.Numerics;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Values;

public sealed class MontyCastsTests
{
    [Fact]
    public void Values_are_converted_to_the_types_that_can_hold_them()
    {
        MontyValue huge = BigInteger.One << 70;
        ((MontyValue)true).AsBoolean().ShouldBeTrue();
        ((MontyValue)7).AsInt32().ShouldBe(7);
        ((MontyValue)long.MinValue).AsInt64().ShouldBe(long.MinValue);
        huge.AsBigInteger().ShouldBe(BigInteger.One << 70);
        ((MontyValue)1.5).AsDouble().ShouldBe(1.5);
        ((MontyValue)(1L << 53)).AsDouble().ShouldBe(9007199254740992.0);
        huge.AsDouble().ShouldBe(Math.Pow(2, 70));
        ((MontyValue)"x").AsString().ShouldBe("x");
        new MontyBytes(new byte[] { 1 }).AsBytes().ToArray().ShouldBe([1]);
        new MontyList([1]).AsList().ShouldBe([1]);
        new MontyTuple([1]).AsList().ShouldBe([1]);
        MontyDict.Empty.AsDict().ShouldBe(MontyDict.Empty);
        new MontyDate(2024, 2, 29).AsDateOnly().ShouldBe(new DateOnly(2024, 2, 29));
        new MontyTime(1, 2, 3, 4005).AsTimeOnly().ShouldBe(new TimeOnly(1, 2, 3, 4, 5));
        new MontyDateTime(2024, 1, 2, 3, 4, 5, 6007).AsDateTime().ShouldBe(new DateTime(2024, 1, 2, 3, 4, 5, 6, 7));
        new MontyDateTime(2024, 1, 2, 3, OffsetSeconds: -3600, TimeZoneName: "X")
            .AsDateTimeOffset()
            .ShouldBe(new DateTimeOffset(2024, 1, 2, 3, 0, 0, TimeSpan.FromHours(-1)));
        new MontyTimeDelta(-1, 86_399, 999_999).AsTimeSpan().ShouldBe(TimeSpan.FromMicroseconds(-1));
    }

    [Fact]
    public void Times_are_unchanged_after_a_round_trip()
    {
        TimeSpan[] spans = [TimeSpan.Zero, TimeSpan.FromMicroseconds(-1), TimeSpan.FromDays(-3.25), new(TimeSpan.MaxValue.Ticks / 10 * 10)];
        foreach (var span in spans)
        {
            MontyValue.From(span).AsTimeSpan().ShouldBe(span);
        }

        var moment = new DateTimeOffset(2024, 1, 2, 3, 4, 5, 6, 7, TimeSpan.FromMinutes(-330));
        MontyValue.From(moment).AsDateTimeOffset().ShouldBe(moment);
        MontyValue.From(moment.DateTime).AsDateTime().ShouldBe(moment.DateTime);
    }

    [Fact]
    public void The_error_names_the_expected_kind_and_shows_the_value()
    {
        static string Refusal(Action read) => Should.Throw<InvalidCastException>(read).Message;

        Refusal(() => ((MontyValue)"abc").AsInt64()).ShouldBe("Expected an int of 64 bits, but the value is the str 'abc'.");
        Refusal(() => MontyValue.None.AsString()).ShouldBe("Expected a str, but the value is None.");
        Refusal(() => ((MontyValue)true).AsInt32()).ShouldContain("the bool True");
        Refusal(() => ((MontyValue)1).AsBoolean()).ShouldContain("the int 1");
        Refusal(() => ((MontyValue)(1L << 31)).AsInt32()).ShouldContain("32 bits");
        Refusal(() => ((MontyValue)((1L << 53) + 1)).AsDouble()).ShouldContain("a float");
        Refusal(() => ((MontyValue)(BigInteger.One << 2000)).AsDouble()).ShouldContain("a float");
        Refusal(() => new MontySet([1]).AsList()).ShouldContain("the set {1}");
        Refusal(() => new MontyDateTime(2024, 1, 2).AsDateTimeOffset()).ShouldContain("with an offset");
        Refusal(() => new MontyDateTime(2024, 1, 2, OffsetSeconds: 0).AsDateTime()).ShouldContain("without an offset");
        Refusal(() => new MontyDateTime(2024, 1, 2, OffsetSeconds: 30).AsDateTimeOffset()).ShouldContain("whole minutes");
        Refusal(() => new MontyDateTime(1, 1, 1, OffsetSeconds: 3600).AsDateTimeOffset()).ShouldContain("offset");
        Refusal(() => new MontyDate(2023, 2, 29).AsDateOnly()).ShouldContain("a date");
        Refusal(() => new MontyTimeDelta(10_675_200).AsTimeSpan()).ShouldContain("TimeSpan");
        Refusal(() => ((MontyValue)new string('x', 1000)).AsInt64()).Length.ShouldBeLessThan(150);
    }
}
