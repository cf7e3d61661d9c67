using System.Text.Json;

namespace Monty.Host.Cli.Input;

/// <summary>What is wrong with a JSON text, in a person's words: lines and columns count from 1.</summary>
internal static class JsonProblem
{
    public static string Format(JsonException broken)
    {
        var position = broken.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var problem = position < 0 ? broken.Message : broken.Message[..position];
        var reason = problem.EndsWith('.') ? problem : problem + ".";
        return broken is { LineNumber: { } line, BytePositionInLine: { } column }
            ? $"line {line + 1}, column {column + 1}: {reason}"
            : reason;
    }
}
