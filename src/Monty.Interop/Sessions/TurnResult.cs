namespace Monty.Interop;

/// <summary>What a stateless turn led to.</summary>
/// <param name="Printed">What was printed, in order.</param>
/// <param name="Progress">The suspension or the end of the feed.</param>
/// <param name="Dump">The session after the turn.</param>
public sealed record TurnResult(string Printed, MontyProgress Progress, MontyDump Dump);
