namespace Monty.Interop;

/// <summary>The effect of a file call. Higher values include lower ones.</summary>
public enum FileEffect
{
    /// <summary>The call changes nothing.</summary>
    Nothing,

    /// <summary>The call may change files that are held in memory.</summary>
    Memory,

    /// <summary>The call may change files of the host.</summary>
    Host,
}
