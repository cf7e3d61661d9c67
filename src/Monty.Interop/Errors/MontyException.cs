namespace Monty.Interop;

/// <summary>The base of what can go wrong that is not the caller's fault: the script (<see cref="MontyScriptException"/>,
/// <see cref="MontyTypeCheckException"/>), the worker (<see cref="MontyWorkerException"/>) or the installation (<see cref="MontyRuntimeNotFoundException"/>).</summary>
/// <remarks>The caller's own mistakes are the BCL's exceptions: <see cref="ArgumentException"/>, <see cref="InvalidOperationException"/>, <see cref="ObjectDisposedException"/>.</remarks>
public abstract class MontyException : Exception
{
    private protected MontyException(string message, Exception? inner = null)
        : base(message, inner) { }
}

/// <summary>The script raised an exception that it did not catch, or the runtime ended it (a limit, a refused value). The session stays usable.</summary>
public sealed class MontyScriptException : MontyException
{
    internal MontyScriptException(Failed failed, string printed)
        : base(failed.Error.TypeAndMessage) =>
        (Error, Origin, ExecutionTime, Printed) = (failed.Error, failed.Origin, failed.ExecutionTime, printed);

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

/// <summary>The runtime's executable was not found.</summary>
public sealed class MontyRuntimeNotFoundException : MontyException
{
    internal MontyRuntimeNotFoundException(string message)
        : base(message) { }
}
