using System.Diagnostics.CodeAnalysis;
using Monty.Interop.HostObjects;
using Monty.Interop.Tools;
using Monty.Interop.Tools.Signatures;
using Monty.Interop.Values.Clr;
using Monty.Interop.Values.Json;

namespace Monty.Interop;

/// <summary>A class of the host that scripts can use. It names the members that scripts may read, call and construct; no other member of the C# type is accessible.</summary>
/// <remarks>Immutable. Thread-safe when the functions of its members are. Created by <see cref="Define"/>.</remarks>
public abstract class MontyHostClass
{
    private protected MontyHostClass(string name, Type clrType)
    {
        Name = name;
        ClrType = clrType;
        Id = DerivedIds.ForClass(name);
    }

    /// <summary>The name of the class in Python.</summary>
    public string Name { get; }

    /// <summary>The class as a tool, for <see cref="FeedOptions.Tools"/>: scripts can refer to the class by its name and call its constructor if it has one, and the stubs declare it. A class that is part of another tool's signature needs no tool of its own.</summary>
    public abstract MontyTool Tool { get; }

    internal Type ClrType { get; }

    /// <summary>The id of the class. It is derived from the name, so it is the same in every session and after a load.</summary>
    internal Guid Id { get; }

    /// <summary>True when instances are lent by reference, false when their fields are copied.</summary>
    internal abstract bool IsLent { get; }

    /// <summary>Returns true when this class and another class of the same name must not be used together.</summary>
    /// <remarks>Two lent classes may expose different members. Records are copied by their fields, so two records of the same C# type are equivalent.</remarks>
    internal bool ConflictsWith(MontyHostClass other) =>
        !ReferenceEquals(this, other) && (IsLent || other.IsLent || ClrType != other.ClrType);

    /// <summary>The instance id that all instances share when their fields are copied; null for a class of lent objects.</summary>
    internal virtual Guid? ValueId => null;

    /// <summary>The classes that the declaration of this class refers to.</summary>
    internal abstract IReadOnlyCollection<MontyHostClass> ReferencedClasses { get; }

    /// <summary>Defines a class whose objects are lent to scripts.</summary>
    /// <typeparam name="T">The C# type. Scripts cannot access members that are not named here.</typeparam>
    /// <param name="name">The name of the class in Python.</param>
    /// <param name="members">Names the members that scripts may use.</param>
    /// <param name="description">The description of the class that a model reads, or null.</param>
    /// <param name="uses">The classes of other lent objects in the members' signatures, or null when there are none.</param>
    /// <exception cref="ArgumentException">A name cannot be used, or a type has no Python counterpart. The message says which, and what to use instead.</exception>
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
        if (ToolNames.FindProblem(name) is { } problem)
        {
            throw new ArgumentException($"The class for {ClrTypeName.Format(typeof(T))}: the name '{name}' {problem}", nameof(name));
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

    /// <summary>Returns the Python declaration of the class.</summary>
    /// <param name="withDocs">True for the declaration that models read, with descriptions; false for the stub that the type checker reads.</param>
    internal abstract string GetDeclaration(bool withDocs);

    /// <summary>Returns the method with this name, or null.</summary>
    internal virtual MontyTool? FindMethod(string name) => null;

    /// <summary>Returns the function that reads the attribute with this name, or null.</summary>
    internal virtual Func<object, LentObjects, MontyValue>? FindAttribute(string name) => null;

    /// <summary>Returns the object with this id that an earlier session lent, or null when it no longer exists.</summary>
    internal virtual object? Reattach(Guid id) => null;

    /// <summary>True when the class has a function for <see cref="Reattach"/>.</summary>
    internal virtual bool CanReattach => false;
}
