using System.Diagnostics;

namespace Monty.Interop.Workers;

/// <summary>The end of a worker, for an error message.</summary>
/// <param name="Failure">The reason.</param>
/// <param name="ExitCode">The process's exit code.</param>
/// <param name="FatalMessage">The runtime's last event, or null.</param>
/// <param name="Cause">The problem that the client found in the worker's output, or null.</param>
internal sealed record WorkerEnd(WorkerFailure Failure, int ExitCode, string? FatalMessage, Exception? Cause)
{
    /// <summary>The reason why a worker ended that the client did not kill.</summary>
    public static WorkerFailure FailureOf(int exitCode) =>
        exitCode switch
        {
            4 => WorkerFailure.VersionMismatch,
            65 => WorkerFailure.OutOfMemory,
            76 => WorkerFailure.BrokenProtocol,
            _ => WorkerFailure.Crashed,
        };

    /// <summary>Returns a message that says what happened and what to do about it.</summary>
    /// <param name="hasServed">True when the worker was lent to a session, false when it had only been started.</param>
    /// <param name="standardError">The worker's last text on standard error, or nothing.</param>
    public string Describe(bool hasServed, string standardError)
    {
        var advice =
            Failure == WorkerFailure.VersionMismatch ? "Use the runtime that this version of the client pins."
            : hasServed ? "The session on it is lost. Open another session, or load the last dump."
            : "It was only being started: check that RuntimePath, MONTY_BIN or PATH lead to the Monty runtime.";
        return $"{Describe()} {advice}{(standardError.Length > 0 ? $" It wrote: {standardError}" : "")}";
    }

    private string Describe() =>
        Failure switch
        {
            WorkerFailure.VersionMismatch =>
                $"The Monty runtime does not speak protocol version {WorkerConnection.ProtocolVersion}, which this client needs: {FatalMessage ?? $"it ended with code {ExitCode}"}.",
            WorkerFailure.OutOfMemory =>
                "The Monty worker ran out of memory (exit code 65): the script, an input or a result needed more than the hard ceiling of the memory limit.",
            WorkerFailure.TimedOut => "The Monty worker was killed because a turn passed its timeout.",
            WorkerFailure.Cancelled => "The Monty worker was killed because a turn was canceled.",
            WorkerFailure.PrintLimitExceeded => $"The Monty worker was killed: {Cause?.Message}.",
            WorkerFailure.Abandoned => "The Monty worker was killed because the host abandoned a turn before its end.",
            WorkerFailure.BrokenProtocol =>
                $"The Monty worker broke the protocol and was killed: {FatalMessage ?? Cause?.Message ?? "it reported a malformed frame"}.",
            WorkerFailure.Crashed =>
                $"The Monty worker ended unexpectedly with exit code {ExitCode}{(FatalMessage is null ? "" : $": {FatalMessage}")}.",
            _ => throw new UnreachableException(),
        };
}
