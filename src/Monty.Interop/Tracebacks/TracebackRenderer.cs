using System.Globalization;
using System.Runtime.InteropServices;

namespace Monty.Interop.Tracebacks;

/// <summary>Renders a <see cref="PythonError"/> as CPython 3.13 and later print it, without color.</summary>
/// <remarks>
/// The sandbox decides how much there is to show, so all of it is bounded: <see cref="MaxFrameLines"/> lines of frames,
/// <see cref="TerminalText.MaxLineLength"/> characters a line, <see cref="TerminalText.MaxMessageLength"/> of the message.
/// </remarks>
internal static class TracebackRenderer
{
    /// <summary>The most lines that frames take; of more, the middle ones become one line that counts them.</summary>
    public const int MaxFrameLines = 100;

    /// <summary>How many times CPython shows the same frame in a row.</summary>
    private const int ShownRepeats = 3;

    /// <summary>Renders the error; no line feed at the end.</summary>
    public static string Render(PythonError error)
    {
        var stack = error.Frames.AsSpan();
        var isSyntaxError = !stack.IsEmpty && stack[^1].HideFunctionName;
        if (isSyntaxError)
        {
            stack = stack[..^1];
        }

        List<string> lines = [];
        if (!stack.IsEmpty)
        {
            lines.Add("Traceback (most recent call last):");
            AppendFrames(lines, stack);
        }

        if (isSyntaxError)
        {
            lines.AddRange(SyntaxErrorBlock.Render(error.Frames[^1]));
        }

        var type = TerminalText.Line(error.Type);
        lines.Add(string.IsNullOrEmpty(error.Message) ? type : $"{type}: {TerminalText.Message(error.Message)}");
        return string.Join('\n', lines);
    }

    private static void AppendFrames(List<string> lines, ReadOnlySpan<PythonFrame> frames)
    {
        var entries = CollectionsMarshal.AsSpan(CollapseRepeats(frames));
        var all = new List<string>();
        foreach (var entry in entries)
        {
            all.AddRange(Lines(entry));
            if (all.Count > MaxFrameLines)
            {
                break;
            }
        }

        if (all.Count <= MaxFrameLines)
        {
            lines.AddRange(all);
            return;
        }

        var (first, head) = FillBudget(entries, MaxFrameLines / 2);
        entries = entries[first..];
        entries.Reverse();
        var (last, tail) = FillBudget(entries, MaxFrameLines / 2);
        var hidden = 0;
        foreach (var entry in entries[last..])
        {
            hidden += entry.Frames;
        }

        tail.Reverse();
        lines.AddRange(head.SelectMany(block => block));
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"  [{hidden} frame{(hidden == 1 ? "" : "s")} not shown]"));
        lines.AddRange(tail.SelectMany(block => block));
    }

    /// <summary>Renders entries from the start as long as they fit into <paramref name="budget"/> lines.</summary>
    private static (int Count, List<List<string>> Blocks) FillBudget(ReadOnlySpan<Entry> entries, int budget)
    {
        List<List<string>> blocks = [];
        foreach (var entry in entries)
        {
            var block = Lines(entry);
            budget -= block.Count;
            if (budget < 0)
            {
                break;
            }

            blocks.Add(block);
        }

        return (blocks.Count, blocks);
    }

    private static List<string> Lines(Entry entry) =>
        entry.Frame is { } frame
            ? FrameBlock.Render(frame)
            :
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  [Previous line repeated {entry.Frames} more time{(entry.Frames == 1 ? "" : "s")}]"
                ),
            ];

    private static List<Entry> CollapseRepeats(ReadOnlySpan<PythonFrame> frames)
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
                entries.Add(new Entry(frames[index + shown], 1));
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

    /// <summary>A frame, or, without one, how many more times the frame before it comes.</summary>
    private readonly record struct Entry(PythonFrame? Frame, int Frames);
}
