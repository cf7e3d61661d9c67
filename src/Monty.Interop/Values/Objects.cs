using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Monty.Interop;

/// <summary>An exception object as a value. A raised exception, with its frames, is a <see cref="PythonError"/>.</summary>
/// <param name="Type">The class's name, one that the runtime knows.</param>
/// <param name="Argument">The only argument, or null when there is none; more do not exist in this engine.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyExceptionObject>))]
public sealed record MontyExceptionObject(string Type, string? Argument = null) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => Type;
}

/// <summary>A class.</summary>
/// <param name="Name">The display name, such as <c>int</c> or <c>collections.deque</c>.</param>
/// <param name="Origin">Who defined it.</param>
/// <param name="Id">The identity of a sandbox or host class; null for a builtin one. Random for sandbox classes.</param>
/// <param name="IsDataclass">True for an <c>@dataclass</c>.</param>
/// <param name="Attributes">Class attributes of a host class; empty leaves those sent before.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyType>))]
public sealed record MontyType(string Name, MontyTypeOrigin Origin, Guid? Id = null, bool IsDataclass = false, MontyDict? Attributes = null)
    : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "type";
}

/// <summary>An instance of a sandbox or host class, dataclasses included.</summary>
/// <param name="Type">Its class.</param>
/// <param name="InstanceId">Its identity: a sandbox instance sent back by id is the very same object there.</param>
/// <param name="Attributes">Its attributes in assignment order; the keys are str.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyInstance>))]
public sealed record MontyInstance(MontyType Type, Guid InstanceId, MontyDict Attributes) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => Type.Name;

    /// <summary>An attribute's value.</summary>
    /// <returns>False when the instance carries no attribute of this name.</returns>
    public bool TryGetAttribute(string name, [NotNullWhen(true)] out MontyValue? value) => Attributes.TryGetValue(name, out value);
}

/// <summary>A host function as a value: where the sandbox calls it, a function call with this name arrives.</summary>
/// <param name="Name">The name that calls arrive with; any text.</param>
/// <param name="Docstring">Accepted by the runtime; it never comes back.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyFunction>))]
public sealed record MontyFunction(string Name, string? Docstring = null) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "function";
}

/// <summary>A builtin function such as <c>len</c>.</summary>
/// <param name="Name">A name that the runtime knows.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyBuiltin>))]
public sealed record MontyBuiltin(string Name) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "builtin_function_or_method";
}

/// <summary>A <c>pathlib</c> path, as written: nothing makes it absolute.</summary>
/// <param name="Value">The path's text.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyPath>))]
public sealed record MontyPath(string Value) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "PosixPath";
}

/// <summary>An open file.</summary>
/// <param name="Path">The path that later reads and writes name.</param>
/// <param name="Mode">r, w, a, rb, wb or ab.</param>
/// <param name="Position">Where reading starts, in characters or bytes.</param>
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

/// <summary>A value that leaves the sandbox as text only: functions, classes, modules, ranges, iterators. Never accepted as input.</summary>
/// <param name="Text">Its <c>repr</c>.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyRepr>))]
public sealed record MontyRepr(string Text) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "object";
}

/// <summary>A reference back to a container or instance that encloses it. Never accepted as input.</summary>
/// <param name="Identity">The engine's identity of the enclosing object.</param>
/// <param name="Placeholder">What <c>repr</c> shows: <c>[...]</c>, <c>{...}</c>, <c>(...)</c> or <c>...</c>.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyCycle>))]
public sealed record MontyCycle(long Identity, string Placeholder) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "object";
}
