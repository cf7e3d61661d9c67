using Monty.Interop.Wire;

namespace Monty.Interop.TypeChecking;

/// <summary>The reason why a check could not be finished, and what to do about it.</summary>
/// <param name="Failure">The reason.</param>
/// <param name="Problem">The problem, as the end of the sentence "The type check of the code …".</param>
/// <param name="Advice">The advice to the user.</param>
internal sealed record CheckFailure(TypeCheckFailure Failure, string Problem, string Advice)
{
    private const int StackOverflow = 134; // SIGABRT, with which the runtime ends

    /// <summary>Reads the failure of a check from an exception. Returns null for an exception that is not the check's.</summary>
    public static CheckFailure? From(Exception exception, TypeCheckLimits limits) =>
        exception switch
        {
            MontyWorkerException worker => From(worker, limits),
            CheckerErrorException error => new CheckFailure(
                TypeCheckFailure.CheckerFailed,
                $"failed: the checker reported {error.Message}",
                "Simplify the code."
            ),
            _ => null,
        };

    /// <summary>Creates a report with one finding that describes this failure.</summary>
    /// <param name="subject">The subject of the check, such as "the code".</param>
    /// <param name="fileName">Its name in the findings.</param>
    public TypeCheckReport CreateReport(string subject, string fileName) =>
        TypeCheckReport.Failed(Failure, fileName, $"The type check of {subject} {Problem}. {Advice}");

    private static CheckFailure? From(MontyWorkerException worker, TypeCheckLimits limits) =>
        worker.Failure switch
        {
            WorkerFailure.Cancelled or WorkerFailure.VersionMismatch => null,
            WorkerFailure.TimedOut => new CheckFailure(
                TypeCheckFailure.TimedOut,
                $"was stopped: it took longer than {limits.Timeout}",
                "Simplify the code, or raise TypeCheckLimits.Timeout. In a session, TurnTimeout and MaxDuration bound it too."
            ),
            WorkerFailure.OutOfMemory => new CheckFailure(
                TypeCheckFailure.OutOfMemory,
                $"was stopped: it needed more than its memory limit of {limits.MaxMemoryBytes} bytes",
                "Simplify the code, or raise TypeCheckLimits.MaxMemoryBytes. In a session, MontyLimits.MaxMemoryBytes bounds it too."
            ),
            _ when worker.ExitCode == StackOverflow => new CheckFailure(
                TypeCheckFailure.CheckerFailed,
                $"failed: the checker overflowed its stack (exit code {worker.ExitCode})",
                "Split expressions that nest deeply or chain thousands of operators."
            ),
            _ => new CheckFailure(
                TypeCheckFailure.CheckerFailed,
                worker.InnerException is WireFormatException broken
                    ? $"failed: the checker's answer could not be read: {broken.Message}"
                    : $"failed: the checker ended unexpectedly with exit code {worker.ExitCode}",
                "Simplify the code, or check it in smaller parts."
            ),
        };
}

/// <summary>Thrown when the checker reports an internal error.</summary>
internal sealed class CheckerErrorException(string message) : Exception(message);
