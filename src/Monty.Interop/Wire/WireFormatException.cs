namespace Monty.Interop.Wire;

/// <summary>A frame that is no legal event of protocol version 2. It breaks the connection and reaches users as a <see cref="MontyWorkerException"/>.</summary>
/// <param name="message">What was met, as a noun phrase.</param>
internal sealed class WireFormatException(string message) : Exception(message);
