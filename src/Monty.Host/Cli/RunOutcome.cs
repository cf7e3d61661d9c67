using Monty.Interop;

namespace Monty.Host.Cli;

/// <summary>The way one <c>run</c> ended: a closed hierarchy.</summary>
/// <param name="ExitCode">The exit code of the process.</param>
/// <param name="Reason">The same information for programs: <c>exit_reason</c> of the JSON result.</param>
internal abstract record RunOutcome(int ExitCode, string Reason)
{
    /// <summary>The script ran to its end.</summary>
    internal sealed record Finished(MontyResult Result) : RunOutcome(Cli.ExitCode.Done, "completed");

    /// <summary>The script ran to its end, but its value is too large for the requested format.</summary>
    /// <param name="Result">The result of the script.</param>
    /// <param name="Message">The value that is too large, and the fix.</param>
    internal sealed record ResultTooLarge(MontyResult Result, string Message) : RunOutcome(Cli.ExitCode.ScriptFailed, "result_too_large");

    /// <summary>The script raised an exception, exceeded a limit, or produced a value that the runtime refused.</summary>
    /// <param name="Error">The exception that was raised.</param>
    /// <param name="Origin">The source of the exception: the script, a limit or the runtime.</param>
    /// <param name="ExecutionTime">The time that the script's bytecode ran, or null when the worker was lost before it reported the time.</param>
    internal sealed record ScriptFailed(PythonError Error, FailureOrigin Origin, TimeSpan? ExecutionTime)
        : RunOutcome(Cli.ExitCode.ScriptFailed, GetReason(Origin))
    {
        private static string GetReason(FailureOrigin origin) =>
            origin switch
            {
                FailureOrigin.Script => "exception",
                FailureOrigin.Limit => "limit",
                _ => "refused_by_runtime",
            };
    }

    /// <summary>The type check found errors, so nothing ran.</summary>
    internal sealed record Rejected(TypeCheckReport Report) : RunOutcome(Cli.ExitCode.ScriptFailed, "type_check");

    /// <summary>Standard output could not be written, so the worker was stopped.</summary>
    /// <param name="Message">The error message of the operating system.</param>
    internal sealed record OutputClosed(string Message) : RunOutcome(Cli.ExitCode.ScriptFailed, "output_closed");

    /// <summary>An argument, or a file that an argument names, is invalid. Nothing ran.</summary>
    internal sealed record BadInput(string Message) : RunOutcome(Cli.ExitCode.Usage, "bad_input");

    /// <summary>The runtime is missing, or its worker failed.</summary>
    internal sealed record RuntimeFailed(string Message) : RunOutcome(Cli.ExitCode.RuntimeFailed, "runtime_failed");

    /// <summary>A signal ended the run and the worker.</summary>
    /// <param name="Signal">The number of the signal: 2 for Ctrl-C.</param>
    internal sealed record Interrupted(int Signal) : RunOutcome(Cli.ExitCode.Signal + Signal, "interrupted");
}
