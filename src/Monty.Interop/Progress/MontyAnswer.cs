using System.Diagnostics.CodeAnalysis;
using Monty.Interop.Wire;

namespace Monty.Interop;

/// <summary>The host's answer to a suspension: a closed hierarchy, made by the static members.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public abstract record MontyAnswer
{
    private protected MontyAnswer() { }

    /// <summary>The name is not defined: <c>NameError</c> in the script. For calls and name lookups.</summary>
    public static MontyAnswer NotFound { get; } = new NotFoundAnswer();

    /// <summary>The runtime's own refusal of an OS call: <c>PermissionError</c> for files, <c>RuntimeError</c> for the rest.</summary>
    public static MontyAnswer NotHandled { get; } = new NotHandledAnswer();

    /// <summary>The call goes on in the background; the script may await it. Only for calls that the script awaits.</summary>
    public static MontyAnswer Future { get; } = new FutureAnswer();

    /// <summary>The value of the call or the name.</summary>
    public static MontyAnswer Return(MontyValue value) => new ReturnAnswer(value);

    /// <summary>Raises an exception at the call, the name, or a future's <c>await</c>; frames in it are not sent.</summary>
    public static MontyAnswer Raise(PythonError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return new RaiseAnswer(error);
    }

    /// <summary>Raises an exception of one of the types that the runtime knows.</summary>
    public static MontyAnswer Raise(string type, string? message = null) => new RaiseAnswer(new PythonError(type, message));

    /// <summary>Outcomes of some or all pending futures, by call id; each is a return, a raise or a not-found. They are sent in the order of their ids.</summary>
    public static MontyAnswer Resolve(IReadOnlyDictionary<uint, MontyAnswer> outcomes)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        return new ResolveAnswer(outcomes);
    }

    /// <summary>Checks that the answer can be sent, without sending it.</summary>
    /// <param name="reason">What is wrong with which value, and the fix; null when the answer can be sent.</param>
    /// <returns>
    /// True when the answer is taken wherever its kind fits. Two things show only when it is sent: the size of the whole request, and whether an object of the sandbox in it
    /// still exists there.
    /// </returns>
    public bool IsSendable([NotNullWhen(false)] out string? reason) => (reason = AnswerEncoder.WhyUnsendable(this)) is null;
}

/// <summary>Made by <see cref="MontyAnswer.Return"/>.</summary>
/// <param name="Value">The value.</param>
public sealed record ReturnAnswer(MontyValue Value) : MontyAnswer;

/// <summary>Made by <see cref="MontyAnswer.Raise(PythonError)"/>.</summary>
/// <param name="Error">The exception.</param>
public sealed record RaiseAnswer(PythonError Error) : MontyAnswer;

/// <summary>Made by <see cref="MontyAnswer.NotFound"/>.</summary>
public sealed record NotFoundAnswer : MontyAnswer;

/// <summary>Made by <see cref="MontyAnswer.NotHandled"/>.</summary>
public sealed record NotHandledAnswer : MontyAnswer;

/// <summary>Made by <see cref="MontyAnswer.Future"/>.</summary>
public sealed record FutureAnswer : MontyAnswer;

/// <summary>Made by <see cref="MontyAnswer.Resolve"/>.</summary>
/// <param name="Outcomes">The outcomes by call id.</param>
public sealed record ResolveAnswer(IReadOnlyDictionary<uint, MontyAnswer> Outcomes) : MontyAnswer;
