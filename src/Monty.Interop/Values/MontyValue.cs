using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text.Json.Serialization;
using Monty.Interop.Values;
using Monty.Interop.Values.Clr;

namespace Monty.Interop;

/// <summary>A Python value that crosses the sandbox's boundary: a closed hierarchy, without loss in either direction.</summary>
/// <remarks>
/// <para>Immutable and thread-safe. Equality is structural and by kind: int 1, float 1.0 and True are three values here,
/// lists and dicts compare in order, sets do not. <see langword="null"/> never means Python's <c>None</c>.</para>
/// <para><see cref="ToString"/> is Python's <c>repr</c>. Conversions are separate: <see cref="From"/>, <see cref="MontyCasts"/> and <see cref="ValueHydration"/>; JSON is <see cref="MontyJson"/>.</para>
/// <para>Source: docs/concepts/wire.md, the table of kinds.</para>
/// </remarks>
[SuppressMessage(
    "Usage",
    "CA2225:Operator overloads have named alternates",
    Justification = "The constructors of the cases are the named alternates."
)]
[JsonConverter(typeof(MontyJsonConverter<MontyValue>))]
public abstract record MontyValue
{
    private protected MontyValue() { }

    /// <summary>Python's <c>None</c>.</summary>
    public static MontyValue None => MontyNone.Instance;

    /// <summary>The name that Python's <c>type(x).__name__</c> gives, such as <c>NoneType</c>, <c>int</c> or a class's own name.</summary>
    public abstract string TypeName { get; }

    /// <summary>Python's <c>repr</c> of the value.</summary>
    /// <exception cref="MontySizeException">It is longer than a .NET string can be; nothing of it was made.</exception>
    public sealed override string ToString() => PythonRepr.Format(this);

    /// <summary>Python's <c>repr</c> of the value, cut: no more text is made than is asked for, however large the value is.</summary>
    /// <param name="maxLength">The most characters; one more, <c>…</c>, stands for the rest.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is negative.</exception>
    public string Display(int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        return ValueSummary.Cut(this, maxLength);
    }

    /// <summary>Writes Python's <c>repr</c> of the value piece by piece, whatever its length.</summary>
    /// <param name="writer">Where to write.</param>
    /// <exception cref="ArgumentNullException"><paramref name="writer"/> is null.</exception>
    public void WriteTo(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        PythonRepr.Write(writer, this);
    }

    /// <summary>The Python value of a CLR value.</summary>
    /// <remarks>
    /// <para><see langword="null"/> is None; numbers, bool, string and char keep their value (float is exact as double); an enum is its name; a Guid and a Uri are their text;
    /// bytes, memories and segments of bytes are copied; dictionaries are dicts, tuples tuples, the set classes of .NET sets and frozensets,
    /// and every other <see cref="System.Collections.IEnumerable"/> a list, which is read to its end. JSON elements and nodes
    /// are plain data: no tag is looked for, integers of up to 4300 digits are exact.</para>
    /// <para>A <see cref="DateTime"/> without a kind is naive; others and <see cref="DateTimeOffset"/> are aware.
    /// What is finer than a microsecond is dropped towards the past.</para>
    /// <para>Not converted, because something would be lost or guessed: decimal, values of an enum without a name, and every other type.</para>
    /// </remarks>
    /// <param name="value">The value; a <see cref="MontyValue"/> is returned as it is.</param>
    /// <exception cref="ArgumentException">The value, or one inside it, has no Python counterpart, contains itself, or nests deeper than
    /// <see cref="MontyJson.MaxDepth"/>; the message says where, and what to pass instead.</exception>
    /// <exception cref="MontySizeException">Bytes or a collection are larger than any worker takes at once; they were not copied.</exception>
    public static MontyValue From(object? value) => new ClrConversion().Convert(value);

    /// <summary>An int.</summary>
    public static implicit operator MontyValue(int value) => new MontyInt(value);

    /// <summary>An int.</summary>
    public static implicit operator MontyValue(long value) => new MontyInt(value);

    /// <summary>An int of any size.</summary>
    public static implicit operator MontyValue(BigInteger value) => new MontyInt(value);

    /// <summary>A float.</summary>
    public static implicit operator MontyValue(double value) => new MontyFloat(value);

    /// <summary>A bool.</summary>
    public static implicit operator MontyValue(bool value) => value ? MontyBool.True : MontyBool.False;

    /// <summary>A str.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is null: write <see cref="None"/> where None is meant.</exception>
    public static implicit operator MontyValue(string value) => new MontyStr(value);
}
