namespace Monty.Interop.HostObjects;

/// <summary>Finds who answers a call or a name: a tool, a class, or a lent object.</summary>
/// <param name="objects">What the session has lent.</param>
/// <param name="tools">The feed's tools.</param>
internal sealed class HostCalls(LentObjects objects, MontyToolSet tools)
{
    /// <summary>Whom a call is for; null when nobody here knows it.</summary>
    /// <exception cref="PythonException">The object or class is known and has no such method.</exception>
    public CallTarget? TargetOf(MontyFunctionCall call)
    {
        if (call.ObjectId is { } id)
        {
            return ResolveClassCall(id, call.Name) ?? ResolveMethodCall(id, call.Name);
        }

        if (tools.Find(call.Name) is { } tool)
        {
            return new CallTarget(tool, null);
        }

        return BoundMethod.TryParse(call.Name, out var receiver, out var method) ? ResolveMethodCall(receiver, method) : null;
    }

    /// <summary>The answer to a name, <see cref="MontyAnswer.NotFound"/> for an attribute that is not there: the runtime words that error, and <c>hasattr</c> is False. Null when nobody here knows the name.</summary>
    /// <exception cref="PythonException">Reading the attribute failed.</exception>
    public MontyAnswer? LookUp(MontyNameLookup lookup)
    {
        if (lookup.ObjectId is not { } id)
        {
            if (tools.ClassNamed(lookup.Name) is { } hostClass)
            {
                return MontyAnswer.Return(hostClass.ToType());
            }

            return tools.Find(lookup.Name) is null ? null : MontyAnswer.Return(new MontyFunction(lookup.Name));
        }

        if (ClassOf(id) is not null || tools.ClassOfValues(id) is not null)
        {
            return MontyAnswer.NotFound;
        }

        if (objects.Find(id) is not { } lent)
        {
            return null;
        }

        if (lent.Class.Attribute(lookup.Name) is { } read)
        {
            return MontyAnswer.Return(read(lent.Target, objects));
        }

        return lent.Class.Method(lookup.Name) is null
            ? MontyAnswer.NotFound
            : MontyAnswer.Return(BoundMethod.Create(lent.Class, lookup.Name, id));
    }

    private MontyHostClass? ClassOf(Guid id) => tools.ClassOf(id) ?? objects.ClassOf(id);

    private CallTarget? ResolveClassCall(Guid id, string name) =>
        ClassOf(id) switch
        {
            null => null,
            var hostClass when name == "__call__" => tools.ClassOf(id) is null
                ? throw new PythonException("TypeError", $"cannot create '{hostClass.Name}' instances")
                : new CallTarget(hostClass.Tool, null),
            var hostClass => throw NoAttribute($"type object '{hostClass.Name}'", name),
        };

    private CallTarget? ResolveMethodCall(Guid id, string name)
    {
        if (tools.ClassOfValues(id) is { } values)
        {
            throw NoAttribute($"'{values.Name}' object", name);
        }

        if (objects.Find(id) is not { } lent)
        {
            return null;
        }

        if (lent.Class.Method(name) is { } method)
        {
            return new CallTarget(method, lent.Target);
        }

        throw lent.Class.Attribute(name) is { } read
            ? new PythonException("TypeError", $"'{read(lent.Target, objects).TypeName}' object is not callable")
            : NoAttribute($"'{lent.Class.Name}' object", name);
    }

    private static PythonException NoAttribute(string owner, string name) => new("AttributeError", $"{owner} has no attribute '{name}'");
}

/// <summary>A tool and the object whose method it is, or null for a function.</summary>
internal sealed record CallTarget(MontyTool Tool, object? Receiver);
