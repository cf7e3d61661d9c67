using System.Text;

namespace Monty.Interop.TypeChecking;

/// <summary>Findings for people: one line each, with the source line and a marker below it.</summary>
internal static class TypeDiagnosticText
{
    private const int MaxWidth = 200;

    public static string Render(IEnumerable<TypeDiagnostic> findings, string code)
    {
        var lines = code.Split('\n');
        var text = new StringBuilder();
        foreach (var finding in findings)
        {
            text.Append(
                $"{finding.FileName}:{finding.Start.Line}:{finding.Start.Column}: {NameOf(finding.Severity)}[{finding.Rule}] {finding.Message}\n"
            );
            if (finding.Start.Line <= lines.Length)
            {
                AppendExcerpt(text, lines[finding.Start.Line - 1].TrimEnd('\r'), finding);
            }
        }

        return text.ToString();
    }

    private static void AppendExcerpt(StringBuilder text, string line, TypeDiagnostic finding)
    {
        var runes = line.EnumerateRunes().ToArray();
        var from = finding.Start.Column - 1;
        if (from > runes.Length || runes.Length > MaxWidth)
        {
            return;
        }

        var to =
            finding.End.Line == finding.Start.Line
                ? Math.Clamp(finding.End.Column - 1, from + 1, Math.Max(from + 1, runes.Length))
                : Math.Max(from + 1, runes.Length);
        text.Append("    ").Append(line).Append("\n    ");
        foreach (var rune in runes.Take(from))
        {
            text.Append(rune.Value == '\t' ? '\t' : ' ');
        }

        text.Append('^', to - from).Append('\n');
    }

    private static string NameOf(TypeSeverity severity) =>
        severity switch
        {
            TypeSeverity.Error => "error",
            TypeSeverity.Warning => "warning",
            _ => "info",
        };
}
