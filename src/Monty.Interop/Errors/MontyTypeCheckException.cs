namespace Monty.Interop;

/// <summary>The type check refused the code: nothing ran, and the session is as before.</summary>
public sealed class MontyTypeCheckException : MontyException
{
    internal MontyTypeCheckException(string diagnostics)
        : base("The type check refused the code:\n" + diagnostics) => Diagnostics = diagnostics;

    /// <summary>The findings as text.</summary>
    public string Diagnostics { get; }
}
