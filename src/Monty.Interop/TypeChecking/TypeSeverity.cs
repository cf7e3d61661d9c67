using System.Text;

namespace Monty.Interop;

/// <summary>The severity of a finding.</summary>
public enum TypeSeverity
{
    /// <summary>Information, such as a revealed type.</summary>
    Information,

    /// <summary>A doubt. The code may run.</summary>
    Warning,

    /// <summary>An error. The code should not run.</summary>
    Error,
}
