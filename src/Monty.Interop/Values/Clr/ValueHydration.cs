using System.Diagnostics.CodeAnalysis;
using Monty.Interop.Values.Clr;

namespace Monty.Interop;

/// <summary>Fills C# records, collections and scalars from values.</summary>
/// <remarks>
/// <para>A type with one public constructor is filled from a dataclass or other instance, a named tuple, or a dict with str keys: each parameter
/// takes the field of its exact name, else the only one that differs in case and underscores (<c>zip_code</c> fills <c>ZipCode</c>).
/// A field that no parameter takes is an error, but for an attribute of a class that starts with an underscore; so are two fields for one parameter.
/// A parameter without a field takes its default value or is an error.</para>
/// <para>Lists and tuples fill arrays, lists, read-only lists and their interfaces; tuples also C# tuples; sets fill sets; dicts fill dictionaries. A str fills
/// an enum by its exact name, and a Guid or Uri by its text. An int or float fills decimal by its shortest decimal text. Every value fills
/// the JSON types, as <see cref="MontyJson"/> writes it. None fills <c>T?</c> and <see cref="System.Text.Json.JsonElement"/> only: a nullable value type, or a parameter that is annotated or comes from code without annotations.</para>
/// <para>Numbers are checked for range, and only float to <see cref="float"/> or <see cref="Half"/> rounds.</para>
/// </remarks>
public static class ValueHydration
{
    internal const string NeedsMembers =
        "Constructors of the target type and of the types of its parameters are found by reflection; read the value with MontyCasts in a trimmed program.";
    internal const string NeedsCode =
        "Generic collections of the target's element types are made at run time; read the value with MontyCasts in an ahead-of-time compiled program.";

    /// <summary>The value as a <typeparamref name="T"/>; <see cref="MontyValue"/> and its kinds are taken as they are, at any depth.</summary>
    /// <typeparam name="T">A record or class with one public constructor, a collection, an enum, or a type that <see cref="MontyCasts"/> reads.</typeparam>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is null.</exception>
    /// <exception cref="InvalidCastException">The value, or one inside it, is of the wrong kind, out of range, or lacks a field or has one too many; the message says where.
    /// An exception that a constructor of the caller throws is let through.</exception>
    /// <exception cref="MontySizeException">JSON is asked for, and that of the value would be too large (<see cref="MontyJson.MaxBytes"/>).</exception>
    [RequiresUnreferencedCode(NeedsMembers)]
    [RequiresDynamicCode(NeedsCode)]
    public static T To<T>(this MontyValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return (T)new Hydrator().Hydrate(value, typeof(T), annotation: null)!;
    }
}
