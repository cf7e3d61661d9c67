namespace Monty.Interop.Wire;

/// <summary>Thrown when a frame is not a valid event of protocol version 2. It breaks the connection, and users see a <see cref="MontyWorkerException"/>.</summary>
/// <param name="message">The invalid content as a noun phrase, such as "an unterminated varint".</param>
internal sealed class WireFormatException(string message) : Exception(message);
