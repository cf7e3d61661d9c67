using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Monty.Interop.Values.Json;
using Monty.Interop.Wire;

namespace Monty.Interop.HostObjects;

/// <summary>The C# objects that a session has lent to its script. Each has an id, and is held until the session ends.</summary>
/// <remarks>Thread-safe, because asynchronous tools may lend objects while other tools are called.</remarks>
internal sealed class LentObjects
{
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, MontyHostObject> byId = [];
    private readonly Dictionary<Guid, Dictionary<object, Guid>> idsByClass = [];
    private readonly Dictionary<Guid, MontyHostClass> classes = [];

    /// <summary>The class names of the objects that were lent before the session was dumped, by the ids of the objects.</summary>
    private readonly Dictionary<Guid, string> lentBeforeDump = [];
    private bool isClosed;

    /// <summary>Returns the value that represents an object in the script. An object has the same id each time it is lent as the same class.</summary>
    /// <exception cref="ArgumentException">The id belongs to another object, the object already has another id, or the session uses another class with this name.</exception>
    /// <exception cref="ObjectDisposedException">The session has ended.</exception>
    public MontyInstance Lend(MontyHostClass hostClass, object target, Guid? id)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isClosed, typeof(MontySession));
            RegisterClass(hostClass);
            if (!idsByClass.TryGetValue(hostClass.Id, out var ids))
            {
                idsByClass[hostClass.Id] = ids = new(ReferenceEqualityComparer.Instance);
            }

            if (ids.TryGetValue(target, out var known))
            {
                if (id is not null && id != known)
                {
                    throw new ArgumentException(
                        $"Cannot lend the object with the id {id}: it is already lent as {hostClass.Name} with the id {known}. An object keeps one id for as long as the session lives; pass that id, or null."
                    );
                }
            }
            else
            {
                known = id ?? Guid.NewGuid();
                if (byId.TryGetValue(known, out var other))
                {
                    throw new ArgumentException(
                        $"Cannot lend the object with the id {known}: the id belongs to another object, a {other.Class.Name}. Give each object its own id."
                    );
                }

                ids.Add(target, known);
            }

            byId[known] = new MontyHostObject(hostClass, target, known);
            lentBeforeDump.Remove(known);
            return new MontyInstance(hostClass.ToType(), known, MontyDict.Empty);
        }
    }

    /// <summary>Registers classes, so that they can reattach objects that were lent before the session was dumped.</summary>
    public void Register(IEnumerable<MontyHostClass> known)
    {
        lock (gate)
        {
            foreach (var hostClass in known)
            {
                RegisterClass(hostClass);
            }
        }
    }

    /// <exception cref="ArgumentException">The session already uses another class with this name, which is kept.</exception>
    private void RegisterClass(MontyHostClass hostClass)
    {
        if (classes.TryGetValue(hostClass.Id, out var known) && hostClass.ConflictsWith(known))
        {
            throw new ArgumentException(
                $"Cannot use the class '{hostClass.Name}': the session already uses another class with this name, which may expose other members. Define the class once and use it in every feed, or rename one of the two."
            );
        }

        classes[hostClass.Id] = hostClass;
    }

    public MontyHostClass? FindClass(Guid classId)
    {
        lock (gate)
        {
            return classes.GetValueOrDefault(classId);
        }
    }

    /// <summary>Returns the object with this id, or null when the session never lent one. An object that was lent before a dump is reattached first.</summary>
    /// <exception cref="PythonException">The object was lent before a dump, and cannot be reattached.</exception>
    public MontyHostObject? Find(Guid id)
    {
        string? className;
        MontyHostClass? hostClass;
        lock (gate)
        {
            if (byId.TryGetValue(id, out var found))
            {
                return found;
            }

            if (!lentBeforeDump.TryGetValue(id, out className))
            {
                return null;
            }

            hostClass = classes.GetValueOrDefault(DerivedIds.ForClass(className));
        }

        if (hostClass is not { CanReattach: true })
        {
            throw CreateLostError(hostClass is null ? "this feed has no class of that name" : "its class cannot reattach objects");
        }

        var target = hostClass.Reattach(id) ?? throw CreateLostError("the host no longer has it");
        Lend(hostClass, target, id);
        return new MontyHostObject(hostClass, target, id);

        PythonException CreateLostError(string reason) =>
            new("RuntimeError", $"the '{className}' object was lent by an earlier session, and {reason}");
    }

    /// <summary>Gets the C# object that a value represents. Returns false when the value is not a lent object of this session.</summary>
    public bool TryFind(MontyValue value, [NotNullWhen(true)] out object? target)
    {
        target = value is MontyInstance { Type.Origin: MontyTypeOrigin.Host } instance ? Find(instance.InstanceId)?.Target : null;
        return target is not null;
    }

    /// <summary>Releases all objects and classes.</summary>
    public void Clear()
    {
        lock (gate)
        {
            byId.Clear();
            idsByClass.Clear();
            classes.Clear();
            lentBeforeDump.Clear();
        }
    }

    /// <summary>Releases all objects and classes, and refuses to lend more.</summary>
    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
            Clear();
        }
    }

    public void SaveTo(DumpEnvelope dump)
    {
        lock (gate)
        {
            var lent = byId.Select(o => (Id: o.Key, o.Value.Class.Name))
                .Concat(lentBeforeDump.Select(o => (Id: o.Key, Name: o.Value)))
                .OrderBy(o => o.Id);
            dump.LentObjects.AddRange(
                lent.Select(o => new LentObject { Id = ByteString.CopyFrom(o.Id.ToByteArray(bigEndian: true)), ClassName = o.Name })
            );
        }
    }

    public void Restore(DumpEnvelope dump)
    {
        lock (gate)
        {
            foreach (var lent in dump.LentObjects.Where(o => o.Id.Length == 16))
            {
                lentBeforeDump[new Guid(lent.Id.Span, bigEndian: true)] = lent.ClassName;
            }
        }
    }
}
