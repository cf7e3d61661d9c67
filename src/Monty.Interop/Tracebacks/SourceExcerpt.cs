namespace Monty.Interop.Tracebacks;

/// <summary>The source that a frame shows: the failed statement's lines without common indentation, and the part that failed.</summary>
internal sealed class SourceExcerpt
{
    /// <summary>The longest preview that is read for carets, in UTF-16 units; of a longer one the first line is shown without.</summary>
    public const int MaxPreviewLength = 20_000;

    private readonly string[] lines;

    private SourceExcerpt(string[] lines) => this.lines = lines;

    /// <summary>The lines; never empty.</summary>
    public ReadOnlySpan<string> Lines => lines;

    /// <summary>The lines joined by line feeds: what <see cref="FailedPart"/> counts in.</summary>
    public string Text => field ??= string.Join('\n', lines);

    /// <summary>The part that failed, in UTF-16 units of <see cref="Text"/>; null where it is not known or not to be shown.</summary>
    public (int Start, int End)? FailedPart { get; private init; }

    /// <summary>True when the runtime left out lines: then the middle one of three says how many.</summary>
    public bool IsShortened { get; private init; }

    /// <summary>Where the last line starts in <see cref="Text"/>.</summary>
    public int LastLineStart => Text.Length - lines[^1].Length;

    /// <summary>The excerpt of a frame, or null when it has no source to show.</summary>
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
        var isPlaced = !frame.HideCaret && (isShortened || spanned == lines.Length);

        long startColumn = frame.Start.Column - 1L;
        long endColumn = frame.End.Column - 1L;
        var removedBefore = isPlaced ? Indentation.FindRemoved(lines, startColumn, endColumn) : null;
        var removed = removedBefore + Indentation.RemoveCommon(lines);
        var excerpt = new SourceExcerpt(lines) { IsShortened = isShortened };
        return removed is { } indent && excerpt.Locate(startColumn - indent, endColumn - indent) is { } part
            ? new SourceExcerpt(lines) { IsShortened = isShortened, FailedPart = part }
            : excerpt;
    }

    /// <summary>The first line of a text, without its line feed.</summary>
    public static string FirstLine(string text) =>
        (text.IndexOf('\n', StringComparison.Ordinal) is var end and >= 0 ? text[..end] : text).TrimEnd('\r');

    private (int Start, int End)? Locate(long startColumn, long endColumn) =>
        new SourceColumns(lines[0]).OffsetOf(startColumn) is { } start
        && new SourceColumns(lines[^1]).OffsetOf(endColumn) is { } end
        && LastLineStart + end > start
            ? (start, LastLineStart + end)
            : null;
}
