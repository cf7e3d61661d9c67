using Monty.Interop.Repl;
using Monty.Interop.Syntax;

namespace Monty.Interop;

/// <summary>Tells whether source typed so far is ready to be fed, as Python's own console decides it.</summary>
/// <remarks>
/// <para>Thread-safe, linear in the source, without a worker. Strings, comments, brackets, joined lines and blocks are understood,
/// expressions are not: where Python would find a syntax error before the end, this may still ask for the rest.</para>
/// <para>A body is ended by a blank line, so <c>if x:\n    y</c> is open and <c>if x:\n    y\n</c> is not: join lines as they are typed
/// with line feeds, and the empty line that a person enters to end a block becomes that last line feed.</para>
/// </remarks>
public static class PythonContinuation
{
    /// <summary>What <paramref name="code"/> waits for.</summary>
    /// <param name="code">Python source of any number of statements; lines end with LF, CR LF or CR.</param>
    /// <exception cref="ArgumentNullException"><paramref name="code"/> is null.</exception>
    public static Continuation Detect(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        var source = LogicalLines.Read(code.ReplaceLineEndings("\n"));
        return source.End switch
        {
            SourceEnd.InString => Continuation.OpenString,
            SourceEnd.InBracket => Continuation.OpenBracket,
            SourceEnd.AfterBackslash => Continuation.OpenBlock,
            SourceEnd.Broken => Continuation.Complete,
            _ => new BlockOutline().IsWaiting(source) ? Continuation.OpenBlock : Continuation.Complete,
        };
    }
}
