namespace Monty.Interop;

/// <summary>A dump was not loaded. Nothing was harmed: the pool and every session are as before.</summary>
public sealed class MontyDumpException : MontyException
{
    internal MontyDumpException(DumpRefusal refusal, string message)
        : base(message) => Refusal = refusal;

    /// <summary>Why.</summary>
    public DumpRefusal Refusal { get; }
}
