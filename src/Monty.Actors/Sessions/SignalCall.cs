using Monty.Interop;

namespace Monty.Actors;

/// <summary>Validates the arguments of a call that waits for a signal: <c>receive(name)</c>.</summary>
/// <remarks>Pure.</remarks>
internal static class SignalCall
{
    /// <summary>Returns the Python exception for invalid arguments, or null if they are valid.</summary>
    public static PythonError? Check(MontyFunctionCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.Keywords.Count > 0)
        {
            return new PythonError("TypeError", $"{call.Name}() takes no keyword arguments");
        }

        if (call.Arguments.Count != 1)
        {
            return new PythonError("TypeError", $"{call.Name}() takes exactly one argument ({call.Arguments.Count} given)");
        }

        if (call.Arguments[0] is not MontyStr { Value: var name })
        {
            return new PythonError("TypeError", $"{call.Name}() takes the name of a signal as str, not {call.Arguments[0].TypeName}");
        }

        return name.Length <= SessionCommand.MaxTextLength
            ? null
            : new PythonError(
                "ValueError",
                $"{call.Name}() takes a name of at most {SessionCommand.MaxTextLength} characters, and this one has {name.Length}"
            );
    }

    internal static string NameOf(OpenCall call) => NameOf((MontyFunctionCall)call.Call);

    internal static string NameOf(MontyFunctionCall call) => ((MontyStr)call.Arguments[0]).Value;
}
