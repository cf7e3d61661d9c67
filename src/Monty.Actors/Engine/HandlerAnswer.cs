using Monty.Interop;

namespace Monty.Actors.Engine;

/// <summary>What a script is given for what a handler here returned or threw.</summary>
/// <remarks>Pure.</remarks>
internal static class HandlerAnswer
{
    /// <summary>The answer, or an exception in its place where it cannot be sent or stored.</summary>
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

    /// <summary>The Python exception for what a handler threw: a <see cref="PythonException"/> whole; of others the type alone, as their texts may name paths and hosts, and the story keeps what it is given.</summary>
    public static MontyAnswer Of(Exception exception) =>
        Sendable(
            MontyAnswer.Raise(
                exception is PythonException python
                    ? python.Error
                    : new PythonError(PythonException.TypeFor(exception), exception.GetType().Name)
            )
        );
}
