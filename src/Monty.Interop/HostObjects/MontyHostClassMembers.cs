using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Monty.Interop.HostObjects;
using Monty.Interop.Tools;
using Monty.Interop.Tools.Signatures;
using Monty.Interop.Values.Clr;
using Monty.Interop.Wire;

namespace Monty.Interop;

/// <summary>Defines the members of a class of lent objects (<see cref="MontyHostClass.Define"/>). Scripts cannot access members that are not defined here.</summary>
/// <typeparam name="T">The C# type.</typeparam>
/// <remarks>Names are Python identifiers that do not start with an underscore. Not thread-safe; use it only until <see cref="MontyHostClass.Define"/> returns.</remarks>
[SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "All members belong to the class that is being defined.")]
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

    /// <summary>Adds an attribute that scripts may read. Every read calls <paramref name="get"/>. A value that a script assigns to the attribute stays in the script.</summary>
    /// <typeparam name="TValue">The type of the attribute. The types are those of tool results.</typeparam>
    /// <param name="name">The name of the attribute in Python.</param>
    /// <param name="get">Returns the value. An exception that it throws is handled as for a tool (<see cref="MontyTool.Sync(string, Func{MontyFunctionCall, MontyValue}, string?, bool)"/>).</param>
    /// <param name="description">The description of the attribute that a model reads, or null.</param>
    /// <returns>This object, for chaining.</returns>
    /// <exception cref="ArgumentException">The name cannot be used or is already used, or the type has no Python counterpart.</exception>
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

    /// <summary>Adds a method that scripts may call.</summary>
    /// <param name="name">The name of the method in Python.</param>
    /// <param name="handler">A function whose first parameter is the object. Its other parameters and its result are as for a tool (<see cref="MontyTool.From"/>). When the function returns a task, scripts must await the call.</param>
    /// <param name="timeout">The maximum duration of one call of an asynchronous method, or null for no timeout.</param>
    /// <returns>This object, for chaining.</returns>
    /// <exception cref="ArgumentException">The name cannot be used or is already used, the first parameter does not accept the object, or a type has no Python counterpart.</exception>
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
                $"The method '{name}' of the class '{className}' does not take the object as its first parameter. Write ({ClrTypeName.Format(typeof(T))} self, ...) => ....",
                nameof(handler)
            );
        }

        var method = ToolMethod.FromHostObject(className, name, timeout, handler, types);
        Methods.Add(name, new HostMethod(method.ToTool(), method.GetDeclaration));
        return this;
    }

    /// <summary>Adds a constructor, so that scripts can create objects by calling the class. Each object stays lent until the session ends.</summary>
    /// <param name="make">A function that returns the new object. Its parameters are as for a tool.</param>
    /// <returns>This object, for chaining.</returns>
    /// <exception cref="ArgumentException">The class already has a constructor, the function returns another type, or a type has no Python counterpart.</exception>
    [RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
    [RequiresDynamicCode(ValueHydration.NeedsCode)]
    public MontyHostClassMembers<T> Construct(Delegate make)
    {
        ArgumentNullException.ThrowIfNull(make);
        if (Constructor is not null)
        {
            throw new ArgumentException(
                $"The class '{className}' already has a constructor. Use optional parameters instead of a second constructor.",
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

        var function = HostFunction.From(make);
        var signature = new MethodSignature(
            $"{className}.__init__",
            $"The constructor of the class '{className}'",
            function.Parameters,
            types,
            FunctionKind.Constructor
        );
        Constructor = new HostConstructor(
            signature.Text,
            (call, cancellationToken) => function.Invoke(signature.Bind(call, cancellationToken))
        );
        return this;
    }

    /// <summary>Sets the function that finds a lent object by its id when a dumped script continues in another session. Default: none, and using the object raises <c>RuntimeError</c> in the script.</summary>
    /// <param name="find">Returns the object, or null when it no longer exists. Called once for each object that the script uses again, on any thread.</param>
    /// <returns>This object, for chaining.</returns>
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
                $"The class '{className}' cannot have a member named '{name}'. Use a Python identifier that is not a keyword and does not start with an underscore.",
                nameof(name)
            );
        }

        if (Attributes.ContainsKey(name) || Methods.ContainsKey(name))
        {
            throw new ArgumentException($"The class '{className}' has two members named '{name}'. Rename one of them.", nameof(name));
        }
    }
}

/// <summary>An attribute of a class of lent objects.</summary>
/// <param name="Type">The Python type.</param>
/// <param name="Description">The description that a model reads, or null.</param>
/// <param name="Read">Reads the attribute of an object.</param>
internal sealed record HostAttribute(string Type, string? Description, Func<object, LentObjects, MontyValue> Read);

/// <summary>A method of a class of lent objects.</summary>
/// <param name="Tool">The tool that handles calls of the method.</param>
/// <param name="GetDeclaration">Returns the Python declaration, with a docstring when the argument is true.</param>
internal sealed record HostMethod(MontyTool Tool, Func<bool, string> GetDeclaration);

/// <summary>The constructor of a class of lent objects.</summary>
/// <param name="Signature">The parameter list in Python.</param>
/// <param name="Invoke">Creates an object from the arguments of a call.</param>
internal sealed record HostConstructor(string Signature, Func<ToolCall, CancellationToken, object?> Invoke);
