namespace Monty.Interop;

/// <summary>The state of Python source typed so far: complete, or incomplete and why.</summary>
public enum Continuation
{
    /// <summary>The source can be fed. It need not be valid: source with an error that more lines cannot correct also counts as complete.</summary>
    Complete,

    /// <summary>A bracket is open.</summary>
    OpenBracket,

    /// <summary>A string is open: its closing quotes are missing, or a replacement field of an f-string is not closed.</summary>
    OpenString,

    /// <summary>A statement is not finished: a compound statement has no body, a body lacks the blank line that ends it, a <c>try</c> has no
    /// handler, a decorator has no function, or the last line ends with a backslash.</summary>
    OpenBlock,
}
