namespace Monty.Interop;

/// <summary>Thrown when a dump is not loaded. The pool and all sessions are unchanged.</summary>
public sealed class MontyDumpException : MontyException
{
    internal MontyDumpException(DumpRefusal refusal, string message)
        : base(message) => Refusal = refusal;

    /// <summary>The reason that the dump was refused.</summary>
    public DumpRefusal Refusal { get; }
}
