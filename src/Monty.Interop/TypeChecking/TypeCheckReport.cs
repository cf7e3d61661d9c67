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
    /// <exception cref="MontySizeException">The findings hold more than <see cref="MontyJson.MaxTextLength"/> characters; nothing was rendered.</exception>
    public string Render(TypeCheckFormat format, bool color = false)
    {
        RequireFit();
        return format switch
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
    }

    /// <summary>Holds the findings against what every format takes: a script may have names and lines of a hundred megabytes, and findings quote them.</summary>
    private void RequireFit()
    {
        long length = 0;
        foreach (var finding in findings)
        {
            length += finding.Length;
        }

        if (length > MontyJson.MaxTextLength)
        {
            throw new MontySizeException(
                "The text of the findings",
                length,
                MontyJson.MaxTextLength,
                "characters",
                "Look at Diagnostics one by one, or check code with shorter names and lines."
            );
        }
    }

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
