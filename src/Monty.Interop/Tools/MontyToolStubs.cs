using System.Text;
using System.Text.RegularExpressions;

namespace Monty.Interop.Tools;

/// <summary>Renders the declarations of tools as Python source.</summary>
internal static partial class MontyToolStubs
{
    /// <summary>Renders one complete stub file: imports, then classes, then functions.</summary>
    public static string Render(IReadOnlyCollection<MontyTool> tools)
    {
        var text = RenderDeclarations(tools, withDocs: false);
        var imports = new StringBuilder();
        List<string> typingNames = [.. TypingName().Matches(text).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal)];
        if (typingNames.Count > 0)
        {
            imports.Append("from typing import ").AppendJoin(", ", typingNames).Append('\n');
        }

        if (text.Contains("@dataclass\n", StringComparison.Ordinal))
        {
            imports.Append("from dataclasses import dataclass\n");
        }

        if (DateTimeModule().IsMatch(text))
        {
            imports.Append("import datetime\n");
        }

        return imports.Append(text).ToString();
    }

    /// <summary>Renders the declarations for readers, with docstrings and without imports.</summary>
    public static string RenderPrompt(IReadOnlyCollection<MontyTool> tools) => RenderDeclarations(tools, withDocs: true);

    private static string RenderDeclarations(IReadOnlyCollection<MontyTool> tools, bool withDocs)
    {
        var set = tools as MontyToolSet ?? new MontyToolSet(tools);
        var text = new StringBuilder();
        foreach (var hostClass in set.Classes)
        {
            text.Append(hostClass.GetDeclaration(withDocs)).Append('\n');
        }

        foreach (var tool in set.Where(t => !MontyToolSet.IsClass(t)))
        {
            var declaration = EnsureNewline((withDocs ? tool.DocumentedStub : tool.Stub) ?? GetUntypedDeclaration(tool));
            text.Append(declaration);
            if (withDocs && HasSeveralLines(declaration))
            {
                text.Append('\n');
            }
        }

        return text.Length == 0 ? "" : text.ToString().TrimEnd('\n') + "\n";
    }

    private static string GetUntypedDeclaration(MontyTool tool) =>
        $"{(tool.IsAsync ? "async " : "")}def {tool.Name}(*args: Any, **kwargs: Any) -> Any: ...";

    private static string EnsureNewline(string declaration) => declaration.EndsWith('\n') ? declaration : declaration + "\n";

    private static bool HasSeveralLines(string declaration) => declaration.TrimEnd('\n').Contains('\n', StringComparison.Ordinal);

    [GeneratedRegex(@"\b(?:Any|Literal|Mapping|Sequence)\b", RegexOptions.CultureInvariant)]
    private static partial Regex TypingName();

    [GeneratedRegex(@"\bdatetime\.", RegexOptions.CultureInvariant)]
    private static partial Regex DateTimeModule();
}
