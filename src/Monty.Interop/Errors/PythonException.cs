using Monty.Interop.Wire;

namespace Monty.Interop;

/// <summary>Thrown by a tool's handler to raise a Python exception of a chosen type in the script.</summary>
public sealed class PythonException : MontyException
{
    /// <summary>Creates an exception to raise.</summary>
    /// <param name="type">One of the types that the runtime knows, such as <c>ValueError</c>.</param>
    /// <param name="message">The message, or null for none.</param>
    /// <exception cref="ArgumentException">The runtime does not know the type.</exception>
    public PythonException(string type, string? message = null)
        : base(message ?? type) => Error = new PythonError(RuntimeNames.CheckException(type), message);

    /// <summary>The error to raise.</summary>
    public PythonError Error { get; }

    /// <summary>Returns the Python error for a .NET exception: the nearest type, with the name of the .NET type in the message.</summary>
    internal static PythonError From(Exception exception) =>
        exception is PythonException python
            ? python.Error
            : new PythonError(TypeFor(exception), $"{exception.GetType().Name}: {exception.Message}");

    private static string TypeFor(Exception exception) =>
        exception switch
        {
            ArgumentException or FormatException => "ValueError",
            KeyNotFoundException => "KeyError",
            IndexOutOfRangeException => "IndexError",
            TimeoutException => "TimeoutError",
            NotImplementedException or NotSupportedException => "NotImplementedError", // thrown by handlers only; the client never throws it
            FileNotFoundException or DirectoryNotFoundException => "FileNotFoundError",
            UnauthorizedAccessException => "PermissionError",
            IOException => "OSError",
            OverflowException => "OverflowError",
            DivideByZeroException => "ZeroDivisionError",
            ArithmeticException => "ArithmeticError",
            InvalidCastException => "TypeError",
            _ => "RuntimeError",
        };
}
