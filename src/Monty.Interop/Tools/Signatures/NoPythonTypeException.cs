using Monty.Interop.Values.Clr;

namespace Monty.Interop.Tools.Signatures;

/// <summary>A CLR type that no Python value stands for; it reaches users as an <see cref="ArgumentException"/> that names the place.</summary>
/// <param name="type">The type.</param>
/// <param name="reason">Why, and the way out.</param>
internal sealed class NoPythonTypeException(Type type, string reason)
    : Exception($"{ClrTypeName.Format(type)} has no Python counterpart: {reason}");
