namespace Monty.Interop;

/// <summary>Why a dump was refused.</summary>
public enum DumpRefusal
{
    /// <summary>The bytes are no dump of this client.</summary>
    NotADump,

    /// <summary>A newer version of this client wrote it.</summary>
    NewerFormat,

    /// <summary>It was changed or cut since it was made, or signed with another key.</summary>
    Tampered,

    /// <summary>It carries no signature although a key is set, or one although none is.</summary>
    SignatureMismatch,

    /// <summary>Another version of the runtime made it.</summary>
    OtherRuntime,

    /// <summary>The runtime itself refused it.</summary>
    RefusedByRuntime,
}
