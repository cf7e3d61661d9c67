using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Values;

/// <summary>Scripts choose the values that hosts put into sets and dictionaries, so they must not be able to choose values with colliding hashes.</summary>
public sealed class HashCollisionTests
{
    [Fact]
    public void Ints_with_equal_halves_do_not_collide() => AssertSpread(i => new MontyInt(((long)i << 32) | (uint)i));

    [Fact]
    public void Floats_with_equal_halves_do_not_collide() =>
        AssertSpread(i => new MontyFloat(BitConverter.Int64BitsToDouble(((long)i << 32) | (uint)i)));

    [Fact]
    public void Equal_numbers_have_equal_hashes()
    {
        var otherNan = BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(double.NaN) ^ 1);

        new MontyFloat(otherNan).GetHashCode().ShouldBe(new MontyFloat(double.NaN).GetHashCode());
        new MontyInt(System.Numerics.BigInteger.Pow(2, 70))
            .GetHashCode()
            .ShouldBe(new MontyInt(System.Numerics.BigInteger.Pow(2, 70)).GetHashCode());
    }

    private static void AssertSpread(Func<int, MontyValue> make)
    {
        var startedAt = Stopwatch.GetTimestamp();
        var values = Enumerable.Range(1, 50_000).Select(make).ToEquatableArray();

        new MontySet(values).ShouldBe(new MontySet(values));

        values.Select(v => v.GetHashCode()).Distinct().Count().ShouldBeGreaterThan(49_000);
        Stopwatch.GetElapsedTime(startedAt).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }
}
