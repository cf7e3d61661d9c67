namespace Monty.Interop;

/// <summary>The base class of the client's exceptions, except those for mistakes of the caller.</summary>
/// <remarks>
/// They come from the script (<see cref="MontyScriptException"/>, <see cref="MontyTypeCheckException"/>), from the worker
/// (<see cref="MontyWorkerException"/>), from the size of the data (<see cref="MontySizeException"/>), from the installation
/// (<see cref="MontyRuntimeNotFoundException"/>), or from a tool's handler (<see cref="PythonException"/>). For mistakes of the caller, the
/// client throws <see cref="ArgumentException"/>, <see cref="InvalidOperationException"/> or <see cref="ObjectDisposedException"/>.
/// </remarks>
public abstract class MontyException : Exception
{
    private protected MontyException(string message, Exception? inner = null)
        : base(message, inner) { }
}
