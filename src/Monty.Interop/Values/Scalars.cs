using System.Numerics;
using System.Text.Json.Serialization;

namespace Monty.Interop;

/// <summary>Python's <c>None</c>.</summary>
[JsonConverter(typeof(MontyJsonConverter<MontyNone>))]
public sealed record MontyNone : MontyValue
{
    private MontyNone() { }

    /// <summary>The only instance.</summary>
    public static MontyNone Instance { get; } = new();

    /// <inheritdoc/>
    public override string TypeName => "NoneType";
}

/// <summary>Python's <c>...</c>, also called <c>Ellipsis</c>.</summary>
[JsonConverter(typeof(MontyJsonConverter<MontyEllipsis>))]
public sealed record MontyEllipsis : MontyValue
{
    private MontyEllipsis() { }

    /// <summary>The only instance.</summary>
    public static MontyEllipsis Instance { get; } = new();

    /// <inheritdoc/>
    public override string TypeName => "ellipsis";
}

/// <summary>Python's <c>NotImplemented</c>.</summary>
[JsonConverter(typeof(MontyJsonConverter<MontyNotImplemented>))]
public sealed record MontyNotImplemented : MontyValue
{
    private MontyNotImplemented() { }

    /// <summary>The only instance.</summary>
    public static MontyNotImplemented Instance { get; } = new();

    /// <inheritdoc/>
    public override string TypeName => "NotImplementedType";
}

/// <summary>A bool.</summary>
[JsonConverter(typeof(MontyJsonConverter<MontyBool>))]
public sealed record MontyBool : MontyValue
{
    private MontyBool(bool value) => Value = value;

    /// <summary>Python's <c>True</c>.</summary>
    public static MontyBool True { get; } = new(true);

    /// <summary>Python's <c>False</c>.</summary>
    public static MontyBool False { get; } = new(false);

    /// <summary>The CLR value.</summary>
    public bool Value { get; }

    /// <inheritdoc/>
    public override string TypeName => "bool";
}

/// <summary>An int of any size.</summary>
[JsonConverter(typeof(MontyJsonConverter<MontyInt>))]
public sealed record MontyInt : MontyValue
{
    private readonly long small;

    /// <summary>A boxed <see cref="BigInteger"/> when the value is outside the range of <see cref="long"/>, otherwise null. Each value has one representation, so the generated equality is correct.</summary>
    private readonly object? big;

    /// <summary>Creates an int from a 64-bit integer.</summary>
    public MontyInt(long value) => small = value;

    /// <summary>Creates an int of any size.</summary>
    public MontyInt(BigInteger value)
    {
        if (value >= long.MinValue && value <= long.MaxValue)
        {
            small = (long)value;
        }
        else
        {
            big = value;
        }
    }

    /// <summary>The value.</summary>
    public BigInteger Value => big is BigInteger value ? value : small;

    /// <summary>Gets the value as a 64-bit integer.</summary>
    /// <param name="value">The value, or 0 when it is outside the range of <see cref="long"/>.</param>
    /// <returns>False when the int is outside the range of <see cref="long"/>.</returns>
    public bool TryGetInt64(out long value)
    {
        value = small;
        return big is null;
    }

    /// <summary>Returns a hash code that depends on a random seed of the process. The hash code of <see cref="long"/> would let scripts choose ints that collide.</summary>
    public override int GetHashCode() => big is null ? HashCode.Combine((int)small, (int)(small >> 32)) : big.GetHashCode();

    /// <inheritdoc/>
    public override string TypeName => "int";
}

/// <summary>A float, which may also be nan, infinite, -0.0 or subnormal.</summary>
/// <param name="Value">The IEEE 754 double.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyFloat>))]
public sealed record MontyFloat(double Value) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "float";

    /// <summary>Returns true when both have the same bits, or both are nan. 0.0 and -0.0 are not equal.</summary>
    public bool Equals(MontyFloat? other) =>
        other is not null
        && (
            BitConverter.DoubleToInt64Bits(Value) == BitConverter.DoubleToInt64Bits(other.Value)
            || (double.IsNaN(Value) && double.IsNaN(other.Value))
        );

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var bits = BitConverter.DoubleToInt64Bits(double.IsNaN(Value) ? double.NaN : Value);
        return HashCode.Combine((int)bits, (int)(bits >> 32));
    }
}

/// <summary>A str.</summary>
[JsonConverter(typeof(MontyJsonConverter<MontyStr>))]
public sealed record MontyStr : MontyValue
{
    /// <summary>Creates a str. Lone surrogates are accepted here, but are refused when the value is sent to the sandbox.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is null.</exception>
    public MontyStr(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Value = value;
    }

    /// <summary>The text.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public override string TypeName => "str";
}

/// <summary>A bytes object. The memory is not copied, so do not change it afterwards.</summary>
/// <param name="Value">The bytes.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyBytes>))]
public sealed record MontyBytes(ReadOnlyMemory<byte> Value) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "bytes";

    /// <summary>Returns true when both hold the same bytes.</summary>
    public bool Equals(MontyBytes? other) => other is not null && Value.Span.SequenceEqual(other.Value.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Value.Span);
        return hash.ToHashCode();
    }
}
