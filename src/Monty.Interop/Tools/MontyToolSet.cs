using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Monty.Interop.Tools;

namespace Monty.Interop;

/// <summary>A set of tools with distinct names. It renders their declarations for the type checker and for models.</summary>
/// <remarks>Immutable and thread-safe. Combine sets with <c>new MontyToolSet([.. one, .. other])</c>.</remarks>
public sealed class MontyToolSet : IReadOnlyCollection<MontyTool>
{
    private readonly MontyTool[] tools;
    private readonly Dictionary<string, MontyTool> byName = [];
    private readonly Dictionary<string, MontyHostClass> classesByName = [];
    private readonly Dictionary<Guid, MontyHostClass> classesById = [];
    private readonly Dictionary<Guid, MontyHostClass> classesByValueId = [];
    private readonly HashSet<string> asyncNames;

    /// <summary>Creates a set of tools.</summary>
    /// <param name="tools">The tools, with distinct names. The classes in their signatures become part of the set.</param>
    /// <exception cref="ArgumentException">Two tools, two classes, or a tool and a class have the same name.</exception>
    public MontyToolSet(params IEnumerable<MontyTool> tools)
    {
        ArgumentNullException.ThrowIfNull(tools);
        this.tools = [.. tools];
        foreach (var tool in this.tools)
        {
            ArgumentNullException.ThrowIfNull(tool, nameof(tools));
        }

        asyncNames = ReadAsyncNames(this.tools);

        foreach (var hostClass in this.tools.SelectMany(t => t.Classes))
        {
            Add(hostClass);
        }

        foreach (var tool in this.tools.Where(t => !IsClass(t)))
        {
            if (byName.TryAdd(tool.Name, tool))
            {
                continue;
            }

            throw new ArgumentException(
                classesByName.ContainsKey(tool.Name)
                    ? $"A tool and a class in the tools' signatures are both named '{tool.Name}'. Rename one of them."
                    : $"Two tools are named '{tool.Name}'. Rename one of them."
            );
        }
    }

    /// <summary>The number of tools. Classes that only occur in signatures are not counted.</summary>
    public int Count => tools.Length;

    /// <summary>The declarations of all tools and of the classes in their signatures, with imports, for <see cref="TypeCheckOptions.Stubs"/>.</summary>
    public string Stubs => MontyToolStubs.Render(this);

    /// <summary>The declarations for people and models, with docstrings and without imports.</summary>
    public string Prompt => MontyToolStubs.RenderPrompt(this);

    internal IReadOnlyCollection<MontyHostClass> Classes => classesByName.Values;

    /// <summary>Creates tools from the public methods of an object that have the attribute <see cref="MontyToolAttribute"/>, including inherited and static methods.</summary>
    /// <typeparam name="T">The type of the object. For an interface, only the methods that the interface marks become tools.</typeparam>
    /// <param name="instance">The object on which the methods are called.</param>
    /// <param name="classes">The classes of lent objects in the signatures, or null when there are none.</param>
    /// <exception cref="ArgumentException">No method has the attribute, a method with the attribute is generic or not public, a name cannot be used or is used twice, or a type
    /// has no Python counterpart. The message says which, and what to use instead.</exception>
    [RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
    [RequiresDynamicCode(ValueHydration.NeedsCode)]
    public static MontyToolSet From<T>(T instance, IEnumerable<MontyHostClass>? classes = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(instance);
        return MarkedMethods.CreateToolSet(typeof(T).IsInterface ? typeof(T) : instance.GetType(), instance, classes);
    }

    /// <summary>Creates tools from the public static methods of a type that have the attribute <see cref="MontyToolAttribute"/>.</summary>
    /// <param name="type">The type.</param>
    /// <param name="classes">The classes of lent objects in the signatures, or null when there are none.</param>
    /// <exception cref="ArgumentException">An instance method has the attribute, or the conditions of <see cref="From{T}"/> are not met.</exception>
    [RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
    [RequiresDynamicCode(ValueHydration.NeedsCode)]
    public static MontyToolSet FromStatic(Type type, IEnumerable<MontyHostClass>? classes = null)
    {
        ArgumentNullException.ThrowIfNull(type);
        return MarkedMethods.CreateToolSet(type, instance: null, classes);
    }

    /// <inheritdoc/>
    public IEnumerator<MontyTool> GetEnumerator() => ((IEnumerable<MontyTool>)tools).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Returns <see cref="Prompt"/>.</summary>
    public override string ToString() => Prompt;

    /// <summary>Returns the tool with this name, or the constructor of the class with this name; null when there is neither.</summary>
    internal MontyTool? Find(string name) => byName.GetValueOrDefault(name);

    internal MontyHostClass? FindClass(string name) => classesByName.GetValueOrDefault(name);

    internal MontyHostClass? FindClass(Guid classId) => classesById.GetValueOrDefault(classId);

    /// <summary>Returns the class whose instances share this id (<see cref="MontyHostClass.ValueId"/>), or null.</summary>
    internal MontyHostClass? FindClassOfValues(Guid valueId) => classesByValueId.GetValueOrDefault(valueId);

    /// <summary>Returns the names of the asynchronous tools among these. A tool set collects them once.</summary>
    internal static HashSet<string> AsyncNamesOf(IReadOnlyCollection<MontyTool> tools) =>
        tools is MontyToolSet set ? set.asyncNames : ReadAsyncNames(tools);

    /// <summary>Returns true for a tool that is the constructor of a class.</summary>
    internal static bool IsClass(MontyTool tool) => tool.Classes.Any(c => ReferenceEquals(c.Tool, tool));

    private static HashSet<string> ReadAsyncNames(IEnumerable<MontyTool> tools) =>
        tools.Where(tool => tool.IsAsync).Select(tool => tool.Name).ToHashSet(StringComparer.Ordinal);

    private void Add(MontyHostClass hostClass)
    {
        if (!classesByName.TryAdd(hostClass.Name, hostClass))
        {
            var other = classesByName[hostClass.Name];
            if (!hostClass.ConflictsWith(other))
            {
                return;
            }

            throw new ArgumentException(
                $"Two classes are named '{hostClass.Name}': one for the C# type {other.ClrType}, the other for {hostClass.ClrType}. Rename one of them."
            );
        }

        byName.Add(hostClass.Name, hostClass.Tool);
        classesById.Add(hostClass.Id, hostClass);
        if (hostClass.ValueId is { } valueId)
        {
            classesByValueId.Add(valueId, hostClass);
        }

        foreach (var referenced in hostClass.ReferencedClasses)
        {
            Add(referenced);
        }
    }
}
