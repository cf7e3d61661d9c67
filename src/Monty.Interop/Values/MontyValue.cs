using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text.Json.Serialization;
using Monty.Interop.Values;
using Monty.Interop.Values.Clr;

namespace Monty.Interop;

/// <summary>A Python value that is sent to a script or received from one. There is one record for each kind of value, so nothing is lost in either direction.</summary>
/// <remarks>
/// <para>Immutable and thread-safe. Equality compares kind and content: the int 1, the float 1.0 and True are three different values,
/// lists and dicts are equal only in the same order, and sets in any order. <see langword="null"/> never means Python's <c>None</c>.</para>
/// <para><see cref="ToString"/> returns Python's <c>repr</c>. <see cref="From"/>, <see cref="MontyCasts"/> and <see cref="ValueHydration"/> convert from and to CLR types,
/// and <see cref="MontyJson"/> from and to JSON.</para>
/// <para>The table in docs/concepts/wire.md lists all kinds with their form on the wire.</para>
/// </remarks>
[SuppressMessage(
    "Usage",
    "CA2225:Operator overloads have named alternates",
    Justification = "The constructors of the derived records are the named alternates."
)]
[JsonConverter(typeof(MontyJsonConverter<MontyValue>))]
public abstract record MontyValue
{
    private protected MontyValue() { }

    /// <summary>Python's <c>None</c>.</summary>
    public static MontyValue None => MontyNone.Instance;

    /// <summary>The value of Python's <c>type(x).__name__</c>, such as <c>NoneType</c>, <c>int</c> or the name of a class.</summary>
    public abstract string TypeName { get; }

    /// <summary>Returns Python's <c>repr</c> of the value.</summary>
    /// <exception cref="MontySizeException">The <c>repr</c> is longer than a .NET string can be. The length is counted first, so no part of the text is built.</exception>
    public sealed override string ToString() => PythonRepr.Format(this);

    /// <summary>Returns Python's <c>repr</c> of the value, truncated. The time and memory depend on <paramref name="maxLength"/>, not on the size of the value.</summary>
    /// <param name="maxLength">The maximum number of characters. A truncated text ends with <c>…</c> in addition.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is negative.</exception>
    public string Display(int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        return ValueSummary.Truncate(this, maxLength);
    }

    /// <summary>Writes Python's <c>repr</c> of the value, of any length, piece by piece.</summary>
    /// <param name="writer">The writer to write to.</param>
    /// <exception cref="ArgumentNullException"><paramref name="writer"/> is null.</exception>
    public void WriteTo(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        PythonRepr.Write(writer, this);
    }

    /// <summary>Converts a CLR value to a Python value.</summary>
    /// <remarks>
    /// <para><see langword="null"/> becomes None. Numbers, bool, string and char keep their value; a <see cref="float"/> is exact as a double. An enum becomes its name,
    /// and a Guid or Uri its text. Byte arrays, segments and memory are copied. Dictionaries become dicts, tuples become tuples, the set classes of .NET
    /// become sets and frozensets, and every other <see cref="System.Collections.IEnumerable"/> is read to its end and becomes a list. JSON elements and nodes
    /// are read as plain data: tags have no meaning in them, and integers of up to 4300 digits are exact.</para>
    /// <para>A <see cref="DateTime"/> of kind <see cref="DateTimeKind.Unspecified"/> becomes a naive datetime. Other kinds and <see cref="DateTimeOffset"/> become aware datetimes.
    /// Fractions of a microsecond are rounded down, toward the past.</para>
    /// <para>Decimal, enum values without a name and all other types are not converted, because the value could change or the result would be a guess.</para>
    /// </remarks>
    /// <param name="value">The value. A <see cref="MontyValue"/> is returned as it is.</param>
    /// <exception cref="ArgumentException">The value, or one inside it, has no Python counterpart, contains itself, or is nested deeper than
    /// <see cref="MontyJson.MaxDepth"/>. The message gives the path to it, and what to pass instead.</exception>
    /// <exception cref="MontySizeException">The bytes or a collection are larger than a worker accepts in one message. They were not copied.</exception>
    public static MontyValue From(object? value) => new ClrConversion().Convert(value);

    /// <summary>Converts to an int.</summary>
    public static implicit operator MontyValue(int value) => new MontyInt(value);

    /// <summary>Converts to an int.</summary>
    public static implicit operator MontyValue(long value) => new MontyInt(value);

    /// <summary>Converts to an int of any size.</summary>
    public static implicit operator MontyValue(BigInteger value) => new MontyInt(value);

    /// <summary>Converts to a float.</summary>
    public static implicit operator MontyValue(double value) => new MontyFloat(value);

    /// <summary>Converts to a bool.</summary>
    public static implicit operator MontyValue(bool value) => value ? MontyBool.True : MontyBool.False;

    /// <summary>Converts to a str.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is null. Use <see cref="None"/> for Python's None.</exception>
    public static implicit operator MontyValue(string value) => new MontyStr(value);
}
