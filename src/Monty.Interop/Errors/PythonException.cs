using Monty.Interop.Wire;

namespace Monty.Interop;

/// <summary>Thrown by a tool's handler to raise a Python exception of a chosen type in the script.</summary>
public sealed class PythonException : MontyException
{
    /// <summary>An exception to raise.</summary>
    /// <param name="type">One of the types that the runtime knows, such as <c>ValueError</c>.</param>
    /// <param name="message">The message, or null for none.</param>
    /// <exception cref="ArgumentException">The runtime does not know the type.</exception>
    public PythonException(string type, string? message = null)
        : base(message ?? type) => Error = new PythonError(RuntimeNames.CheckException(type), message);

    /// <summary>What is raised.</summary>
    public PythonError Error { get; }

    /// <summary>The Python exception that stands for one of .NET: the nearest type, the .NET type's name kept in the message.</summary>
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
            NotImplementedException or NotSupportedException => "NotImplementedError", // a handler's, as Python names it; nothing here throws one
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
