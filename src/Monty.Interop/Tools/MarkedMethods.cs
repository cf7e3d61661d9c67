using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Monty.Interop.Tools.Signatures;
using Monty.Interop.Values.Clr;

namespace Monty.Interop.Tools;

/// <summary>Creates tools from the methods of a type that have the attribute <see cref="MontyToolAttribute"/>.</summary>
[RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
[RequiresDynamicCode(ValueHydration.NeedsCode)]
internal static class MarkedMethods
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <exception cref="ArgumentException">No method has the attribute, or one that has it cannot be called.</exception>
    public static MontyToolSet CreateToolSet(Type type, object? instance, IEnumerable<MontyHostClass>? classes)
    {
        var known = classes?.ToList();
        var marked = FindMarkedMethods(type);
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
                    $"Method {ClrTypeName.Format(type)}.{method.Name} has the attribute [MontyTool] but is not public. Make it public, or remove the attribute."
                );
            }

            if (instance is null && !method.IsStatic)
            {
                throw new ArgumentException(
                    $"Method {ClrTypeName.Format(type)}.{method.Name} has the attribute [MontyTool] but is not static, and no instance was given. Register an instance with MontyToolSet.From, or make the method static."
                );
            }
        }

        return new MontyToolSet(
            marked.Select(m => ToolMethod.From(m.Method, m.Method.IsStatic ? null : instance, m.Attribute, known).ToTool())
        );
    }

    /// <summary>Returns the methods with the attribute: those of base classes first, and each override in the place of the class that declares it.</summary>
    private static List<(MethodInfo Method, MontyToolAttribute Attribute)> FindMarkedMethods(Type type)
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
