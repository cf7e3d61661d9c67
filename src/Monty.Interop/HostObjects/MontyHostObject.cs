namespace Monty.Interop;

/// <summary>A C# object that can be lent to scripts. Created by <see cref="MontyHostClass{T}.Wrap"/>.</summary>
/// <remarks>Immutable and thread-safe, except for the object itself.</remarks>
public sealed class MontyHostObject
{
    internal MontyHostObject(MontyHostClass hostClass, object target, Guid? id)
    {
        Class = hostClass;
        Target = target;
        Id = id;
    }

    /// <summary>The class, which defines the members that scripts may use.</summary>
    public MontyHostClass Class { get; }

    /// <summary>The C# object.</summary>
    public object Target { get; }

    /// <summary>The id that the object is lent with, or null for a random one.</summary>
    public Guid? Id { get; }
}
