using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Monty.Interop.Tools.Signatures;
using Monty.Interop.Values.Clr;

namespace Monty.Interop.Tools;

/// <summary>Finds the methods that carry <see cref="MontyToolAttribute"/>, and refuses those that could not be called.</summary>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
[RequiresDynamicCode(ValueHydration.NeedsCode)]
internal static class MarkedMethods
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static MontyToolSet CreateToolSet(Type type, object? instance, IEnumerable<MontyHostClass>? classes)
    {
        List<MontyHostClass>? known = classes is null ? null : [.. classes];
        var marked = Find(type);
        if (marked.Count == 0)
        {
            throw new ArgumentException(
                $"{ClrTypeName.Format(type)} has no method with [MontyTool]. Mark the public methods that scripts may call."
            );
        }

        foreach (var (method, _) in marked)
        {
            if (!method.IsPublic)
            {
                throw new ArgumentException(
                    $"Method {ClrTypeName.Format(type)}.{method.Name} carries [MontyTool] and is not public. Make it public, or take the attribute away."
                );
            }

            if (instance is null && !method.IsStatic)
            {
                throw new ArgumentException(
                    $"Method {ClrTypeName.Format(type)}.{method.Name} carries [MontyTool] and needs an object. Register an instance with MontyToolSet.From, or make the method static."
                );
            }
        }

        return new MontyToolSet(
            marked.Select(m => ToolMethod.From(m.Method, m.Method.IsStatic ? null : instance, m.Attribute, known).ToTool())
        );
    }

    /// <summary>Base classes first; an override stands where its class declares it.</summary>
    private static List<(MethodInfo Method, MontyToolAttribute Attribute)> Find(Type type)
    {
        var marked = new List<(MethodInfo, MontyToolAttribute)>();
        var overridden = new HashSet<MethodInfo>();
        for (var current = type; current is not null; current = current.BaseType)
        {
            var own = current.GetMethods(All).Where(m => overridden.Add(m.GetBaseDefinition())).OrderBy(m => m.MetadataToken);
            marked.InsertRange(
                0,
                own.Select(m => (Method: m, Attribute: m.GetCustomAttribute<MontyToolAttribute>(inherit: true)!))
                    .Where(m => m.Attribute is not null)
            );
        }

        return marked;
    }
}
