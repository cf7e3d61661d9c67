using Monty.Interop.Syntax;

namespace Monty.Interop.Tracebacks;

/// <summary>Corrects a frame that called another one.</summary>
internal static class OuterFrame
{
    private const string ExitMethod = "__exit__";

    private const string EndOfWith = "__exit__ was called at the end of this line's block.";

    /// <summary>Corrects the view of a frame that called <paramref name="callee"/>.</summary>
    public static FrameView Correct(FrameView view, PythonFrame callee) =>
        callee.FunctionName == ExitMethod
        && view.Source is { FailedPart: { } part } source
        && !IsWith(source.Text)
        && !Calls(source.Text, part)
            ? view.WithRemark(EndOfWith)
            : view;

    /// <summary>Returns true when the source is the header of a with statement, where CPython places the call.</summary>
    private static bool IsWith(string text) => PythonTokens.Read(text) is { Count: > 0 } tokens && tokens.IsText(0, "with");

    /// <summary>Returns true when the part names the method, so that it is the call.</summary>
    private static bool Calls(string text, SourceSpan part) =>
        text.AsSpan(part.Start, part.End - part.Start).Contains(ExitMethod, StringComparison.Ordinal);
}
