using Monty.Interop.Tracebacks;
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
    public string TypeAndMessage => ExceptionLine.Format(this);

    /// <summary>The whole error as CPython 3.13 and later print it, without color, capped in lines and width; no trailing line feed.</summary>
    public string Traceback => TracebackRenderer.Render(this);

    /// <summary>True for a type that the host may raise in a script; the runtime refuses every other.</summary>
    public static bool IsKnownType(string type) => RuntimeNames.IsException(type);

    /// <summary>The same as <see cref="TypeAndMessage"/>.</summary>
    public override string ToString() => TypeAndMessage;
}
