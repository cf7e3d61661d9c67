using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text.Json.Serialization;

namespace Monty.Interop;

/// <summary>A Python value that crosses the sandbox's boundary: a closed hierarchy, without loss in either direction.</summary>
/// <remarks>
/// <para>Immutable and thread-safe. Equality is structural and by kind: int 1, float 1.0 and True are three values here,
/// lists and dicts compare in order, sets do not. <see langword="null"/> never means Python's <c>None</c>.</para>
/// <para><see cref="ToString"/> is Python's <c>repr</c>. Conversions to CLR types are separate members of the cases.</para>
/// <para>Source: docs/concepts/wire.md, the table of kinds.</para>
/// </remarks>
[SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "The constructors of the cases are the named alternates.")]
[JsonConverter(typeof(MontyJsonConverter<MontyValue>))]
public abstract record MontyValue
{
    private protected MontyValue()
    {
    }

    /// <summary>Python's <c>None</c>.</summary>
    public static MontyValue None => MontyNone.Instance;

    /// <summary>The name that Python's <c>type(x).__name__</c> gives, such as <c>NoneType</c>, <c>int</c> or a class's own name.</summary>
    public abstract string TypeName { get; }

    /// <summary>Python's <c>repr</c> of the value.</summary>
    public sealed override string ToString() => PythonRepr.Of(this);

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
