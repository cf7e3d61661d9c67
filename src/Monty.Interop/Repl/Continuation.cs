namespace Monty.Interop;

/// <summary>Whether a piece of Python source may be fed, or what it still waits for.</summary>
public enum Continuation
{
    /// <summary>It may be fed. Not that it is correct: source with an error that more lines cannot mend is complete too.</summary>
    Complete,

    /// <summary>A bracket is open.</summary>
    OpenBracket,

    /// <summary>A string is open: its closing quotes are missing, or an expression in an f-string is not at its end.</summary>
    OpenString,

    /// <summary>A statement goes on: a header without its body, a body without the blank line that ends it, a <c>try</c> without its
    /// handlers, a decorator without its function, or a line that ends with a backslash.</summary>
    OpenBlock,
}
