using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Monty.Interop.HostObjects;
using Monty.Interop.Tools;
using Monty.Interop.Tools.Signatures;
using Monty.Interop.Values.Clr;
using Monty.Interop.Wire;

namespace Monty.Interop;

/// <summary>Takes the members of a class of lent objects while it is defined (<see cref="MontyHostClass.Define"/>). What is not named here is out of reach.</summary>
/// <typeparam name="T">The C# type.</typeparam>
/// <remarks>Names are Python identifiers that do not start with an underscore. Used on one thread, before <see cref="MontyHostClass.Define"/> returns.</remarks>
[SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "All members belong to the class that is defined.")]
public sealed class MontyHostClassMembers<T>
    where T : class
{
    private readonly string className;
    private readonly PythonTypes types;

    internal MontyHostClassMembers(string className, PythonTypes types)
    {
        this.className = className;
        this.types = types;
    }

    internal OrderedDictionary<string, HostAttribute> Attributes { get; } = [];

    internal OrderedDictionary<string, HostMethod> Methods { get; } = [];

    internal HostConstructor? Constructor { get; private set; }

    internal Func<Guid, T?>? Find { get; private set; }

    /// <summary>An attribute that scripts may read; it is asked every time. What a script assigns to it stays in the script.</summary>
    /// <typeparam name="TValue">Its type, as for the result of a tool.</typeparam>
    /// <param name="name">The name that scripts read.</param>
    /// <param name="get">Gives the value; an exception from it is raised in the script, as from a tool.</param>
    /// <param name="description">What a model reads of it; null for none.</param>
    /// <exception cref="ArgumentException">The name cannot be used or is taken, or the type has no Python counterpart.</exception>
    [RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
    [RequiresDynamicCode(ValueHydration.NeedsCode)]
    public MontyHostClassMembers<T> Attribute<TValue>(string name, Func<T, TValue> get, string? description = null)
    {
        ArgumentNullException.ThrowIfNull(get);
        CheckName(name);
        try
        {
            var type = types.GetResultType(typeof(TValue), new NullabilityInfoContext().Create(get.Method.ReturnParameter));
            Attributes.Add(
                name,
                new HostAttribute(
                    type,
                    description,
                    (target, objects) => ToolResult.ToValue(get((T)target), $"{className}.{name}", types, objects)
                )
            );
        }
        catch (NoPythonTypeException refused)
        {
            throw new ArgumentException($"The attribute '{name}' of the class '{className}': {refused.Message}.", nameof(name), refused);
        }

        return this;
    }

    /// <summary>A method that scripts may call.</summary>
    /// <param name="name">The name that scripts call.</param>
    /// <param name="handler">A function whose first parameter is the object; the others and the result are as for a tool (<see cref="MontyTool.From"/>). One that returns a task is awaited by the script.</param>
    /// <param name="timeout">How long one call of an asynchronous method may take; null for no timeout.</param>
    /// <exception cref="ArgumentException">The name cannot be used or is taken, the first parameter does not take the object, or a type has no Python counterpart.</exception>
    [RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
    [RequiresDynamicCode(ValueHydration.NeedsCode)]
    public MontyHostClassMembers<T> Method(string name, Delegate handler, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        CheckName(name);
        if (
            handler.GetType().GetMethod("Invoke")!.GetParameters() is not [var first, ..]
            || !first.ParameterType.IsAssignableFrom(typeof(T))
        )
        {
            throw new ArgumentException(
                $"The method '{name}' of the class '{className}' does not take the object first. Write ({ClrTypeName.Format(typeof(T))} self, ...) => ....",
                nameof(handler)
            );
        }

        var method = ToolMethod.FromHostObject(className, name, timeout, handler, types);
        Methods.Add(name, new HostMethod(method.ToTool(), method.Declaration));
        return this;
    }

    /// <summary>Lets scripts make objects by calling the class. Each stays lent until the session ends.</summary>
    /// <param name="make">A function that returns the new object; its parameters are as for a tool.</param>
    /// <exception cref="ArgumentException">There is a constructor already, the function makes something else, or a type has no Python counterpart.</exception>
    [RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
    [RequiresDynamicCode(ValueHydration.NeedsCode)]
    public MontyHostClassMembers<T> Construct(Delegate make)
    {
        ArgumentNullException.ThrowIfNull(make);
        if (Constructor is not null)
        {
            throw new ArgumentException(
                $"The class '{className}' has a constructor already. Give it optional parameters instead of a second one.",
                nameof(make)
            );
        }

        if (!typeof(T).IsAssignableFrom(make.Method.ReturnType))
        {
            throw new ArgumentException(
                $"The constructor of the class '{className}' returns {ClrTypeName.Format(make.Method.ReturnType)}. Return the new {ClrTypeName.Format(typeof(T))}.",
                nameof(make)
            );
        }

        var invoke = make.GetType().GetMethod("Invoke")!;
        var parameters = make.Method.GetParameters().TakeLast(invoke.GetParameters().Length);
        var signature = new MethodSignature(
            $"{className}.__init__",
            $"The constructor of the class '{className}'",
            parameters,
            types,
            hasSelf: true
        );
        Constructor = new HostConstructor(
            signature.Text,
            (call, cancellationToken) =>
                invoke.Invoke(
                    make,
                    BindingFlags.DoNotWrapExceptions,
                    binder: null,
                    signature.Bind(call, cancellationToken),
                    CultureInfo.InvariantCulture
                )
        );
        return this;
    }

    /// <summary>Says how an object is found again by the id it was lent with, when a script that was dumped goes on in another session. Default: it is not, and the script gets a <c>RuntimeError</c>.</summary>
    /// <param name="find">Gives the object, or null when it is gone. Called once for each object that is used again, on any thread.</param>
    public MontyHostClassMembers<T> ReattachBy(Func<Guid, T?> find)
    {
        ArgumentNullException.ThrowIfNull(find);
        Find = find;
        return this;
    }

    private void CheckName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!RuntimeNames.IsIdentifier(name) || name[0] == '_')
        {
            throw new ArgumentException(
                $"The class '{className}' cannot have a member '{name}': scripts reach Python identifiers that do not start with an underscore.",
                nameof(name)
            );
        }

        if (Attributes.ContainsKey(name) || Methods.ContainsKey(name))
        {
            throw new ArgumentException($"The class '{className}' has two members named '{name}'. Rename one of them.", nameof(name));
        }
    }
}

/// <summary>An attribute of lent objects.</summary>
internal sealed record HostAttribute(string Type, string? Description, Func<object, LentObjects, MontyValue> Read);

/// <summary>A method of lent objects.</summary>
internal sealed record HostMethod(MontyTool Tool, Func<bool, string> Declaration);

/// <summary>What makes objects that are lent at once.</summary>
internal sealed record HostConstructor(string Signature, Func<ToolCall, CancellationToken, object?> Make);
