using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Monty.Interop.Tools.Signatures;

/// <summary>The types that can never cross, each with its reason and the way out.</summary>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
internal static class UnsupportedType
{
    /// <summary>Null for a type that may cross.</summary>
    public static string? WhyNot(Type type)
    {
        if (type.IsByRef)
        {
            return "a script passes values, not variables; take the value, and return a tuple where there is more than one result";
        }

        if (type.IsPointer || type.IsFunctionPointer)
        {
            return "a pointer means nothing outside this process";
        }

        if (type.IsByRefLike)
        {
            return "it lives on the stack, and a call may wait; take an array or ReadOnlyMemory<byte>";
        }

        if (type.ContainsGenericParameters)
        {
            return "it is an open generic type; register the method with its types filled in";
        }

        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return "a script cannot hand its functions to the host; take the data that the function would give";
        }

        if (type == typeof(object))
        {
            return "it says nothing of what a script may pass; use MontyValue for any value, or the type that is meant";
        }

        if (typeof(Task).IsAssignableFrom(type) || type.GetMethod("GetAwaiter", Type.EmptyTypes) is not null)
        {
            return "a result is awaited by its tool only as Task or ValueTask at its outside";
        }

        if (type.IsArray)
        {
            return "Python's lists have one dimension; use an array of arrays";
        }

        return IsOfTheFramework(type) && !IsContainer(type)
            ? "use text, a record of what matters, MontyValue, or lend it as an object of a MontyHostClass that the registration names"
            : null;
    }

    private static bool IsContainer(Type type) =>
        typeof(ITuple).IsAssignableFrom(type)
        || type.GetInterfaces().Prepend(type).Any(t => t.IsGenericType && t.GetGenericTypeDefinition() == typeof(IEnumerable<>));

    private static bool IsOfTheFramework(Type type) =>
        type.Namespace is { } space
        && (
            space == "System"
            || space.StartsWith("System.", StringComparison.Ordinal)
            || space.StartsWith("Microsoft.", StringComparison.Ordinal)
        );
}
