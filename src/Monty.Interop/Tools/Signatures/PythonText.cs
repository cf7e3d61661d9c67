using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;

namespace Monty.Interop.Tools.Signatures;

/// <summary>Renders pieces of Python declarations.</summary>
internal static class PythonText
{
    /// <summary>Returns the literal of a str, in double quotes when that needs no escapes.</summary>
    public static string Quote(string text)
    {
        var literal = new MontyStr(text).ToString();
        return literal[0] == '\'' && literal.AsSpan(1).IndexOfAny('"', '\\') < 0 ? $"\"{literal[1..^1]}\"" : literal;
    }

    /// <summary>Returns the literal of a default value, or <c>...</c> when the value has no literal.</summary>
    public static string FormatDefault(MontyValue value) =>
        value switch
        {
            MontyStr text => Quote(text.Value),
            MontyNone or MontyBool or MontyInt or MontyBytes => value.ToString(),
            MontyFloat number when double.IsFinite(number.Value) => value.ToString(),
            _ => "...",
        };

    /// <summary>Returns a declaration whose body is its docstring, or <c>...</c> when there is nothing to document.</summary>
    public static string WithDocstring(string heading, string? summary, IEnumerable<(string Name, string Text)> items, string indent)
    {
        List<string> lines = [.. items.Select(i => $"{i.Name}: {OneLine(i.Text)}")];
        if (summary is null && lines.Count == 0)
        {
            return $"{indent}{heading}: ...\n";
        }

        var text = new StringBuilder($"{indent}{heading}:\n");
        AppendDocstring(text, summary, lines, indent + "    ");
        return text.ToString();
    }

    /// <summary>Appends a docstring with a summary and further lines below it.</summary>
    public static void AppendDocstring(StringBuilder text, string? summary, IReadOnlyList<string> lines, string indent)
    {
        List<string> all = summary is null ? [] : [.. summary.Trim().ReplaceLineEndings("\n").Split('\n')];
        if (all.Count > 0 && lines.Count > 0)
        {
            all.Add("");
        }

        all.AddRange(lines);
        var body = string.Join('\n', all.Select((line, i) => i == 0 || line.Length == 0 ? line : indent + line));
        body = body.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\0", "\\0", StringComparison.Ordinal);
        if (body.Contains("\"\"\"", StringComparison.Ordinal) || body.EndsWith('"'))
        {
            body = body.Replace("\"", "\\\"", StringComparison.Ordinal);
        }

        text.Append(indent).Append("\"\"\"").Append(body);
        if (all.Count > 1)
        {
            text.Append('\n').Append(indent);
        }

        text.Append("\"\"\"\n");
    }

    /// <summary>Joins the lines of a text with spaces, so that it fits in a comment or in one line of a docstring.</summary>
    public static string OneLine(string text) =>
        string.Join(
            ' ',
            text.Split(
                (char[])['\r', '\n', '\v', '\f', '\u0085', '\u2028', '\u2029'],
                StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
            )
        );

    /// <summary>Returns the description of a C# member for models, followed by the descriptions of the enum members when its type is an enum; null when there is none.</summary>
    [RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
    public static string? Describe(ICustomAttributeProvider declared, Type? type = null)
    {
        var own = GetDescription(declared);
        if (type is not { IsEnum: true })
        {
            return own;
        }

        var members = type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(f => (f.Name, Text: GetDescription(f)))
            .Where(f => f.Text is not null)
            .ToList();
        if (members.Count == 0)
        {
            return own;
        }

        var listed = string.Join("; ", members.Select(m => $"{Quote(m.Name)}: {m.Text}"));
        return own is null ? listed : $"{own} {listed}";
    }

    private static string? GetDescription(ICustomAttributeProvider declared) =>
        declared.GetCustomAttributes(typeof(DescriptionAttribute), inherit: true)
            is [DescriptionAttribute { Description: { Length: > 0 } text }]
            ? text
            : null;
}
