namespace Monty.Interop;

/// <summary>The base of what can go wrong that is not the caller's fault: the script (<see cref="MontyScriptException"/>,
/// <see cref="MontyTypeCheckException"/>), the worker (<see cref="MontyWorkerException"/>) or the installation (<see cref="MontyRuntimeNotFoundException"/>).</summary>
/// <remarks>The caller's own mistakes are the BCL's exceptions: <see cref="ArgumentException"/>, <see cref="InvalidOperationException"/>, <see cref="ObjectDisposedException"/>.</remarks>
public abstract class MontyException : Exception
{
    private protected MontyException(string message, Exception? inner = null)
        : base(message, inner) { }
}
