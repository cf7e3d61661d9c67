using Monty.Interop.Wire;

namespace Monty.Interop;

/// <summary>A position in a script.</summary>
/// <param name="Line">The line, counted from 1.</param>
/// <param name="Column">The column, counted from 1 in characters (Unicode scalar values).</param>
public readonly record struct SourceLocation(int Line, int Column);
