using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Monty.Interop.Values.Clr;

/// <summary>The constructor that creates instances of a type, and the nullability of its parameters. Looked up once for each type.</summary>
/// <param name="Constructor">The only public constructor.</param>
/// <param name="Parameters">The parameters of the constructor in order.</param>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
internal sealed record RecordShape(
    ConstructorInfo Constructor,
    ImmutableArray<(ParameterInfo Parameter, NullabilityInfo Annotation)> Parameters
)
{
    // The keys are weak, so that types of a collectible assembly load context can be unloaded.
    private static readonly ConditionalWeakTable<Type, RecordShape> Known = [];

    /// <summary>Returns null when the type is abstract, or does not have exactly one public constructor with parameters.</summary>
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
