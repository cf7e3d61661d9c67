namespace Monty.Interop;

/// <summary>Thrown when the script raised an exception that it did not catch, or the runtime ended it at a limit or a refused value.</summary>
/// <remarks>The session stays usable. <see cref="Exception.Message"/> is the error's <see cref="PythonError.TypeAndMessage"/>.</remarks>
public sealed class MontyScriptException : MontyException
{
    internal MontyScriptException(MontyFailed failed, string printed)
        : base(failed.Error.TypeAndMessage)
    {
        Error = failed.Error;
        Origin = failed.Origin;
        ExecutionTime = failed.ExecutionTime;
        Printed = printed;
    }

    /// <summary>The error: its type, message, frames and data.</summary>
    public PythonError Error { get; }

    /// <summary>The cause of the feed's end: the script, a limit or the runtime.</summary>
    public FailureOrigin Origin { get; }

    /// <summary>The time for which the session's bytecode has run, in all its feeds.</summary>
    public TimeSpan ExecutionTime { get; }

    /// <summary>The text that the script printed before it failed. Empty when <see cref="FeedOptions.OnPrint"/> received it.</summary>
    public string Printed { get; }

    /// <summary>The traceback as CPython prints it, with the limits that <see cref="PythonError.Traceback"/> describes.</summary>
    public string Traceback => Error.Traceback;
}
