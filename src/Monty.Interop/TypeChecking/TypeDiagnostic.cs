using System.Text;
using Monty.Interop.TypeChecking.Formats;

namespace Monty.Interop;

/// <summary>One finding.</summary>
/// <param name="Rule">The checker's rule, such as <c>invalid-argument-type</c> or <c>invalid-syntax</c>.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="FileName">The script's name.</param>
/// <param name="Start">Where it starts.</param>
/// <param name="End">Where it ends, exclusive.</param>
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
