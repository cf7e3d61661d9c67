using Monty.Interop.Wire;

namespace Monty.Interop;

/// <summary>A Python exception that left the script: type, message, frames and the structured data of a few types.</summary>
/// <remarks>Immutable and thread-safe. An error without frames was raised by the runtime itself: a limit, a refused value, a size cap.</remarks>
/// <param name="Type">The class's name, such as <c>ValueError</c> or <c>json.JSONDecodeError</c>.</param>
/// <param name="Message">The message; null when there is none, which differs from an empty one.</param>
/// <param name="Frames">The frames, outermost first, with the script names the feeds were given.</param>
/// <param name="Data">What a Unicode or JSON error carries beside its message, or null.</param>
public sealed record PythonError(
    string Type,
    string? Message = null,
    EquatableArray<PythonFrame> Frames = default,
    PythonErrorData? Data = null
)
{
    /// <summary>The last line of a traceback: <c>ValueError: bad</c>, or only the type when there is no message.</summary>
    public string TypeAndMessage => string.IsNullOrEmpty(Message) ? Type : $"{Type}: {Message}";

    /// <summary>The whole error as CPython 3.13 and later print it, without colour, capped in lines and width; no trailing line feed.</summary>
    public string Traceback => TracebackRenderer.Render(this);

    /// <summary>True for a type that the host may raise in a script; the runtime refuses every other.</summary>
    public static bool IsKnownType(string type) => RuntimeNames.IsException(type);

    /// <summary>The same as <see cref="TypeAndMessage"/>.</summary>
    public override string ToString() => TypeAndMessage;
}

/// <summary>One frame of a traceback.</summary>
/// <param name="FileName">The script's name as the host gave it to the feed.</param>
/// <param name="Start">Where the failing expression starts.</param>
/// <param name="End">Where it ends, exclusive.</param>
/// <param name="FunctionName">The function, <c>&lt;module&gt;</c> at the top level, or null where the runtime names none.</param>
/// <param name="PreviewLine">The statement's source, whole and possibly of several lines, or null.</param>
/// <param name="HideCaret">True where CPython shows no carets: raise statements, failed attribute reads and imports.</param>
/// <param name="HideFunctionName">True for syntax errors, which show no function.</param>
public sealed record PythonFrame(
    string FileName,
    SourceLocation Start,
    SourceLocation End,
    string? FunctionName = null,
    string? PreviewLine = null,
    bool HideCaret = false,
    bool HideFunctionName = false
);

/// <summary>A place in a script.</summary>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1 in characters (Unicode scalar values).</param>
public readonly record struct SourceLocation(int Line, int Column);

/// <summary>Structured data of an exception: <see cref="UnicodeErrorData"/> or <see cref="JsonErrorData"/>.</summary>
public abstract record PythonErrorData
{
    private protected PythonErrorData() { }
}

/// <summary>What <c>UnicodeDecodeError</c> and <c>UnicodeEncodeError</c> carry. The runtime drops it for large objects.</summary>
/// <param name="Encoding">The codec's name.</param>
/// <param name="Source">The bytes or str that failed.</param>
/// <param name="Start">The first bad position.</param>
/// <param name="End">The position after the last bad one.</param>
/// <param name="Reason">The codec's reason.</param>
public sealed record UnicodeErrorData(string Encoding, MontyValue Source, long Start, long End, string Reason) : PythonErrorData;

/// <summary>What <c>json.JSONDecodeError</c> carries.</summary>
/// <param name="Message">The reason without the position.</param>
/// <param name="Document">The text, up to 65,536 bytes; null when it was longer.</param>
/// <param name="Position">The offset in characters.</param>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1.</param>
public sealed record JsonErrorData(string Message, string? Document, long Position, long Line, long Column) : PythonErrorData;
