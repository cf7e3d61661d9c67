using Monty.Interop.Wire;

namespace Monty.Interop;

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
