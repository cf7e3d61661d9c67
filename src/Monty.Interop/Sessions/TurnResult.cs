namespace Monty.Interop;

/// <summary>The result of a stateless turn.</summary>
/// <param name="Printed">The printed text.</param>
/// <param name="Progress">The suspension at which the turn ended, or the end of the feed.</param>
/// <param name="Dump">The session after the turn.</param>
public sealed record TurnResult(string Printed, MontyProgress Progress, MontyDump Dump);
