namespace Monty.Interop.Tools.Signatures;

/// <summary>The role of a C# function in Python, which decides the meaning of its first parameter.</summary>
internal enum FunctionKind
{
    /// <summary>A plain function.</summary>
    Function,

    /// <summary>A method: the first C# parameter is the object, which Python declares as <c>self</c>.</summary>
    Method,

    /// <summary>A constructor: Python declares <c>self</c>, which has no C# parameter.</summary>
    Constructor,
}
