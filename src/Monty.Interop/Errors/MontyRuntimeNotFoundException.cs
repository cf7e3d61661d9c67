namespace Monty.Interop;

/// <summary>Thrown when the runtime's executable was not found.</summary>
public sealed class MontyRuntimeNotFoundException : MontyException
{
    internal MontyRuntimeNotFoundException(string message)
        : base(message) { }
}
