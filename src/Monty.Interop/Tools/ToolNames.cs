using System.Text.Json;
using Monty.Interop.Wire;

namespace Monty.Interop.Tools;

/// <summary>Converts C# names to Python names, and checks the names of tools.</summary>
internal static class ToolNames
{
    /// <summary>The names that generated stubs import.</summary>
    private static readonly string[] Imported = ["Any", "Literal", "Mapping", "Sequence", "dataclass", "datetime"];

    /// <summary>Returns the Python name of a method: snake case, without the suffix <c>Async</c>.</summary>
    public static string FromMethod(string name) =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(
            name.Length > 5 && name.EndsWith("Async", StringComparison.Ordinal) ? name[..^5] : name
        );

    /// <summary>Returns the Python name of a parameter or field: snake case, with an underscore appended to a Python keyword.</summary>
    public static string FromParameter(string name)
    {
        var snake = JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
        return RuntimeNames.IsKeyword(snake) ? snake + "_" : snake;
    }

    /// <exception cref="ArgumentException">A call with this name would not reach the host.</exception>
    public static void Check(string name)
    {
        if (FindProblem(name) is { } problem)
        {
            throw new ArgumentException($"The tool name '{name}' {problem}", nameof(name));
        }
    }

    /// <summary>Returns the reason that a tool or class cannot have this name, as the predicate of a sentence, or null when the name is valid.</summary>
    public static string? FindProblem(string name)
    {
        if (RuntimeNames.IsKeyword(name))
        {
            return "is a Python keyword, so no script could call it. Choose another name.";
        }

        if (!RuntimeNames.IsIdentifier(name))
        {
            return "is not a Python identifier, so no script could call it. Use letters, digits and underscores.";
        }

        if (RuntimeNames.IsBuiltin(name))
        {
            return "is a builtin of the runtime, so a call would never reach the host. Choose another name.";
        }

        return Imported.Contains(name) ? "is a name that the generated stubs import. Choose another name." : null;
    }
}
