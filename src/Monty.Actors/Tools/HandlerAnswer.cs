using Monty.Interop;

namespace Monty.Actors.Tools;

/// <summary>Converts the result or exception of a handler to the answer for the script.</summary>
/// <remarks>Pure.</remarks>
internal static class HandlerAnswer
{
    /// <summary>Returns the answer, or an exception in its place if the answer cannot be sent or stored.</summary>
    public static MontyAnswer Sendable(MontyAnswer answer)
    {
        if (!answer.IsSendable(out var reason))
        {
            return MontyAnswer.Raise("TypeError", $"the host's answer cannot be sent: {string.Concat(reason.EnumerateRunes())}");
        }

        try
        {
            if (answer is ReturnAnswer { Value: var value })
            {
                MontyJson.RequireFit(value);
            }

            return answer;
        }
        catch (MontySizeException tooLarge)
        {
            return MontyAnswer.Raise("RuntimeError", $"the host's answer cannot be stored: {tooLarge.Message}");
        }
    }

    /// <summary>
    /// Converts an exception of a handler to a Python exception. A <see cref="PythonException"/> keeps its text. Of other exceptions only the type is kept,
    /// because their texts may name paths and hosts, and the history stores them.
    /// </summary>
    public static MontyAnswer Of(Exception exception) =>
        Sendable(
            MontyAnswer.Raise(
                exception is PythonException python
                    ? python.Error
                    : new PythonError(PythonException.TypeFor(exception), exception.GetType().Name)
            )
        );
}
