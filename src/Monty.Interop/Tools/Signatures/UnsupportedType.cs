using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Monty.Interop.Tools.Signatures;

/// <summary>Recognizes CLR types that can never be converted, and says why and what to use instead.</summary>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
internal static class UnsupportedType
{
    /// <summary>Returns the reason that a type cannot be converted and the alternative, or null when it may be convertible.</summary>
    public static string? FindReason(Type type)
    {
        if (type.IsByRef)
        {
            return "a script passes values, not variables; take the value, and return a tuple when there is more than one result";
        }

        if (type.IsPointer || type.IsFunctionPointer)
        {
            return "a pointer has no meaning outside this process; use the data that it points to";
        }

        if (type.IsByRefLike)
        {
            return "it lives on the stack and cannot be kept while a call waits; use an array or ReadOnlyMemory<byte>";
        }

        if (type.ContainsGenericParameters)
        {
            return "it is an open generic type; register a method without type parameters";
        }

        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return "a script cannot pass its functions to the host; take the data that the function would return";
        }

        if (type == typeof(object))
        {
            return "it does not say what a script may pass; use MontyValue for any value, or a more specific type";
        }

        if (typeof(Task).IsAssignableFrom(type) || type.GetMethod("GetAwaiter", Type.EmptyTypes) is not null)
        {
            return "only a Task or ValueTask that is the whole result is awaited; use the type of the awaited value";
        }

        if (type.IsArray)
        {
            return "a Python list has one dimension; use an array of arrays";
        }

        return IsFrameworkType(type) && !IsContainer(type)
            ? "it is a framework type without a conversion; use text, a record with the values that matter, MontyValue, or lend it as a host object and name its MontyHostClass in the registration"
            : null;
    }

    private static bool IsContainer(Type type) =>
        typeof(ITuple).IsAssignableFrom(type)
        || type.GetInterfaces().Prepend(type).Any(t => t.IsGenericType && t.GetGenericTypeDefinition() == typeof(IEnumerable<>));

    private static bool IsFrameworkType(Type type) =>
        type.Namespace is { } space
        && (
            space == "System"
            || space.StartsWith("System.", StringComparison.Ordinal)
            || space.StartsWith("Microsoft.", StringComparison.Ordinal)
        );
}
