using Monty.Interop;

namespace Monty.Actors;

/// <summary>What became of a turn on a worker: a closed hierarchy.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal abstract record TurnOutcome
{
    private TurnOutcome() { }

    /// <summary>It ran to a wait or to the end of the feed.</summary>
    /// <param name="Steps">What was asked and answered on the spot, in order.</param>
    /// <param name="Printed">What was printed after the last step.</param>
    /// <param name="Progress">What it waits for, or how the feed ended.</param>
    public sealed record Ran(EquatableArray<TurnStep> Steps, string Printed, MontyProgress Progress) : TurnOutcome
    {
        /// <summary>How long the file is that the call adds to at which it ended; null for other ends.</summary>
        public long? FileLength { get; init; }
    }

    /// <summary>The worker died in the middle.</summary>
    /// <param name="Evidence">How: the exit code, the last of standard error.</param>
    public sealed record WorkerDied(string Evidence) : TurnOutcome;

    /// <summary>The engine ended the turn, such as at its deadline; the state before it counts, and the feed ends there.</summary>
    /// <param name="Outcome">How the feed ends.</param>
    /// <param name="Printed">What was printed in it, which people have a use for.</param>
    public sealed record Discarded(FeedOutcome Outcome, string Printed = "") : TurnOutcome;
}

/// <summary>One suspension inside a turn that was answered on the spot.</summary>
/// <param name="Printed">What was printed before it.</param>
/// <param name="Suspension">What was asked.</param>
/// <param name="Answer">The answer; a future announces the call.</param>
internal sealed record TurnStep(string Printed, MontySuspension Suspension, MontyAnswer Answer)
{
    /// <summary>When the answer changed the session's own files; null where it did not.</summary>
    public DateTimeOffset? FilesChangedAt { get; init; }
}
