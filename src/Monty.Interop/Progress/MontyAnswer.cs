using System.Diagnostics.CodeAnalysis;
using Monty.Interop.Wire;

namespace Monty.Interop;

/// <summary>The host's answer to a suspension.</summary>
/// <remarks>A closed hierarchy, created by the static members of this class. Immutable and thread-safe.</remarks>
public abstract record MontyAnswer
{
    private protected MontyAnswer() { }

    /// <summary>Answers that the name is not defined, which raises <c>NameError</c> in the script. Valid for calls and name lookups.</summary>
    public static MontyAnswer NotFound { get; } = new NotFoundAnswer();

    /// <summary>Lets the runtime refuse an OS call: it raises <c>PermissionError</c> for file calls and <c>RuntimeError</c> for all others.</summary>
    public static MontyAnswer NotHandled { get; } = new NotHandledAnswer();

    /// <summary>Answers that the call continues in the background and that the script gets its outcome by <c>await</c>. Only valid for calls that the script awaits.</summary>
    public static MontyAnswer Future { get; } = new FutureAnswer();

    /// <summary>Returns a value from the call, or gives the name its value.</summary>
    public static MontyAnswer Return(MontyValue value) => new ReturnAnswer(value);

    /// <summary>Raises an exception at the call, at the name, or at the <c>await</c> of a future. The frames of <paramref name="error"/> are not sent.</summary>
    public static MontyAnswer Raise(PythonError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return new RaiseAnswer(error);
    }

    /// <summary>Raises an exception, given its Python type and message. The type must be one that the runtime knows.</summary>
    public static MontyAnswer Raise(string type, string? message = null) => new RaiseAnswer(new PythonError(type, message));

    /// <summary>Resolves some or all pending futures. Each outcome is a return, a raise or a not-found, and its key is the call id; outcomes are sent in ascending order of their ids.</summary>
    public static MontyAnswer Resolve(IReadOnlyDictionary<uint, MontyAnswer> outcomes)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        return new ResolveAnswer(outcomes);
    }

    /// <summary>Checks that the answer can be sent, without sending it.</summary>
    /// <param name="reason">A message that says which value is wrong and how to fix it, or null when the answer can be sent.</param>
    /// <returns>
    /// True when the answer can be sent for every suspension that accepts its kind. Two things are found only when it is sent: that the whole request is too large, and that
    /// an object of the sandbox in it no longer exists there.
    /// </returns>
    public bool IsSendable([NotNullWhen(false)] out string? reason) => (reason = AnswerEncoder.FindProblem(this)) is null;
}

/// <summary>A returned value. Created by <see cref="MontyAnswer.Return"/>.</summary>
/// <param name="Value">The value.</param>
public sealed record ReturnAnswer(MontyValue Value) : MontyAnswer;

/// <summary>A raised exception. Created by <see cref="MontyAnswer.Raise(PythonError)"/>.</summary>
/// <param name="Error">The exception.</param>
public sealed record RaiseAnswer(PythonError Error) : MontyAnswer;

/// <summary>The answer that a name is not defined. Returned by <see cref="MontyAnswer.NotFound"/>.</summary>
public sealed record NotFoundAnswer : MontyAnswer;

/// <summary>The answer that lets the runtime refuse an OS call. Returned by <see cref="MontyAnswer.NotHandled"/>.</summary>
public sealed record NotHandledAnswer : MontyAnswer;

/// <summary>The answer that a call continues in the background. Returned by <see cref="MontyAnswer.Future"/>.</summary>
public sealed record FutureAnswer : MontyAnswer;

/// <summary>The outcomes of pending futures. Created by <see cref="MontyAnswer.Resolve"/>.</summary>
/// <param name="Outcomes">The outcomes by call id.</param>
public sealed record ResolveAnswer(IReadOnlyDictionary<uint, MontyAnswer> Outcomes) : MontyAnswer;
