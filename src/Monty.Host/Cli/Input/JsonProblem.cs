using System.Text.Json;

namespace Monty.Host.Cli.Input;

/// <summary>Formats JSON errors for users, with lines and columns that count from 1.</summary>
internal static class JsonProblem
{
    public static string Format(JsonException exception)
    {
        var position = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var problem = position < 0 ? exception.Message : exception.Message[..position];
        var reason = problem.EndsWith('.') ? problem : problem + ".";
        return exception is { LineNumber: { } line, BytePositionInLine: { } column }
            ? $"line {line + 1}, column {column + 1}: {reason}"
            : reason;
    }
}
