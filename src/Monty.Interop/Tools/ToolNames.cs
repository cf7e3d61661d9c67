using System.Text.Json;
using Monty.Interop.Wire;

namespace Monty.Interop.Tools;

/// <summary>The Python names of C# members, and the names that no tool can have.</summary>
internal static class ToolNames
{
    /// <summary>What the stubs import for themselves.</summary>
    private static readonly string[] Imported = ["Any", "Literal", "Mapping", "Sequence", "dataclass", "datetime"];

    /// <summary>The name of a method: snake case, without <c>Async</c> at its end.</summary>
    public static string FromMethod(string name) =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(
            name.Length > 5 && name.EndsWith("Async", StringComparison.Ordinal) ? name[..^5] : name
        );

    /// <summary>The name of a parameter or field: snake case; a word that Python keeps to itself gets an underscore at its end.</summary>
    public static string FromParameter(string name)
    {
        var snake = JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
        return RuntimeNames.IsKeyword(snake) ? snake + "_" : snake;
    }

    /// <exception cref="ArgumentException">No call of this name would reach the host.</exception>
    public static void Check(string name)
    {
        if (WhyNot(name) is { } reason)
        {
            throw new ArgumentException($"'{name}' {reason}", nameof(name));
        }
    }

    /// <summary>Why nothing can have the name, or null.</summary>
    public static string? WhyNot(string name) =>
        RuntimeNames.IsKeyword(name) ? "is a Python keyword, so no script could call it. Choose another name."
        : !RuntimeNames.IsIdentifier(name) ? "is no Python identifier, so no script could call it. Use letters, digits and underscores."
        : RuntimeNames.IsBuiltin(name) ? "is a builtin of the runtime, so a call of it would never reach the host. Choose another name."
        : Imported.Contains(name) ? "is a name that the stubs import for themselves. Choose another name."
        : null;
}
