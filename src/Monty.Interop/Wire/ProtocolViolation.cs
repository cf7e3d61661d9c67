namespace Monty.Interop.Wire;

/// <summary>The runtime's refusal of a request that it could not decode, or that does not fit its state. Nothing ran, and its state is unchanged.</summary>
/// <remarks>Users never see it. The client throws an exception with the reason instead.</remarks>
/// <param name="Reason">The reason, as the runtime words it.</param>
internal sealed record ProtocolViolation(string Reason) : MontyProgress;
