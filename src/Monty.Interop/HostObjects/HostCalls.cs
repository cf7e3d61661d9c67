namespace Monty.Interop.HostObjects;

/// <summary>Resolves function calls and name lookups to tools, classes and lent objects.</summary>
/// <param name="objects">The objects that the session has lent.</param>
/// <param name="tools">The tools of the feed.</param>
internal sealed class HostCalls(LentObjects objects, MontyToolSet tools)
{
    /// <summary>Returns the tool that handles a call, or null when neither the function nor the object is known.</summary>
    /// <exception cref="PythonException">The object or class is known but has no such method.</exception>
    public CallTarget? FindTarget(MontyFunctionCall call)
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

    /// <summary>Returns the answer to a name lookup, or null when neither the name nor the object is known.</summary>
    /// <remarks>A missing attribute of a known object is answered with <see cref="MontyAnswer.NotFound"/>, so that the runtime raises its own error and <c>hasattr</c> is False.</remarks>
    /// <exception cref="PythonException">Reading the attribute failed.</exception>
    public MontyAnswer? FindValue(MontyNameLookup lookup)
    {
        if (lookup.ObjectId is not { } id)
        {
            if (tools.FindClass(lookup.Name) is { } hostClass)
            {
                return MontyAnswer.Return(hostClass.ToType());
            }

            return tools.Find(lookup.Name) is null ? null : MontyAnswer.Return(new MontyFunction(lookup.Name));
        }

        if (FindClass(id) is not null || tools.FindClassOfValues(id) is not null)
        {
            return MontyAnswer.NotFound;
        }

        if (objects.Find(id) is not { } lent)
        {
            return null;
        }

        if (lent.Class.FindAttribute(lookup.Name) is { } read)
        {
            return MontyAnswer.Return(read(lent.Target, objects));
        }

        return lent.Class.FindMethod(lookup.Name) is null
            ? MontyAnswer.NotFound
            : MontyAnswer.Return(BoundMethod.Create(lent.Class, lookup.Name, id));
    }

    private MontyHostClass? FindClass(Guid id) => tools.FindClass(id) ?? objects.FindClass(id);

    private CallTarget? ResolveClassCall(Guid id, string name)
    {
        if (FindClass(id) is not { } hostClass)
        {
            return null;
        }

        if (name != "__call__")
        {
            throw CreateAttributeError($"type object '{hostClass.Name}'", name);
        }

        if (tools.FindClass(id) is null)
        {
            throw new PythonException("TypeError", $"cannot create '{hostClass.Name}' instances");
        }

        return new CallTarget(hostClass.Tool, null);
    }

    private CallTarget? ResolveMethodCall(Guid id, string name)
    {
        if (tools.FindClassOfValues(id) is { } valueClass)
        {
            throw CreateAttributeError($"'{valueClass.Name}' object", name);
        }

        if (objects.Find(id) is not { } lent)
        {
            return null;
        }

        if (lent.Class.FindMethod(name) is { } method)
        {
            return new CallTarget(method, lent.Target);
        }

        if (lent.Class.FindAttribute(name) is { } read)
        {
            throw new PythonException("TypeError", $"'{read(lent.Target, objects).TypeName}' object is not callable");
        }

        throw CreateAttributeError($"'{lent.Class.Name}' object", name);
    }

    private static PythonException CreateAttributeError(string owner, string name) =>
        new("AttributeError", $"{owner} has no attribute '{name}'");
}

/// <summary>The tool that handles a call.</summary>
/// <param name="Tool">The tool.</param>
/// <param name="Receiver">The object that a method is called on, or null for a function.</param>
internal sealed record CallTarget(MontyTool Tool, object? Receiver);
