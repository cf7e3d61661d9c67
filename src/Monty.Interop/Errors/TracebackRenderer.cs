namespace Monty.Interop;

/// <summary>Renders a <see cref="PythonError"/> as CPython 3.13 and later print it, without colour.</summary>
internal static class TracebackRenderer
{
    public static string Render(PythonError error) => error.TypeAndMessage;
}
