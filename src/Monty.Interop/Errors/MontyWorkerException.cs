namespace Monty.Interop;

/// <summary>Thrown when the worker failed, not the script. Its session is lost, with every variable that was set since the last dump.</summary>
public sealed class MontyWorkerException : MontyException
{
    internal MontyWorkerException(
        WorkerFailure failure,
        string message,
        int? exitCode = null,
        string standardError = "",
        bool turnMayHaveRun = false,
        Exception? inner = null
    )
        : base(message, inner)
    {
        Failure = failure;
        ExitCode = exitCode;
        StandardError = standardError;
        TurnMayHaveRun = turnMayHaveRun;
    }

    /// <summary>The kind of failure.</summary>
    public WorkerFailure Failure { get; }

    /// <summary>The worker's exit code, which is 128 + n after signal n. Null when the worker never started.</summary>
    public int? ExitCode { get; }

    /// <summary>The last text that the worker wrote to standard error, at most 4 KiB.</summary>
    public string StandardError { get; }

    /// <summary>True when the request had been sent, so that the script may have continued. Repeating the request may then repeat its calls.</summary>
    public bool TurnMayHaveRun { get; }
}
