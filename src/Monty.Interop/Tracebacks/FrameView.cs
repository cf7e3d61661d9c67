using System.Globalization;

namespace Monty.Interop.Tracebacks;

/// <summary>A frame as a traceback shows it, corrected where the runtime places the failure elsewhere than CPython does.</summary>
/// <param name="Frame">The frame as the runtime sent it.</param>
internal sealed record FrameView(PythonFrame Frame)
{
    /// <summary>The line to show, or null when it is not known.</summary>
    public int? Line { get; init; } = Frame.Start.Line;

    /// <summary>The source to show, or null when there is none.</summary>
    public SourceExcerpt? Source { get; private init; } = SourceExcerpt.From(Frame);

    /// <summary>False to show carets below the source where CPython does.</summary>
    public bool HidesCarets { get; init; } = Frame.HideCaret;

    /// <summary>A sentence about the place, shown on a line of its own, or null for none.</summary>
    public string? Remark { get; private init; }

    /// <summary>Returns the view of one frame of an error.</summary>
    public static FrameView From(PythonError error, int index)
    {
        var view = new FrameView(error.Frames[index]);
        return index == error.Frames.Count - 1
            ? InnermostFrame.Correct(view, error)
            : OuterFrame.Correct(view, callee: error.Frames[index + 1]);
    }

    /// <summary>Returns the view with carets below another part of the source, and only the lines of that part.</summary>
    public FrameView WithPart(SourceSpan part)
    {
        var source = Source!.WithPart(part);
        var line = Source.IsShortened && source.DroppedLines > 0 ? Frame.End.Line : Frame.Start.Line + source.DroppedLines;
        return this with { Line = line, Source = source, HidesCarets = false };
    }

    /// <summary>Returns the view without carets, followed by a remark.</summary>
    public FrameView WithRemark(string remark) => this with { HidesCarets = true, Remark = remark };

    /// <summary>Renders the lines of the frame.</summary>
    public List<string> Render()
    {
        List<string> block = [Heading(Frame.FileName, Line, Frame.HideFunctionName ? null : Frame.FunctionName)];
        if (Source is not null)
        {
            block.AddRange(SourceBlock.Render(Source, HidesCarets ? null : FailureCarets.From(Source)));
        }

        if (Remark is not null)
        {
            block.Add($"  [{Remark}]");
        }

        return block;
    }

    /// <summary>Returns the first line of a frame: file, line and function.</summary>
    public static string Heading(string fileName, int? line, string? functionName)
    {
        var number = line?.ToString(CultureInfo.InvariantCulture) ?? "?";
        var function = functionName is null ? "" : $", in {TerminalText.Line(functionName)}";
        return $"  File \"{TerminalText.Line(fileName)}\", line {number}{function}";
    }
}
