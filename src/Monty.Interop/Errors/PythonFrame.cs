using Monty.Interop.Wire;

namespace Monty.Interop;

/// <summary>One frame of a traceback, as the runtime reports it.</summary>
/// <remarks>
/// The place can be another than CPython's. An error that left a <c>try</c> or <c>with</c> statement is reported at the end of a block of the
/// statement, and arguments that do not match a definition are reported at the definition. <see cref="PythonError.Traceback"/> corrects what
/// can be corrected.
/// </remarks>
/// <param name="FileName">The script's name as the host gave it to the feed, or <c>&lt;unknown&gt;</c> where the runtime has no place to report.</param>
/// <param name="Start">The start of the failed expression; line 1, column 1 where the runtime has no place to report.</param>
/// <param name="End">The end of the failed expression, exclusive.</param>
/// <param name="FunctionName">The function, <c>&lt;module&gt;</c> at the top level, or null where the runtime names none.</param>
/// <param name="PreviewLine">The source of the statement, whole and possibly of several lines, or null.</param>
/// <param name="HideCaret">True where the runtime asks for no carets: raise statements, asserts, failed attribute reads and imports.</param>
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
