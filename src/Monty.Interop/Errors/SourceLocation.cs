using Monty.Interop.Wire;

namespace Monty.Interop;

/// <summary>A place in a script.</summary>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1 in characters (Unicode scalar values).</param>
public readonly record struct SourceLocation(int Line, int Column);
