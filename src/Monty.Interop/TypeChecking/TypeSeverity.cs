using System.Text;

namespace Monty.Interop;

/// <summary>How bad a finding is.</summary>
public enum TypeSeverity
{
    /// <summary>Said for information, such as a revealed type.</summary>
    Information,

    /// <summary>Doubtful; the code may run.</summary>
    Warning,

    /// <summary>Wrong; the code should not run.</summary>
    Error,
}
