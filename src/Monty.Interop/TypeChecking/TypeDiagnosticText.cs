using System.Text;
using Monty.Interop.Tracebacks;

namespace Monty.Interop.TypeChecking;

/// <summary>Renders findings for people: one line each, with the source line and a marker below it, fit for a terminal.</summary>
internal static class TypeDiagnosticText
{
    private const int MaxWidth = 200;

    public static string Render(IEnumerable<TypeDiagnostic> findings, string code)
    {
        var lines = code.Split('\n');
        var text = new StringBuilder();
        foreach (var finding in findings)
        {
            text.Append(RenderLine(finding));
            if (finding.Start.Line <= lines.Length)
            {
                AppendExcerpt(text, lines[finding.Start.Line - 1].TrimEnd('\r'), finding);
            }
        }

        return text.ToString();
    }

    /// <summary>Renders a finding in one line, with the line feed.</summary>
    public static string RenderLine(TypeDiagnostic finding)
    {
        var place = $"{TerminalText.Line(finding.FileName)}:{finding.Start.Line}:{finding.Start.Column}";
        return $"{place}: {NameOf(finding.Severity)}[{finding.Rule}] {TerminalText.Line(finding.Message)}\n";
    }

    private static void AppendExcerpt(StringBuilder text, string line, TypeDiagnostic finding)
    {
        if (line.Length > 2 * MaxWidth)
        {
            return;
        }

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
        var markers = new StringBuilder();
        var column = 0;
        text.Append("    ");
        foreach (var character in TerminalText.Characters(line))
        {
            text.Append(character.Text);
            if (column < to)
            {
                var blank = character.Text == "\t" ? '\t' : ' ';
                markers.Append(column < from ? blank : '^', blank == '\t' ? 1 : character.Width);
            }

            column++;
        }

        // A finding may be at the end of the line.
        markers.Append('^', column <= from ? 1 : 0);
        text.Append("\n    ").Append(markers).Append('\n');
    }

    private static string NameOf(TypeSeverity severity) =>
        severity switch
        {
            TypeSeverity.Error => "error",
            TypeSeverity.Warning => "warning",
            _ => "info",
        };
}
