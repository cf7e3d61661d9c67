namespace Monty.Interop;

/// <summary>The result of a feed that completed.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <param name="Value">The value of the last statement if it is an expression, otherwise <c>None</c>.</param>
/// <param name="ExecutionTime">The time that the session has spent executing bytecode, in all its feeds.</param>
/// <param name="Printed">The printed text. Empty when <see cref="FeedOptions.OnPrint"/> received it.</param>
/// <param name="Warnings">Warnings about a feed that succeeded, such as a call that the script never awaited.</param>
public sealed record MontyResult(MontyValue Value, TimeSpan ExecutionTime, string Printed, EquatableArray<string> Warnings);
