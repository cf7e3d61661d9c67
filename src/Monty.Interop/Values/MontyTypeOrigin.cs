namespace Monty.Interop;

/// <summary>The place where a class is defined.</summary>
public enum MontyTypeOrigin
{
    /// <summary>The runtime defines the class, as for <c>int</c> and <c>datetime.datetime</c>.</summary>
    Builtin = 1,

    /// <summary>Code in the sandbox defines the class.</summary>
    Sandbox = 2,

    /// <summary>The host defines the class.</summary>
    Host = 3,
}
