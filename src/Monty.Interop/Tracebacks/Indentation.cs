using Monty.Interop.Syntax;

namespace Monty.Interop.Tracebacks;

/// <summary>The indentation that lines of source share.</summary>
internal static class Indentation
{
    /// <summary>The usual width of an indentation, which decides when several amounts would fit.</summary>
    private const int UsualStep = 4;

    /// <summary>Removes the blanks that all lines start with, and empties blank lines. Returns how many characters it removed.</summary>
    public static int RemoveCommon(Span<string> lines)
    {
        string? common = null;
        foreach (var line in lines)
        {
            var indent = line.AsSpan(0, IndentOf(line));
            if (indent.Length == line.Length)
            {
                continue;
            }

            if (common is null)
            {
                common = indent.ToString();
            }
            else
            {
                common = common[..common.AsSpan().CommonPrefixLength(indent)];
            }
        }

        var width = common?.Length ?? 0;
        foreach (ref var line in lines)
        {
            line = IndentOf(line) == line.Length ? "" : line[width..];
        }

        return width;
    }

    /// <summary>Finds how many characters of indentation the runtime removed from a preview whose columns it left as they were.</summary>
    /// <remarks>
    /// The runtime does so for a statement of several lines, and does not say how many. Something can be missing only where a line has no
    /// indentation left. The amount is then the one that lets the failed part start and end with a token and keep its brackets balanced.
    /// </remarks>
    /// <param name="lines">The preview.</param>
    /// <param name="start">The column on the first line, from 0.</param>
    /// <param name="end">The column on the last line, from 0, exclusive.</param>
    /// <returns>Null when no amount fits, or several do.</returns>
    public static int? FindRemoved(ReadOnlySpan<string> lines, long start, long end)
    {
        if (lines.Length < 2 || !HasLineWithoutIndent(lines))
        {
            return 0;
        }

        var tokens = PythonTokens.Read(string.Join('\n', lines!));
        var lastLineStart = lines.Length - 1;
        foreach (var line in lines[..^1])
        {
            lastLineStart += line.Length;
        }

        var firstColumns = new SourceColumns(lines[0]);
        var lastColumns = new SourceColumns(lines[^1]);

        var ends = new Dictionary<int, int>();
        for (var index = 0; index < tokens.Count; index++)
        {
            ends[tokens[index].End] = index;
        }

        List<int> fitting = [];
        for (var first = 0; first < tokens.Count && tokens[first].Start < lines[0].Length; first++)
        {
            var removed = start - firstColumns.ColumnOf(tokens[first].Start);
            if (removed < 0)
            {
                break;
            }

            if (
                lastColumns.OffsetOf(end - removed) is { } offset
                && ends.TryGetValue(lastLineStart + offset, out var last)
                && StartsExpression(tokens, first)
                && tokens[last].Kind != TokenKind.Operator
                && tokens.IsBalanced(first, last)
            )
            {
                fitting.Add((int)removed);
            }
        }

        if (fitting.Count > 1)
        {
            fitting.RemoveAll(removed => removed % UsualStep != 0);
        }

        return fitting is [var only] ? only : null;
    }

    private static bool StartsExpression(PythonTokens tokens, int index)
    {
        // After an operand comes something that belongs to it: an operator, or the name, bracket or string that continues it.
        var isBehindOperand =
            index > 0
            && (
                tokens.IsText(index - 1, ".")
                || tokens[index - 1].Kind is TokenKind.Name or TokenKind.Number or TokenKind.Text or TokenKind.Close
            );
        return !isBehindOperand
            && tokens[index].Kind switch
            {
                TokenKind.Operator => tokens.TextOf(index) is "+" or "-" or "~",
                TokenKind.Keyword => tokens.TextOf(index) is "await" or "not",
                _ => true,
            };
    }

    private static bool HasLineWithoutIndent(ReadOnlySpan<string> lines)
    {
        foreach (var line in lines)
        {
            if (line.Length > 0 && IndentOf(line) == 0)
            {
                return true;
            }
        }

        return false;
    }

    private static int IndentOf(string line) => line.AsSpan().IndexOfAnyExcept(' ', '\t') is var indent and >= 0 ? indent : line.Length;
}
