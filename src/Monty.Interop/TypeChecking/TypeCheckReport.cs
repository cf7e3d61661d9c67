using System.Text;
using Monty.Interop.TypeChecking;
using Monty.Interop.TypeChecking.Formats;

namespace Monty.Interop;

/// <summary>The findings of a type check.</summary>
/// <remarks>
/// Immutable and thread-safe. A check that could not be finished has <see cref="Failure"/>, and a report that leaves findings out has
/// <see cref="OmittedFindings"/>. Each also has a finding that says so, in <see cref="Diagnostics"/> and in every format.
/// </remarks>
public sealed record TypeCheckReport
{
    private readonly EquatableArray<Finding> findings;

    internal TypeCheckReport(IEnumerable<Finding> findings, string text)
    {
        this.findings = findings.ToEquatableArray();
        Diagnostics = this.findings.Select(f => f.Diagnostic).ToEquatableArray();
        Text = text;
    }

    internal static TypeCheckReport Empty { get; } = new([], "");

    /// <summary>The findings in the order of the source.</summary>
    public EquatableArray<TypeDiagnostic> Diagnostics { get; }

    /// <summary>The findings for people: one line each, with the source line and a marker below it. Empty without findings.</summary>
    public string Text { get; }

    /// <summary>True when a finding is an error, or the check could not be finished: the code should not run.</summary>
    public bool HasErrors => Diagnostics.Any(d => d.Severity == TypeSeverity.Error);

    /// <summary>The reason why the check could not be finished; null for a check that was. <see cref="Text"/> says what to do.</summary>
    public TypeCheckFailure? Failure { get; internal init; }

    /// <summary>The number of findings that the report leaves out, because there are more than <see cref="TypeCheckLimits.MaxFindings"/> or their text is longer than 1 Mi characters.</summary>
    public int OmittedFindings { get; internal init; }

    /// <summary>Writes the findings in one of the formats of the runtime's checker. Without findings, the result is an empty text or an empty JSON document.</summary>
    /// <param name="format">The format.</param>
    /// <param name="color">True to add the color codes of a terminal. Only <see cref="TypeCheckFormat.Full"/> and <see cref="TypeCheckFormat.Concise"/> support them.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such format.</exception>
    /// <exception cref="MontySizeException">The findings have more than <see cref="MontyJson.MaxTextLength"/> characters. Nothing was rendered.</exception>
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

    /// <summary>Throws when the findings are too long for any format. Findings quote names and lines of the script, which may have a hundred megabytes.</summary>
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

    /// <summary>Creates the report of a check that could not be finished.</summary>
    internal static TypeCheckReport Failed(TypeCheckFailure failure, string fileName, string message)
    {
        var finding = Finding.Create("type-check-failed", TypeSeverity.Error, message, fileName);
        return new TypeCheckReport([finding], TypeDiagnosticText.RenderLine(finding.Diagnostic)) { Failure = failure };
    }

    /// <summary>Creates the report of a check that was finished.</summary>
    /// <param name="found">The findings that it holds.</param>
    /// <param name="code">The code that was checked.</param>
    /// <param name="omitted">The number of findings that it leaves out.</param>
    /// <param name="worst">The highest severity of the findings that it leaves out.</param>
    internal static TypeCheckReport From(IReadOnlyList<Finding> found, string code, int omitted, TypeSeverity worst)
    {
        var text = TypeDiagnosticText.Render(found.Select(f => f.Diagnostic), code);
        if (omitted == 0)
        {
            return new TypeCheckReport(found, text);
        }

        var message = $"{omitted} more findings are left out. Fix the others first, or raise TypeCheckLimits.MaxFindings.";
        var omission = Finding.Create("omitted-findings", worst, message, found[0].Diagnostic.FileName);
        return new TypeCheckReport([.. found, omission], text + TypeDiagnosticText.RenderLine(omission.Diagnostic))
        {
            OmittedFindings = omitted,
        };
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
