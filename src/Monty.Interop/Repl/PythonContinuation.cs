using Monty.Interop.Repl;
using Monty.Interop.Syntax;

namespace Monty.Interop;

/// <summary>Detects whether Python source typed so far is complete, by the rules of Python's interactive console.</summary>
/// <remarks>
/// <para>Thread-safe. Takes time linear in the length of the source and needs no worker. The source is scanned for strings, comments,
/// brackets, joined lines and blocks, but expressions are not parsed: where Python would report a syntax error before the end, this class
/// may still report that the source is incomplete.</para>
/// <para>A blank line ends a body, so <c>if x:\n    y</c> is incomplete and <c>if x:\n    y\n</c> is complete. Join typed lines with line
/// feeds; the empty line that a user enters to end a block then becomes the last line feed.</para>
/// </remarks>
public static class PythonContinuation
{
    /// <summary>Returns the state of <paramref name="code"/>: complete, or the first thing that is still missing.</summary>
    /// <param name="code">Python source of any number of statements. Lines may end with LF, CR LF or CR.</param>
    /// <exception cref="ArgumentNullException"><paramref name="code"/> is null.</exception>
    public static Continuation Detect(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        var source = LogicalLines.Read(LogicalLines.WithLineFeeds(code));
        return source.End switch
        {
            SourceEnd.InString => Continuation.OpenString,
            SourceEnd.InBracket => Continuation.OpenBracket,
            SourceEnd.AfterBackslash => Continuation.OpenBlock,
            SourceEnd.Broken => Continuation.Complete,
            _ => new BlockOutline().NeedsMoreLines(source) ? Continuation.OpenBlock : Continuation.Complete,
        };
    }
}
