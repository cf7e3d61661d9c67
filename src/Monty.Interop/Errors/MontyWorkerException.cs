namespace Monty.Interop;

/// <summary>Why a worker is gone.</summary>
public enum WorkerFailure
{
    /// <summary>The executable could not be started.</summary>
    NotStarted,

    /// <summary>The runtime speaks another version of the protocol.</summary>
    VersionMismatch,

    /// <summary>It sent something that is no legal frame or event.</summary>
    BrokenProtocol,

    /// <summary>The script needed more memory than the hard ceiling allows: exit code 65.</summary>
    OutOfMemory,

    /// <summary>It ended by itself without being asked: a panic, a stack overflow, a signal from outside.</summary>
    Crashed,

    /// <summary>It was killed because a turn passed its deadline.</summary>
    DeadlineExceeded,

    /// <summary>It was killed because a turn was cancelled.</summary>
    Cancelled,

    /// <summary>It was killed because the script printed more than the host collects.</summary>
    PrintLimitExceeded,

    /// <summary>It was killed because the host gave up a turn half-way: a print callback threw, or the session was disposed.</summary>
    Abandoned,
}

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
