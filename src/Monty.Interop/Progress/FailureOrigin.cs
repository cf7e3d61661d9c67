namespace Monty.Interop;

/// <summary>The source of the error that ended a feed.</summary>
public enum FailureOrigin
{
    /// <summary>Python code raised the error, or the host answered with it and the script did not catch it. These errors carry frames.</summary>
    Script,

    /// <summary>The feed exceeded a limit on time, memory or suspensions. Python code cannot catch this error.</summary>
    Limit,

    /// <summary>The runtime refused a value, a size or a nesting depth. Python code cannot catch this error.</summary>
    Runtime,
}
