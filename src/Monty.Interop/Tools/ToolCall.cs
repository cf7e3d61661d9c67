using Monty.Interop.HostObjects;

namespace Monty.Interop.Tools;

/// <summary>What a call brings to a tool's handler.</summary>
/// <param name="Call">The call.</param>
/// <param name="Objects">The objects that the session has lent.</param>
/// <param name="Receiver">The object whose method is called; null for a function.</param>
internal readonly record struct ToolCall(MontyFunctionCall Call, LentObjects Objects, object? Receiver = null);
