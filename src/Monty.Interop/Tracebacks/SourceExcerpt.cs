namespace Monty.Interop.Tracebacks;

/// <summary>The source that a frame shows: the lines of the failed statement without their common indentation, and the part that failed.</summary>
internal sealed class SourceExcerpt
{
    /// <summary>The longest preview that is read for carets, in UTF-16 units. Of a longer one, the first line is shown without carets.</summary>
    public const int MaxPreviewLength = 20_000;

    private readonly string[] lines;

    /// <summary>The offset of each line in <see cref="Text"/>.</summary>
    private readonly int[] lineStarts;

    private SourceExcerpt(string[] lines)
    {
        this.lines = lines;
        lineStarts = new int[lines.Length];
        for (var index = 1; index < lines.Length; index++)
        {
            lineStarts[index] = lineStarts[index - 1] + lines[index - 1].Length + 1;
        }
    }

    /// <summary>The lines; never empty.</summary>
    public ReadOnlySpan<string> Lines => lines;

    /// <summary>The lines joined by line feeds: the text that spans and offsets count in.</summary>
    public string Text => field ??= string.Join('\n', lines);

    /// <summary>The part that failed, or null when its place is not known.</summary>
    public SourceSpan? FailedPart { get; private init; }

    /// <summary>True when the runtime left out lines. The middle one of the three lines then says how many.</summary>
    public bool IsShortened { get; private init; }

    /// <summary>The number of lines that <see cref="WithPart"/> dropped from the start of the statement.</summary>
    public int DroppedLines { get; private init; }

    /// <summary>Returns the excerpt of a frame, or null when the frame has no source to show.</summary>
    public static SourceExcerpt? From(PythonFrame frame)
    {
        var preview = frame.PreviewLine;
        if (string.IsNullOrWhiteSpace(preview))
        {
            return null;
        }

        if (preview.Length > MaxPreviewLength)
        {
            return new SourceExcerpt([FirstLine(preview).Trim()]);
        }

        var lines = preview.Split('\n');
        foreach (ref var line in lines.AsSpan())
        {
            line = line.TrimEnd();
        }

        var spanned = (long)frame.End.Line - frame.Start.Line + 1;
        var isShortened = lines.Length == 3 && spanned > 3 && lines[1] == $"...<{spanned - 2} lines>...";
        var isPlaced = isShortened || spanned == lines.Length;

        long startColumn = frame.Start.Column - 1L;
        long endColumn = frame.End.Column - 1L;
        var removedBefore = isPlaced ? Indentation.FindRemoved(lines, startColumn, endColumn) : null;
        var removed = removedBefore + Indentation.RemoveCommon(lines);
        var excerpt = new SourceExcerpt(lines) { IsShortened = isShortened };
        return removed is { } indent && excerpt.Locate(startColumn - indent, endColumn - indent) is { } part
            ? new SourceExcerpt(lines) { IsShortened = isShortened, FailedPart = part }
            : excerpt;
    }

    /// <summary>Returns the first line of a text, without its line feed.</summary>
    public static string FirstLine(string text) =>
        (text.IndexOf('\n', StringComparison.Ordinal) is var end and >= 0 ? text[..end] : text).TrimEnd('\r');

    /// <summary>Returns the offset at which a line starts.</summary>
    public int StartOf(int line) => lineStarts[line];

    /// <summary>Returns the index of the line that holds an offset.</summary>
    public int LineAt(int offset)
    {
        var found = Array.BinarySearch(lineStarts, offset);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>Returns the excerpt of another failed part, which keeps only the lines of that part.</summary>
    public SourceExcerpt WithPart(SourceSpan part)
    {
        var first = LineAt(part.Start);
        var last = LineAt(part.End);
        var kept = lines[first..(last + 1)];
        var indent = Indentation.RemoveCommon(kept);
        var excerpt = new SourceExcerpt(kept) { IsShortened = IsShortened && kept.Length > 1, DroppedLines = first };
        var start = part.Start - lineStarts[first] - indent;
        var end = excerpt.lineStarts[^1] + part.End - lineStarts[last] - indent;
        return new SourceExcerpt(kept)
        {
            IsShortened = excerpt.IsShortened,
            DroppedLines = first,
            FailedPart = new SourceSpan(start, end),
        };
    }

    private SourceSpan? Locate(long startColumn, long endColumn) =>
        new SourceColumns(lines[0]).OffsetOf(startColumn) is { } start
        && new SourceColumns(lines[^1]).OffsetOf(endColumn) is { } end
        && lineStarts[^1] + end > start
            ? new SourceSpan(start, lineStarts[^1] + end)
            : null;
}
