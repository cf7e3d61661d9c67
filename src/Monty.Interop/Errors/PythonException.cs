using Monty.Interop.Wire;

namespace Monty.Interop;

/// <summary>Thrown by a tool's handler to raise a Python exception of a chosen type and text in the script.</summary>
/// <remarks>For any other exception, the script sees only the nearest Python type and the name of the tool that failed (<see cref="FeedOptions.OnHandlerError"/>).</remarks>
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

    /// <summary>Returns the Python type that is nearest to a .NET exception, for a host that answers calls itself.</summary>
    /// <param name="exception">The exception of a handler.</param>
    /// <returns>
    /// The name of a builtin exception, such as <c>ValueError</c> for an <see cref="ArgumentException"/>, or <c>RuntimeError</c> if no other type is near.
    /// </returns>
    public static string TypeFor(Exception exception) =>
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
