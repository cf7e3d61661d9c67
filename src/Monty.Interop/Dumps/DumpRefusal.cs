namespace Monty.Interop;

/// <summary>The reason that a dump was refused.</summary>
public enum DumpRefusal
{
    /// <summary>The bytes are not a dump made by this library.</summary>
    NotADump,

    /// <summary>The dump has a newer format, written by a later version of this library.</summary>
    NewerFormat,

    /// <summary>The dump was changed or truncated after it was made, or it was signed with another key.</summary>
    Tampered,

    /// <summary>The dump is not signed although the pool has a key, or it is signed although the pool has no key.</summary>
    SignatureMismatch,

    /// <summary>The dump was made by another version of the runtime.</summary>
    OtherRuntime,

    /// <summary>The runtime refused to load the dump.</summary>
    RefusedByRuntime,
}
