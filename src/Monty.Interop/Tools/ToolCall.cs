using Monty.Interop.HostObjects;

namespace Monty.Interop.Tools;

/// <summary>A call of a tool, as its handler receives it.</summary>
/// <param name="Call">The call that the script made.</param>
/// <param name="Objects">The objects that the session has lent.</param>
/// <param name="Receiver">The object that a method is called on, or null for a function.</param>
internal readonly record struct ToolCall(MontyFunctionCall Call, LentObjects Objects, object? Receiver = null);
