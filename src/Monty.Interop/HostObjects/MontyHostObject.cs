namespace Monty.Interop;

/// <summary>A C# object to lend to scripts. Made by <see cref="MontyHostClass{T}.Wrap"/>.</summary>
/// <remarks>Immutable; the object in it is whatever it is.</remarks>
public sealed class MontyHostObject
{
    internal MontyHostObject(MontyHostClass hostClass, object target, Guid? id)
    {
        Class = hostClass;
        Target = target;
        Id = id;
    }

    /// <summary>What scripts may do with the object.</summary>
    public MontyHostClass Class { get; }

    /// <summary>The object.</summary>
    public object Target { get; }

    /// <summary>The identity that it is lent with; null for a random one.</summary>
    public Guid? Id { get; }
}
