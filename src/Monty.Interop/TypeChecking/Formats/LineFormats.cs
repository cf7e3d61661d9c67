namespace Monty.Interop.TypeChecking.Formats;

/// <summary>Writes the formats with one line for each finding.</summary>
internal static class LineFormats
{
    private const string Off = "\e[0m";
    private const string Bold = "\e[1m";
    private const string Colon = "\e[36m:\e[0m";

    public static string Concise(TypeDiagnostic found, bool color)
    {
        var (line, column) = (found.Start.Line, found.Start.Column);
        var severity = found.Severity switch
        {
            TypeSeverity.Error => "error",
            TypeSeverity.Warning => "warning",
            _ => "info",
        };
        if (!color)
        {
            return $"{found.FileName}:{line}:{column}: {severity}[{found.Rule}] {found.Message}";
        }

        var hue = found.Severity switch
        {
            TypeSeverity.Error => "\e[91m",
            TypeSeverity.Warning => "\e[33m",
            _ => "\e[94m",
        };
        return $"{Bold}{found.FileName}{Off}{Colon}{line}{Colon}{column}{Colon} {Bold}{hue}{severity}{Off}[{Bold}{found.Rule}{Off}] {found.Message}";
    }

    public static string Azure(TypeDiagnostic found)
    {
        var type = found.Severity == TypeSeverity.Error ? "error" : "warning";
        return $"##vso[task.logissue type={type};sourcepath={Path(found)};linenumber={found.Start.Line};columnnumber={found.Start.Column};code={found.Rule};]{found.Message}";
    }

    public static string Pylint(TypeDiagnostic found) => $"{found.FileName}:{found.Start.Line}: [{found.Rule}] {found.Message}";

    public static string GitHub(Finding finding)
    {
        var found = finding.Diagnostic;
        var type = found.Severity switch
        {
            TypeSeverity.Error => "error",
            TypeSeverity.Warning => "warning",
            _ => "notice",
        };
        var range =
            found.Start.Line == found.End.Line
                ? $"line={found.Start.Line},col={found.Start.Column},endLine={found.End.Line},endColumn={found.End.Column}"
                : $"line={found.Start.Line},endLine={found.End.Line}"; // GitHub accepts columns only within one line
        return $"::{type} title=monty ({found.Rule}),file={Path(found)},{range}::{found.FileName}:{found.Start.Line}:{found.Start.Column}: {found.Rule}: {finding.Notes}";
    }

    /// <summary>Returns the script's name as the formats for programs write it: a path from the root.</summary>
    public static string Path(TypeDiagnostic found) => found.FileName.StartsWith('/') ? found.FileName : "/" + found.FileName;
}
