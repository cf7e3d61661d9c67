using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Monty.Interop;

/// <summary>An exception object as a value. An exception that was raised, with its frames, is a <see cref="PythonError"/>.</summary>
/// <param name="Type">The name of the exception class, which must be one that the runtime knows.</param>
/// <param name="Argument">The argument of the exception, or null when it has none. The runtime supports at most one.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyExceptionObject>))]
public sealed record MontyExceptionObject(string Type, string? Argument = null) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => Type;
}

/// <summary>A class.</summary>
/// <param name="Name">The display name, such as <c>int</c> or <c>collections.deque</c>.</param>
/// <param name="Origin">The place where the class is defined.</param>
/// <param name="Id">The id of a sandbox or host class, or null for a builtin class. The ids of sandbox classes are random.</param>
/// <param name="IsDataclass">True for an <c>@dataclass</c>.</param>
/// <param name="Attributes">The class attributes of a host class. When it is null or empty, attributes that were sent before are kept.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyType>))]
public sealed record MontyType(string Name, MontyTypeOrigin Origin, Guid? Id = null, bool IsDataclass = false, MontyDict? Attributes = null)
    : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "type";
}

/// <summary>An instance of a sandbox or host class, including dataclasses.</summary>
/// <param name="Type">The class of the instance.</param>
/// <param name="InstanceId">The id of the instance. When a sandbox instance is sent back, the id makes it the same object in the sandbox.</param>
/// <param name="Attributes">The attributes in the order of their assignment. The keys are str.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyInstance>))]
public sealed record MontyInstance(MontyType Type, Guid InstanceId, MontyDict Attributes) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => Type.Name;

    /// <summary>Gets the value of an attribute.</summary>
    /// <param name="name">The name of the attribute.</param>
    /// <param name="value">The value, or null when the instance has no attribute with this name.</param>
    /// <returns>False when the instance has no attribute with this name.</returns>
    public bool TryGetAttribute(string name, [NotNullWhen(true)] out MontyValue? value) => Attributes.TryGetValue(name, out value);
}

/// <summary>A host function as a value. When the script calls it, a <see cref="MontyFunctionCall"/> with its name arrives.</summary>
/// <param name="Name">The name of the calls, which may be any text.</param>
/// <param name="Docstring">The docstring, or null. The runtime accepts it but does not return it.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyFunction>))]
public sealed record MontyFunction(string Name, string? Docstring = null) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "function";
}

/// <summary>A builtin function such as <c>len</c>.</summary>
/// <param name="Name">The name of the function, which must be one that the runtime knows.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyBuiltin>))]
public sealed record MontyBuiltin(string Name) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "builtin_function_or_method";
}

/// <summary>A <c>pathlib</c> path, exactly as the script wrote it. Relative paths stay relative.</summary>
/// <param name="Value">The text of the path.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyPath>))]
public sealed record MontyPath(string Value) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "PosixPath";
}

/// <summary>An open file.</summary>
/// <param name="Path">The path, which later reads and writes of the file pass to the host.</param>
/// <param name="Mode">The mode: r, w, a, rb, wb or ab.</param>
/// <param name="Position">The position at which reading starts, in characters or, for binary files, in bytes.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyFileHandle>))]
public sealed record MontyFileHandle(string Path, string Mode, long Position = 0) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName =>
        Mode switch
        {
            "rb" => "BufferedReader",
            "wb" or "ab" => "BufferedWriter",
            _ => "TextIOWrapper",
        };
}

/// <summary>A value that leaves the sandbox only as text, such as a function, a module, a range or an iterator. It cannot be sent back.</summary>
/// <param name="Text">The <c>repr</c> of the value.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyRepr>))]
public sealed record MontyRepr(string Text) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "object";
}

/// <summary>A reference from inside a container or instance back to the container or instance itself. It cannot be sent back.</summary>
/// <param name="Identity">The runtime's number for the enclosing object.</param>
/// <param name="Placeholder">The text in place of the object in its <c>repr</c>: <c>[...]</c>, <c>{...}</c>, <c>(...)</c> or <c>...</c>.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyCycle>))]
public sealed record MontyCycle(long Identity, string Placeholder) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "object";
}
