using System.Globalization;
using System.Runtime.InteropServices;

namespace Monty.Interop.Tracebacks;

/// <summary>The lines of the frames in a traceback. Frames that repeat are folded, and of too many frames the middle ones are counted.</summary>
internal static class FrameStack
{
    /// <summary>The most lines that frames take. Of more, the middle ones become one line that counts them.</summary>
    public const int MaxLines = 100;

    /// <summary>The number of times that CPython shows the same frame in a row.</summary>
    private const int ShownRepeats = 3;

    /// <summary>Renders the first <paramref name="count"/> frames of an error.</summary>
    public static IEnumerable<string> Render(PythonError error, int count)
    {
        var entries = FoldRepeats(error.Frames.AsSpan()[..count]);
        List<string> lines = [];
        foreach (var entry in entries)
        {
            lines.AddRange(Render(error, entry));
            if (lines.Count > MaxLines)
            {
                return RenderEnds(error, CollectionsMarshal.AsSpan(entries));
            }
        }

        return lines;
    }

    private static IEnumerable<string> RenderEnds(PythonError error, Span<Entry> entries)
    {
        var head = FillBudget(error, entries);
        entries = entries[head.Count..];
        entries.Reverse();
        var tail = FillBudget(error, entries);
        tail.Reverse();
        var hidden = 0;
        foreach (var entry in entries[tail.Count..])
        {
            hidden += entry.Frames;
        }

        var count = string.Create(CultureInfo.InvariantCulture, $"  [{hidden} frame{(hidden == 1 ? "" : "s")} not shown]");
        return [.. head.SelectMany(block => block), count, .. tail.SelectMany(block => block)];
    }

    /// <summary>Renders entries from the start as long as they fit into half of the lines.</summary>
    private static List<List<string>> FillBudget(PythonError error, ReadOnlySpan<Entry> entries)
    {
        var budget = MaxLines / 2;
        List<List<string>> blocks = [];
        foreach (var entry in entries)
        {
            var block = Render(error, entry);
            budget -= block.Count;
            if (budget < 0)
            {
                break;
            }

            blocks.Add(block);
        }

        return blocks;
    }

    private static List<string> Render(PythonError error, Entry entry) =>
        entry.Index is { } index
            ? FrameView.From(error, index).Render()
            :
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  [Previous line repeated {entry.Frames} more time{(entry.Frames == 1 ? "" : "s")}]"
                ),
            ];

    private static List<Entry> FoldRepeats(ReadOnlySpan<PythonFrame> frames)
    {
        List<Entry> entries = [];
        for (var index = 0; index < frames.Length; )
        {
            var count = 1;
            while (index + count < frames.Length && IsSameFrame(frames[index], frames[index + count]))
            {
                count++;
            }

            for (var shown = 0; shown < Math.Min(count, ShownRepeats); shown++)
            {
                entries.Add(new Entry(index + shown, 1));
            }

            if (count > ShownRepeats)
            {
                entries.Add(new Entry(null, count - ShownRepeats));
            }

            index += count;
        }

        return entries;
    }

    private static bool IsSameFrame(PythonFrame one, PythonFrame other) =>
        one.Start.Line == other.Start.Line && one.FunctionName == other.FunctionName && one.FileName == other.FileName;

    /// <summary>A frame by its index; without an index, the count of further repeats of the frame before.</summary>
    private readonly record struct Entry(int? Index, int Frames);
}
