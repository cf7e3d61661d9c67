namespace Monty.Interop.Wire;

/// <summary>The runtime's refusal of a request that it could not decode, or that does not fit its state: nothing ran, and its state is as before.</summary>
/// <remarks>It never leaves the client, which says what was refused in an exception.</remarks>
/// <param name="Reason">What is wrong, in the runtime's words.</param>
internal sealed record ProtocolViolation(string Reason) : MontyProgress;
