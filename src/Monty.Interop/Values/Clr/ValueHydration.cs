using System.Diagnostics.CodeAnalysis;
using Monty.Interop.Values.Clr;

namespace Monty.Interop;

/// <summary>Converts values to C# records, collections and scalars.</summary>
/// <remarks>
/// <para>A type with one public constructor is filled from an instance (such as a dataclass), a named tuple, or a dict with str keys. Each parameter
/// gets the field of exactly the same name, or else the only field whose name differs just in case and underscores (<c>zip_code</c> fills <c>ZipCode</c>).
/// A field without a parameter is an error, except for an attribute of an instance that starts with an underscore. Two fields for the same parameter are
/// an error too. A parameter without a field gets its default value; if it has none, that is an error.</para>
/// <para>Lists and tuples convert to arrays, lists, read-only lists and their interfaces, and tuples also to C# tuples; sets convert to sets, and dicts to dictionaries.
/// A str converts to an enum by its exact name, and to a Guid or Uri. An int or float converts to decimal by its shortest decimal text.
/// Every value converts to the JSON types, in the form that <see cref="MontyJson"/> writes. None converts only to <see cref="System.Text.Json.JsonElement"/>,
/// to a nullable value type, and to a reference type that is nullable or comes from code without nullable annotations.</para>
/// <para>Numbers are checked for range, and only a conversion of float to <see cref="float"/> or <see cref="Half"/> rounds.</para>
/// </remarks>
public static class ValueHydration
{
    internal const string NeedsMembers =
        "Constructors of the target type and of the types of its parameters are found by reflection. Read the value with MontyCasts in a trimmed program.";
    internal const string NeedsCode =
        "Generic collections of the target's element types are created at run time. Read the value with MontyCasts in an ahead-of-time compiled program.";

    /// <summary>Converts the value to a <typeparamref name="T"/>. A <see cref="MontyValue"/> in the target type, at any depth, gets the value unchanged.</summary>
    /// <typeparam name="T">A record or class with one public constructor, a collection, an enum, or a type that <see cref="MontyCasts"/> reads.</typeparam>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentNullException"><paramref name="value"/> is null.</exception>
    /// <exception cref="InvalidCastException">The value, or one inside it, is of the wrong kind or out of range, lacks a field, or has an unknown field. The message gives the path to it.
    /// Exceptions of the target's constructors are thrown unchanged.</exception>
    /// <exception cref="MontySizeException">The target is a JSON type, and the JSON of the value would be larger than <see cref="MontyJson.MaxBytes"/>.</exception>
    [RequiresUnreferencedCode(NeedsMembers)]
    [RequiresDynamicCode(NeedsCode)]
    public static T To<T>(this MontyValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return (T)new Hydrator().Hydrate(value, typeof(T), annotation: null)!;
    }
}
