namespace Monty.Interop;

/// <summary>Python's <c>repr</c> of a value.</summary>
internal static class PythonRepr
{
    public static string Of(MontyValue value) => value.TypeName;
}
