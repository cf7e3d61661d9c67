using System.Diagnostics.CodeAnalysis;
using Monty.Interop.HostObjects;
using Monty.Interop.Tools;
using Monty.Interop.Tools.Signatures;
using Monty.Interop.Values.Clr;
using Monty.Interop.Values.Json;

namespace Monty.Interop;

/// <summary>A class of the host as scripts see it: what they may read, call and make. Nothing else of the C# type is in reach.</summary>
/// <remarks>Immutable; thread-safe as far as its members' functions are. Made by <see cref="Define"/>.</remarks>
public abstract class MontyHostClass
{
    private protected MontyHostClass(string name, Type clrType)
    {
        Name = name;
        ClrType = clrType;
        Id = DerivedIds.ForClass(name);
    }

    /// <summary>The name that scripts know the class by.</summary>
    public string Name { get; }

    /// <summary>The class as a tool, for <see cref="FeedOptions.Tools"/>: scripts find it by its name, make objects where it has a constructor, and the stubs declare it. A class that the signature of another tool names needs no tool of its own.</summary>
    public abstract MontyTool Tool { get; }

    internal Type ClrType { get; }

    /// <summary>The identity of the class: by its name, so that it is the same in every session and after a load.</summary>
    internal Guid Id { get; }

    /// <summary>True when objects are lent by identity, false when they cross by their fields.</summary>
    internal abstract bool IsLent { get; }

    /// <summary>True when a class of the same name is another one: two lent classes may give different rights. Records cross by their fields, so that two of one C# type are the same.</summary>
    internal bool DiffersFrom(MontyHostClass other) =>
        !ReferenceEquals(this, other) && (IsLent || other.IsLent || ClrType != other.ClrType);

    /// <summary>The identity that all instances share, where they cross by their fields.</summary>
    internal virtual Guid? ValueId => null;

    /// <summary>The classes that the declaration names.</summary>
    internal abstract IReadOnlyCollection<MontyHostClass> Uses { get; }

    /// <summary>Defines a class of lent objects.</summary>
    /// <typeparam name="T">The C# type; members that are not named here are out of reach.</typeparam>
    /// <param name="name">The name that scripts know the class by.</param>
    /// <param name="members">Names what scripts may read, call and make.</param>
    /// <param name="description">What a model reads of the class; null for none.</param>
    /// <param name="uses">The classes of other lent objects that the members' signatures name; null for none.</param>
    /// <exception cref="ArgumentException">A name cannot be used, or a type has no Python counterpart; the message says which, and the way out.</exception>
    [RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
    [RequiresDynamicCode(ValueHydration.NeedsCode)]
    public static MontyHostClass<T> Define<T>(
        string name,
        Action<MontyHostClassMembers<T>> members,
        string? description = null,
        IEnumerable<MontyHostClass>? uses = null
    )
        where T : class
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(members);
        if (ToolNames.WhyNot(name) is { } reason)
        {
            throw new ArgumentException($"The class of {ClrTypeName.Format(typeof(T))}: the name '{name}' {reason}", nameof(name));
        }

        var types = new PythonTypes(uses);
        var defined = new MontyHostClassMembers<T>(name, types);
        var hostClass = new MontyHostClass<T>(name, description, defined, types);
        types.Add(hostClass);
        members(defined);
        return hostClass;
    }

    internal abstract MontyType ToType();

    internal abstract MontyValue ToValue(object value, ClrConversion conversion, LentObjects objects);

    /// <summary>The class in Python, with the tool's conventions.</summary>
    internal abstract string Declaration(bool documented);

    /// <summary>The method of this name, or null.</summary>
    internal virtual MontyTool? Method(string name) => null;

    /// <summary>What reads the attribute of this name, or null.</summary>
    internal virtual Func<object, LentObjects, MontyValue>? Attribute(string name) => null;

    /// <summary>Finds an object of an earlier session again; null when it is gone.</summary>
    internal virtual object? Reattach(Guid id) => null;

    /// <summary>True when <see cref="Reattach"/> can find anything.</summary>
    internal virtual bool CanReattach => false;
}
