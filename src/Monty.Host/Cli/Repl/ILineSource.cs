namespace Monty.Host.Cli.Repl;

/// <summary>The source of the lines of a REPL: a terminal or a pipe.</summary>
internal interface ILineSource
{
    /// <summary>Reads a line.</summary>
    /// <param name="prompt">The text that a terminal shows before the line.</param>
    /// <param name="words">Returns the candidates for the completion of a word, given its first characters.</param>
    ReadResult Read(string prompt, Func<string, IEnumerable<string>> words);

    /// <summary>Lets Ctrl-C interrupt the running code until the returned object is disposed.</summary>
    IDisposable? AllowInterrupts();
}

/// <summary>The result of reading a line: a closed hierarchy.</summary>
internal abstract record ReadResult
{
    private ReadResult() { }

    /// <summary>A line without its line break.</summary>
    internal sealed record Line(string Text) : ReadResult;

    /// <summary>The user abandoned the input with Ctrl-C. The terminal has shown a message already.</summary>
    internal sealed record Abandoned : ReadResult;

    /// <summary>The input has ended.</summary>
    internal sealed record End : ReadResult;
}
