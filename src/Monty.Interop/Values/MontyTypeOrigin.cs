using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Monty.Interop;

/// <summary>Who defined a class.</summary>
public enum MontyTypeOrigin
{
    /// <summary>The engine: <c>int</c>, <c>datetime.datetime</c>.</summary>
    Builtin = 1,

    /// <summary>Code in the sandbox.</summary>
    Sandbox = 2,

    /// <summary>The host.</summary>
    Host = 3,
}
