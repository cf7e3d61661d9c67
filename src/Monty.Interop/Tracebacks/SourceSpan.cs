namespace Monty.Interop.Tracebacks;

/// <summary>A part of a text, in UTF-16 units.</summary>
/// <param name="Start">Where it starts.</param>
/// <param name="End">Where it ends, exclusive.</param>
internal readonly record struct SourceSpan(int Start, int End);
