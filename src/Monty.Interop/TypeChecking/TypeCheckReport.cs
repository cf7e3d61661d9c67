using System.Text;
using Monty.Interop.TypeChecking;
using Monty.Interop.TypeChecking.Formats;

namespace Monty.Interop;

/// <summary>What a type check found.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record TypeCheckReport
{
    private readonly EquatableArray<Finding> findings;

    internal TypeCheckReport(IEnumerable<Finding> findings, string code)
    {
        this.findings = findings.ToEquatableArray();
        Diagnostics = this.findings.Select(f => f.Diagnostic).ToEquatableArray();
        Text = TypeDiagnosticText.Render(Diagnostics, code);
    }

    internal static TypeCheckReport Empty { get; } = new([], "");

    /// <summary>The findings in the order of the source.</summary>
    public EquatableArray<TypeDiagnostic> Diagnostics { get; }

    /// <summary>The findings for people: one line each, with the source line and a marker below it. Empty without findings.</summary>
    public string Text { get; }

    /// <summary>True when a finding is an error: the code should not run.</summary>
    public bool HasErrors => Diagnostics.Any(d => d.Severity == TypeSeverity.Error);

    /// <summary>The findings in one of the formats of the runtime's checker. Without findings nothing, or an empty JSON document.</summary>
    /// <param name="format">The format.</param>
    /// <param name="color">Whether to mark words with the colors of a terminal; <see cref="TypeCheckFormat.Full"/> and <see cref="TypeCheckFormat.Concise"/> have them, the others never.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such format.</exception>
    public string Render(TypeCheckFormat format, bool color = false) =>
        format switch
        {
            TypeCheckFormat.Full => FullFormat.Write(findings, color),
            TypeCheckFormat.Concise => Lines(f => LineFormats.Concise(f.Diagnostic, color)),
            TypeCheckFormat.Azure => Lines(f => LineFormats.Azure(f.Diagnostic)),
            TypeCheckFormat.Json => JsonFormats.Array(findings),
            TypeCheckFormat.JsonLines => Lines(JsonFormats.Line),
            TypeCheckFormat.RdJson => JsonFormats.RdJson(findings),
            TypeCheckFormat.Pylint => Lines(f => LineFormats.Pylint(f.Diagnostic)),
            TypeCheckFormat.GitLab => JsonFormats.GitLab(findings),
            TypeCheckFormat.GitHub => Lines(LineFormats.GitHub),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format of findings."),
        };

    private string Lines(Func<Finding, string> write)
    {
        var text = new StringBuilder();
        foreach (var finding in findings)
        {
            text.Append(write(finding)).Append('\n');
        }

        return text.ToString();
    }
}
