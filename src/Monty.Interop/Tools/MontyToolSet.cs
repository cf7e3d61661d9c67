using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Monty.Interop.Tools;

namespace Monty.Interop;

/// <summary>Tools that go together: no two of one name, with the declarations that a type checker reads and those that a model reads.</summary>
/// <remarks>Immutable and thread-safe. Sets are put together by <c>new MontyToolSet([.. one, .. other])</c>.</remarks>
public sealed class MontyToolSet : IReadOnlyCollection<MontyTool>
{
    private readonly MontyTool[] tools;
    private readonly Dictionary<string, MontyTool> byName = [];
    private readonly Dictionary<string, MontyHostClass> classesByName = [];
    private readonly Dictionary<Guid, MontyHostClass> classesById = [];
    private readonly Dictionary<Guid, MontyHostClass> classesByValueId = [];
    private readonly HashSet<string> asyncNames;

    /// <summary>A set of these tools.</summary>
    /// <param name="tools">Tools of names of their own; the classes that their signatures name are part of the set.</param>
    /// <exception cref="ArgumentException">Two tools, two classes, or a tool and a class have one name.</exception>
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
                    ? $"A tool and a class that the tools use are named '{tool.Name}'. Rename one of them."
                    : $"Two tools are named '{tool.Name}'. Rename one of them."
            );
        }
    }

    /// <summary>How many tools there are; classes that only signatures name are not counted.</summary>
    public int Count => tools.Length;

    /// <summary>The declarations of all tools and of the classes that they name, complete with imports, for <see cref="TypeCheckOptions.Stubs"/>.</summary>
    public string Stubs => MontyToolStubs.Render(this);

    /// <summary>The declarations for people and models: with docstrings, without imports.</summary>
    public string Prompt => MontyToolStubs.RenderPrompt(this);

    internal IReadOnlyCollection<MontyHostClass> Classes => classesByName.Values;

    /// <summary>The public methods of an object that carry <see cref="MontyToolAttribute"/>, inherited and static ones too.</summary>
    /// <typeparam name="T">The object's type; an interface gives the methods that it marks.</typeparam>
    /// <param name="instance">The object that the tools are methods of.</param>
    /// <param name="classes">The classes of lent objects that the signatures name; null for none.</param>
    /// <exception cref="ArgumentException">No method carries the attribute, one is not public or generic, a name cannot be called or comes twice, or a type has no
    /// Python counterpart; the message says which, and the way out.</exception>
    [RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
    [RequiresDynamicCode(ValueHydration.NeedsCode)]
    public static MontyToolSet From<T>(T instance, IEnumerable<MontyHostClass>? classes = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(instance);
        return MarkedMethods.CreateToolSet(typeof(T).IsInterface ? typeof(T) : instance.GetType(), instance, classes);
    }

    /// <summary>The public static methods of a type that carry <see cref="MontyToolAttribute"/>.</summary>
    /// <param name="type">The type.</param>
    /// <param name="classes">The classes of lent objects that the signatures name; null for none.</param>
    /// <exception cref="ArgumentException">An instance method carries the attribute, or as for <see cref="From{T}"/>.</exception>
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

    /// <summary><see cref="Prompt"/>.</summary>
    public override string ToString() => Prompt;

    /// <summary>The tool of this name, or the one that makes objects of the class of this name; null when there is none.</summary>
    internal MontyTool? Find(string name) => byName.GetValueOrDefault(name);

    internal MontyHostClass? ClassNamed(string name) => classesByName.GetValueOrDefault(name);

    internal MontyHostClass? ClassOf(Guid classId) => classesById.GetValueOrDefault(classId);

    /// <summary>The class whose instances share this identity.</summary>
    internal MontyHostClass? ClassOfValues(Guid valueId) => classesByValueId.GetValueOrDefault(valueId);

    /// <summary>The names of the asynchronous tools among these; a set has read them already.</summary>
    internal static HashSet<string> AsyncNamesOf(IReadOnlyCollection<MontyTool> tools) =>
        tools is MontyToolSet set ? set.asyncNames : ReadAsyncNames(tools);

    internal static bool IsClass(MontyTool tool) => tool.Classes.Any(c => ReferenceEquals(c.Tool, tool));

    private static HashSet<string> ReadAsyncNames(IEnumerable<MontyTool> tools) =>
        tools.Where(tool => tool.IsAsync).Select(tool => tool.Name).ToHashSet(StringComparer.Ordinal);

    private void Add(MontyHostClass hostClass)
    {
        if (!classesByName.TryAdd(hostClass.Name, hostClass))
        {
            var other = classesByName[hostClass.Name];
            if (!hostClass.DiffersFrom(other))
            {
                return;
            }

            throw new ArgumentException(
                $"Two classes are named '{hostClass.Name}': one is of the C# type {other.ClrType}, the other of {hostClass.ClrType}. Rename one of them."
            );
        }

        byName.Add(hostClass.Name, hostClass.Tool);
        classesById.Add(hostClass.Id, hostClass);
        if (hostClass.ValueId is { } valueId)
        {
            classesByValueId.Add(valueId, hostClass);
        }

        foreach (var used in hostClass.Uses)
        {
            Add(used);
        }
    }
}
