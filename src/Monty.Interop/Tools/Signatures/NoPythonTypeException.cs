using Monty.Interop.Values.Clr;

namespace Monty.Interop.Tools.Signatures;

/// <summary>Thrown when a CLR type has no Python counterpart. Callers turn it into an <see cref="ArgumentException"/> that names the parameter or member.</summary>
/// <param name="type">The type.</param>
/// <param name="reason">The reason, and what to use instead.</param>
internal sealed class NoPythonTypeException(Type type, string reason)
    : Exception($"{ClrTypeName.Format(type)} has no Python counterpart: {reason}");
