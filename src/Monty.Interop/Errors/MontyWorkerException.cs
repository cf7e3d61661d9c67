namespace Monty.Interop;

/// <summary>The worker failed, not the script: the session on it is lost, and with it every variable since the last dump.</summary>
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

    /// <summary>What happened.</summary>
    public WorkerFailure Failure { get; }

    /// <summary>The worker's exit code, 128 + n after signal n; null when it never started.</summary>
    public int? ExitCode { get; }

    /// <summary>The last text that the worker wrote to standard error, at most 4 KiB.</summary>
    public string StandardError { get; }

    /// <summary>True when the request had been sent, so that the script may have run on: repeating it may repeat its calls.</summary>
    public bool TurnMayHaveRun { get; }
}
