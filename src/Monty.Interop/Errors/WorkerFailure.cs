namespace Monty.Interop;

/// <summary>The reasons for the loss of a worker.</summary>
public enum WorkerFailure
{
    /// <summary>The executable could not be started.</summary>
    NotStarted,

    /// <summary>The runtime speaks another version of the protocol.</summary>
    VersionMismatch,

    /// <summary>The worker sent a frame or an event that the protocol does not allow.</summary>
    BrokenProtocol,

    /// <summary>The script needed more memory than the hard ceiling allows. The exit code is 65.</summary>
    OutOfMemory,

    /// <summary>The worker ended unexpectedly: by a panic, a stack overflow, or a signal from outside.</summary>
    Crashed,

    /// <summary>The worker was killed because a turn exceeded its timeout.</summary>
    TimedOut,

    /// <summary>The worker was killed because a turn was canceled.</summary>
    Cancelled,

    /// <summary>The worker was killed because the script printed more than the host collects.</summary>
    PrintLimitExceeded,

    /// <summary>The worker was killed because the host abandoned a turn: a print callback threw, or the session was disposed.</summary>
    Abandoned,
}
