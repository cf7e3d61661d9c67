using Monty.Interop;

namespace Monty.Actors;

/// <summary>The outcome of a turn on a worker. A closed hierarchy.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal abstract record TurnOutcome
{
    private TurnOutcome() { }

    /// <summary>The turn ran until the script waited or the feed ended.</summary>
    /// <param name="Steps">The suspensions that were answered within the turn, in order.</param>
    /// <param name="Printed">The text that was printed after the last step.</param>
    /// <param name="Progress">The suspension that the script waits at, or the end of the feed.</param>
    public sealed record Ran(EquatableArray<TurnStep> Steps, string Printed, MontyProgress Progress) : TurnOutcome
    {
        /// <summary>The length of the file that the suspending call appends to, or null if the turn ended otherwise.</summary>
        public long? FileLength { get; init; }
    }

    /// <summary>The worker died during the turn.</summary>
    /// <param name="Evidence">The exit code and the end of standard error.</param>
    public sealed record WorkerDied(string Evidence) : TurnOutcome;

    /// <summary>The engine ended the turn, for example at its deadline. The state before the turn stays valid, and the feed ends with an outcome.</summary>
    /// <param name="Outcome">The outcome of the feed.</param>
    /// <param name="Printed">The text that was printed in the turn, which is recorded for the user.</param>
    public sealed record Discarded(FeedOutcome Outcome, string Printed = "") : TurnOutcome;
}

/// <summary>A suspension that was answered within a turn.</summary>
/// <param name="Printed">The text that was printed before it.</param>
/// <param name="Suspension">The suspension.</param>
/// <param name="Answer">The answer. A future announces the call.</param>
internal sealed record TurnStep(string Printed, MontySuspension Suspension, MontyAnswer Answer)
{
    /// <summary>The time at which the answer changed the session's own files, or null if it did not.</summary>
    public DateTimeOffset? FilesChangedAt { get; init; }
}
