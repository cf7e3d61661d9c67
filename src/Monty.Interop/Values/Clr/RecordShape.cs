using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Monty.Interop.Values.Clr;

/// <summary>The constructor that fills a type, and what its parameters say of null. Looked up once a type.</summary>
/// <param name="Constructor">The only public one.</param>
/// <param name="Parameters">Its parameters in order.</param>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
internal sealed record RecordShape(
    ConstructorInfo Constructor,
    ImmutableArray<(ParameterInfo Parameter, NullabilityInfo Annotation)> Parameters
)
{
    // Keyed weakly, so that types of an unloadable context can go.
    private static readonly ConditionalWeakTable<Type, RecordShape> Known = [];

    /// <summary>Null when the type is abstract or has not exactly one public constructor with parameters.</summary>
    public static RecordShape? From(Type type)
    {
        if (Known.TryGetValue(type, out var known))
        {
            return known;
        }

        if (type.IsAbstract || type.GetConstructors() is not [var constructor] || constructor.GetParameters() is not [_, ..] parameters)
        {
            return null;
        }

        var annotations = new NullabilityInfoContext();
        return Known.GetValue(type, _ => new(constructor, [.. parameters.Select(parameter => (parameter, annotations.Create(parameter)))]));
    }
}
