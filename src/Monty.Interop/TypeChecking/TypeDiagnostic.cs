using System.Text;
using Monty.Interop.TypeChecking.Formats;

namespace Monty.Interop;

/// <summary>One finding.</summary>
/// <param name="Rule">The checker's rule, such as <c>invalid-argument-type</c> or <c>invalid-syntax</c>.</param>
/// <param name="Severity">The severity.</param>
/// <param name="Message">The problem, in one sentence.</param>
/// <param name="FileName">The script's name.</param>
/// <param name="Start">The start of the place.</param>
/// <param name="End">The end of the place, exclusive.</param>
public sealed record TypeDiagnostic(
    string Rule,
    TypeSeverity Severity,
    string Message,
    string FileName,
    SourceLocation Start,
    SourceLocation End
)
{
    /// <summary>The finding in one line: place, severity, rule and message.</summary>
    public override string ToString() => LineFormats.Concise(this, color: false);
}
