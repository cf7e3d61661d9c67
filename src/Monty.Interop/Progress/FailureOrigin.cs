using System.Text;

namespace Monty.Interop;

/// <summary>Who ended a feed that failed.</summary>
public enum FailureOrigin
{
    /// <summary>Python code, or an error answered by the host and not caught. Such errors carry frames.</summary>
    Script,

    /// <summary>A limit on time, memory or suspensions, which Python code cannot catch.</summary>
    Limit,

    /// <summary>The runtime refused a value, a size or a depth, which Python code cannot catch.</summary>
    Runtime,
}
