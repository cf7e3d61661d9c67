namespace Monty.Host.Cli.Repl;

/// <summary>Where the lines of a console come from: a person at a terminal, or a pipe.</summary>
internal interface ILineSource
{
    /// <summary>Asks for a line.</summary>
    /// <param name="prompt">What a person sees before it.</param>
    /// <param name="words">What words can be completed to, at their first characters.</param>
    ReadResult Read(string prompt, Func<string, IEnumerable<string>> words);

    /// <summary>Leaves Ctrl-C to what runs, until that is disposed.</summary>
    IDisposable? Release();
}

/// <summary>What came of asking for a line: a closed hierarchy.</summary>
internal abstract record ReadResult
{
    private ReadResult() { }

    /// <summary>A line, without its end.</summary>
    internal sealed record Line(string Text) : ReadResult;

    /// <summary>The person gave up what was typed so far, and was told so.</summary>
    internal sealed record Abandoned : ReadResult;

    /// <summary>There is no more.</summary>
    internal sealed record End : ReadResult;
}
