using Monty.Interop;

namespace Monty.Host.Cli;

/// <summary>How one <c>run</c> ended: a closed hierarchy.</summary>
/// <param name="ExitCode">What the shell gets.</param>
/// <param name="Reason">The same for programs: <c>exit_reason</c> of the JSON result.</param>
internal abstract record RunOutcome(int ExitCode, string Reason);

/// <summary>The script ran to its end.</summary>
internal sealed record Finished(MontyResult Result) : RunOutcome(Cli.ExitCode.Done, "completed");

/// <summary>The script ran to its end, and its value is too large for the form that was asked for.</summary>
/// <param name="Result">What it gave.</param>
/// <param name="Message">What is too large, and the way out.</param>
internal sealed record ResultTooLarge(MontyResult Result, string Message) : RunOutcome(Cli.ExitCode.ScriptFailed, "result_too_large");

/// <summary>The script raised, or met a limit, or the runtime refused a value of it.</summary>
/// <param name="Error">What was raised.</param>
/// <param name="Origin">By whom.</param>
/// <param name="ExecutionTime">How long its bytecode ran; null when the worker took that with it.</param>
internal sealed record ScriptFailed(PythonError Error, FailureOrigin Origin, TimeSpan? ExecutionTime)
    : RunOutcome(
        Cli.ExitCode.ScriptFailed,
        Origin switch
        {
            FailureOrigin.Script => "exception",
            FailureOrigin.Limit => "limit",
            _ => "refused_by_runtime",
        }
    );

/// <summary>The type check found errors; nothing ran.</summary>
internal sealed record Rejected(TypeCheckReport Report) : RunOutcome(Cli.ExitCode.ScriptFailed, "type_check");

/// <summary>Nobody reads the output any more; the worker was ended.</summary>
/// <param name="Message">What the system said.</param>
internal sealed record OutputLost(string Message) : RunOutcome(Cli.ExitCode.ScriptFailed, "output_closed");

/// <summary>Something that the person gave cannot be used; nothing ran.</summary>
internal sealed record InputRefused(string Message) : RunOutcome(Cli.ExitCode.Usage, "bad_input");

/// <summary>The runtime is missing, or its worker failed.</summary>
internal sealed record RuntimeFailed(string Message) : RunOutcome(Cli.ExitCode.RuntimeFailed, "runtime_failed");

/// <summary>A signal ended the run and the worker.</summary>
/// <param name="Signal">Its number: 2 for Ctrl-C.</param>
internal sealed record Interrupted(int Signal) : RunOutcome(Cli.ExitCode.Signal + Signal, "interrupted");
