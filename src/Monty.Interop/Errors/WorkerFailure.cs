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

    /// <summary>It was killed because a turn passed its timeout.</summary>
    TimedOut,

    /// <summary>It was killed because a turn was cancelled.</summary>
    Cancelled,

    /// <summary>It was killed because the script printed more than the host collects.</summary>
    PrintLimitExceeded,

    /// <summary>It was killed because the host gave up a turn half-way: a print callback threw, or the session was disposed.</summary>
    Abandoned,
}
