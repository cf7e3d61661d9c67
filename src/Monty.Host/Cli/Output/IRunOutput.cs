namespace Monty.Host.Cli.Output;

/// <summary>Where a run shows itself: to a person as it goes, or to a program at its end.</summary>
internal interface IRunOutput
{
    /// <summary>Whether <see cref="End"/> wants to see the calls.</summary>
    bool ShowsCalls { get; }

    /// <summary>Takes what the script prints, in order.</summary>
    /// <exception cref="IOException">Nobody reads it any more.</exception>
    void Print(string text);

    /// <summary>Shows how the run ended.</summary>
    /// <returns>The exit code: the outcome's, unless the result could not be written.</returns>
    int End(RunOutcome outcome, LoggedCalls calls);
}
