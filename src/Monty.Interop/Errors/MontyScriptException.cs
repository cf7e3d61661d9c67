namespace Monty.Interop;

/// <summary>The script raised an exception that it did not catch, or the runtime ended it (a limit, a refused value). The session stays usable.</summary>
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

    /// <summary>Type, message, frames and data.</summary>
    public PythonError Error { get; }

    /// <summary>Whether the script, a limit or the runtime ended the feed.</summary>
    public FailureOrigin Origin { get; }

    /// <summary>The time that the session's bytecode has run in all its feeds.</summary>
    public TimeSpan ExecutionTime { get; }

    /// <summary>What was printed before it failed, when no <see cref="FeedOptions.OnPrint"/> took it.</summary>
    public string Printed { get; }

    /// <summary>The traceback as CPython prints it.</summary>
    public string Traceback => Error.Traceback;
}
