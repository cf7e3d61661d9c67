namespace Monty.Interop;

/// <summary>What a type check found.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <param name="Diagnostics">The findings in the order of the source.</param>
/// <param name="Text">The findings for people: one line each, with the source line and a marker below it. Empty without findings.</param>
public sealed record TypeCheckReport(EquatableArray<TypeDiagnostic> Diagnostics, string Text)
{
    /// <summary>True when a finding is an error: the code should not run.</summary>
    public bool HasErrors => Diagnostics.Any(d => d.Severity == TypeSeverity.Error);
}

/// <summary>One finding.</summary>
/// <param name="Rule">The checker's rule, such as <c>invalid-argument-type</c> or <c>invalid-syntax</c>.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="FileName">The script's name.</param>
/// <param name="Start">Where it starts.</param>
/// <param name="End">Where it ends, exclusive.</param>
public sealed record TypeDiagnostic(string Rule, TypeSeverity Severity, string Message, string FileName, SourceLocation Start, SourceLocation End);

/// <summary>How bad a finding is.</summary>
public enum TypeSeverity
{
    /// <summary>Said for information, such as a revealed type.</summary>
    Information,

    /// <summary>Doubtful; the code may run.</summary>
    Warning,

    /// <summary>Wrong; the code should not run.</summary>
    Error,
}
