using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;

namespace Monty.Interop.Tools.Signatures;

/// <summary>Pieces of Python source for declarations.</summary>
internal static class PythonText
{
    /// <summary>The literal of a str, in double quotes where that takes no escape.</summary>
    public static string Quote(string text)
    {
        var literal = new MontyStr(text).ToString();
        return literal[0] == '\'' && literal.AsSpan(1).IndexOfAny('"', '\\') < 0 ? $"\"{literal[1..^1]}\"" : literal;
    }

    /// <summary>The literal of a default value; <c>...</c> for one that has none.</summary>
    public static string Default(MontyValue value) =>
        value switch
        {
            MontyStr text => Quote(text.Value),
            MontyNone or MontyBool or MontyInt or MontyBytes => value.ToString(),
            MontyFloat number when double.IsFinite(number.Value) => value.ToString(),
            _ => "...",
        };

    /// <summary>A declaration without a body, or with a docstring for one.</summary>
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

    /// <summary>A docstring of a summary and lines below it.</summary>
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

    /// <summary>What a comment or a line of a docstring can hold.</summary>
    public static string OneLine(string text) =>
        string.Join(
            ' ',
            text.Split(
                (char[])['\r', '\n', '\v', '\f', '\u0085', '\u2028', '\u2029'],
                StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
            )
        );

    /// <summary>What a model reads of a declared thing: its description, and those of the members of its enum.</summary>
    [RequiresUnreferencedCode(ValueHydration.NeedsMembers)]
    public static string? Describe(ICustomAttributeProvider declared, Type? type = null)
    {
        var own = Description(declared);
        if (type is not { IsEnum: true })
        {
            return own;
        }

        var members = type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(f => (f.Name, Text: Description(f)))
            .Where(f => f.Text is not null)
            .ToList();
        if (members.Count == 0)
        {
            return own;
        }

        var said = string.Join("; ", members.Select(m => $"{Quote(m.Name)}: {m.Text}"));
        return own is null ? said : $"{own} {said}";
    }

    private static string? Description(ICustomAttributeProvider declared) =>
        declared.GetCustomAttributes(typeof(DescriptionAttribute), inherit: true)
            is [DescriptionAttribute { Description: { Length: > 0 } text }]
            ? text
            : null;
}
