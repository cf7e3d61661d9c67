namespace Monty.Host.Cli.Output;

/// <summary>Writes the output of a run: as text while it runs, or as JSON at its end.</summary>
internal interface IRunOutput
{
    /// <summary>True if <see cref="End"/> needs the calls of the run.</summary>
    bool NeedsCalls { get; }

    /// <summary>Receives the text that the script prints, in order.</summary>
    /// <exception cref="IOException">The text cannot be written, for example because the reader has closed the pipe.</exception>
    void Print(string text);

    /// <summary>Writes the result of the run.</summary>
    /// <returns>The exit code of the outcome, or another exit code if the result cannot be written.</returns>
    int End(RunOutcome outcome, LoggedCalls calls);
}
