using Monty.Interop.Wire;

namespace Monty.Interop;

/// <summary>Structured data of an exception: <see cref="UnicodeErrorData"/> or <see cref="JsonErrorData"/>.</summary>
public abstract record PythonErrorData
{
    private protected PythonErrorData() { }
}

/// <summary>The data of a <c>UnicodeDecodeError</c> or <c>UnicodeEncodeError</c>. The runtime drops it for large objects.</summary>
/// <param name="Encoding">The codec's name.</param>
/// <param name="Source">The bytes or str that could not be converted.</param>
/// <param name="Start">The first bad position.</param>
/// <param name="End">The position after the last bad one.</param>
/// <param name="Reason">The codec's reason.</param>
public sealed record UnicodeErrorData(string Encoding, MontyValue Source, long Start, long End, string Reason) : PythonErrorData;

/// <summary>The data of a <c>json.JSONDecodeError</c>.</summary>
/// <param name="Message">The reason without the position.</param>
/// <param name="Document">The text, or null when it was longer than 65,536 bytes.</param>
/// <param name="Position">The offset of the error in characters.</param>
/// <param name="Line">The line, counted from 1.</param>
/// <param name="Column">The column, counted from 1.</param>
public sealed record JsonErrorData(string Message, string? Document, long Position, long Line, long Column) : PythonErrorData;
