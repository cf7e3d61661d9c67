namespace Monty.Interop;

/// <summary>A feed that ran to completion.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <param name="Value">The value of the last statement if it is an expression, else <c>None</c>.</param>
/// <param name="ExecutionTime">The time that the session's bytecode has run in all its feeds.</param>
/// <param name="Printed">What was printed, when no <see cref="FeedOptions.OnPrint"/> took it.</param>
/// <param name="Warnings">What a person should know although the feed succeeded, such as a call that the script never awaited.</param>
public sealed record MontyResult(MontyValue Value, TimeSpan ExecutionTime, string Printed, EquatableArray<string> Warnings);
