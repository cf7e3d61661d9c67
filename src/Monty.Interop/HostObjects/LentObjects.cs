using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Monty.Interop.Values.Json;
using Monty.Interop.Wire;

namespace Monty.Interop.HostObjects;

/// <summary>The C# objects that one session lends to its script, each by its identity, until the session ends.</summary>
/// <remarks>Thread-safe: asynchronous tools lend while others are called.</remarks>
internal sealed class LentObjects
{
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, MontyHostObject> byId = [];
    private readonly Dictionary<Guid, Dictionary<object, Guid>> idsByClass = [];
    private readonly Dictionary<Guid, MontyHostClass> classes = [];

    /// <summary>The class names of objects that were lent before a dump, by the objects' ids.</summary>
    private readonly Dictionary<Guid, string> lentBefore = [];
    private bool isClosed;

    /// <summary>The object as the script sees it: the same identity however often one class lends it.</summary>
    /// <exception cref="ArgumentException">The id is another object's, the object has another id, or another class of this name is known.</exception>
    /// <exception cref="ObjectDisposedException">The session is over.</exception>
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
                        $"The object is lent as {hostClass.Name} {known} already and cannot get the id {id}. An object keeps one id for as long as the session lives."
                    );
                }
            }
            else
            {
                known = id ?? Guid.NewGuid();
                if (byId.TryGetValue(known, out var other))
                {
                    throw new ArgumentException(
                        $"The id {known} is that of another object, a {other.Class.Name}. Give each object an id of its own."
                    );
                }

                ids.Add(target, known);
            }

            byId[known] = new MontyHostObject(hostClass, target, known);
            lentBefore.Remove(known);
            return new MontyInstance(hostClass.ToType(), known, MontyDict.Empty);
        }
    }

    /// <summary>Lets classes find objects of before a load.</summary>
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

    /// <summary>Takes a class in; one of its name that gives other rights stays the one there is.</summary>
    /// <exception cref="ArgumentException">The session knows another class of this name.</exception>
    private void RegisterClass(MontyHostClass hostClass)
    {
        if (classes.TryGetValue(hostClass.Id, out var known) && hostClass.DiffersFrom(known))
        {
            throw new ArgumentException(
                $"The session knows another class named '{hostClass.Name}', and scripts could not tell their rights apart. Define the class once and use it in every feed, or rename one of them."
            );
        }

        classes[hostClass.Id] = hostClass;
    }

    public MontyHostClass? ClassOf(Guid classId)
    {
        lock (gate)
        {
            return classes.GetValueOrDefault(classId);
        }
    }

    /// <summary>The object of this identity; null when the session never lent it.</summary>
    /// <exception cref="PythonException">It was lent before a load, and nothing finds it again.</exception>
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

            if (!lentBefore.TryGetValue(id, out className))
            {
                return null;
            }

            hostClass = classes.GetValueOrDefault(DerivedIds.ForClass(className));
        }

        if (hostClass is not { CanReattach: true })
        {
            throw Lost(hostClass is null ? "the host gave this feed no such class" : "its class cannot find it again");
        }

        var target = hostClass.Reattach(id) ?? throw Lost("the host does not have it any more");
        Lend(hostClass, target, id);
        return new MontyHostObject(hostClass, target, id);

        PythonException Lost(string reason) =>
            new("RuntimeError", $"the '{className}' object was lent by an earlier session, and {reason}");
    }

    /// <summary>The host's own object that a value stands for.</summary>
    public bool TryFind(MontyValue value, [NotNullWhen(true)] out object? target)
    {
        target = value is MontyInstance { Type.Origin: MontyTypeOrigin.Host } instance ? Find(instance.InstanceId)?.Target : null;
        return target is not null;
    }

    /// <summary>Lets go of every object.</summary>
    /// <param name="forGood">True when nothing may be lent afterwards.</param>
    public void Release(bool forGood)
    {
        lock (gate)
        {
            isClosed |= forGood;
            byId.Clear();
            idsByClass.Clear();
            classes.Clear();
            lentBefore.Clear();
        }
    }

    public void SaveTo(DumpEnvelope dump)
    {
        lock (gate)
        {
            var lent = byId.Select(o => (Id: o.Key, o.Value.Class.Name))
                .Concat(lentBefore.Select(o => (Id: o.Key, Name: o.Value)))
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
                lentBefore[new Guid(lent.Id.Span, bigEndian: true)] = lent.ClassName;
            }
        }
    }
}
