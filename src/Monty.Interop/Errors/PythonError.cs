using Monty.Interop.Tracebacks;
using Monty.Interop.Wire;

namespace Monty.Interop;

/// <summary>A Python exception that left the script: type, message, frames and the structured data of a few types.</summary>
/// <remarks>
/// Immutable and thread-safe. An error of a script that has no frames was raised by the runtime itself: at a limit, a refused value or a size
/// cap. An error at a limit on time has one frame, with the line that was running. The exceptions that it was raised from, or while handling, are not known: the runtime does not send them.
/// </remarks>
/// <param name="Type">The class as the runtime names it, such as <c>ValueError</c> or <c>json.JSONDecodeError</c>.</param>
/// <param name="Message">
/// The message, or null when there is none, which differs from an empty one. For a <c>KeyError</c> it is the key as <c>str</c> makes text of it.
/// </param>
/// <param name="Frames">The frames, outermost first, with the script names that the feeds were given.</param>
/// <param name="Data">The data that a Unicode or JSON error carries beside its message, or null.</param>
public sealed record PythonError(
    string Type,
    string? Message = null,
    EquatableArray<PythonFrame> Frames = default,
    PythonErrorData? Data = null
)
{
    /// <summary>The last line of the traceback as CPython prints it: <c>ValueError: bad</c>, or only the type when the message is null or empty.</summary>
    /// <remarks>
    /// <para>
    /// A <c>KeyError</c> shows the repr of its key: <c>KeyError: 'b'</c>. The runtime does not send whether a key is a str, so the message and the
    /// source in the innermost frame decide. Where the source does not show the key, a text that reads as another value, such as <c>1</c>, is
    /// shown as that value. Types are qualified as in CPython: <c>json.decoder.JSONDecodeError</c>, <c>dataclasses.FrozenInstanceError</c>. A
    /// <c>SyntaxError</c> without a message shows <c>&lt;no detail available&gt;</c>.
    /// </para>
    /// <para>The message is neither cut nor escaped, except for the key of a <c>KeyError</c>; <see cref="Traceback"/> does both.</para>
    /// </remarks>
    /// <exception cref="MontySizeException">Type and message are longer together than a .NET string can be. No worker sends such an error.</exception>
    public string TypeAndMessage => ExceptionLine.Format(this);

    /// <summary>The whole error as CPython 3.13 and later print it, without color and without a line feed at the end.</summary>
    /// <remarks>
    /// <para>
    /// It shows at most 100 lines of frames, 1,000 characters of a line and 100,000 of the message. Control characters, and marks that reorder
    /// text, are escaped, so it can be written to a terminal.
    /// </para>
    /// <para>
    /// It differs from CPython's text where the runtime does not send what CPython knows. Exceptions before the last are not shown, nor are
    /// frames of functions that the runtime calls itself. Where the runtime reports another line than the one that failed (an error that left a
    /// <c>try</c> or <c>with</c> statement, arguments that do not match a definition), a remark in brackets says so. The page
    /// docs/concepts/tracebacks.md lists all differences.
    /// </para>
    /// </remarks>
    public string Traceback => TracebackRenderer.Render(this);

    /// <summary>Returns true for a type that the host may raise in a script. The runtime refuses every other type.</summary>
    public static bool IsKnownType(string type) => RuntimeNames.IsException(type);

    /// <summary>Returns <see cref="TypeAndMessage"/>.</summary>
    public override string ToString() => TypeAndMessage;
}
