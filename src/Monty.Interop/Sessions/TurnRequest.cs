using System.Diagnostics.CodeAnalysis;
using Monty.Interop.Tools;
using Monty.Interop.Wire;

namespace Monty.Interop;

/// <summary>The request of a stateless turn (<see cref="MontyPool.TurnAsync"/>). A closed hierarchy.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public abstract record TurnRequest
{
    private protected TurnRequest() { }

    /// <summary>Checks that the request can be sent, without sending it: the code, the names and values of inputs, an answer for its suspension, or an exception.</summary>
    /// <param name="reason">A message that says which value is wrong and how to fix it, or null when the request can be sent.</param>
    /// <returns>True when a session in the right state accepts the request. Only sending it shows that an object of the sandbox in it no longer exists there.</returns>
    public bool IsSendable([NotNullWhen(false)] out string? reason)
    {
        try
        {
            TurnEncoder.Encode(this, asyncCalls: []);
            reason = null;
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or MontySizeException)
        {
            reason = exception.Message;
            return false;
        }
    }
}

/// <summary>Runs a snippet. The session must be idle.</summary>
/// <param name="Code">Python source.</param>
/// <param name="Inputs">Values that are assigned to globals before the code runs, or null.</param>
/// <param name="ScriptName">The script's name in frames, or null to use the name of the session.</param>
public sealed record FeedTurn(string Code, IReadOnlyDictionary<string, MontyValue>? Inputs = null, string? ScriptName = null) : TurnRequest
{
    /// <summary>
    /// The names of the host functions that scripts call with <c>await</c>. Each is defined in the session once, as a coroutine function, so that a call starts
    /// only when it is awaited. A turn cannot be sent if a script cannot call one of the names, because it is not an identifier, or is a keyword or a builtin.
    /// Default: none.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public IReadOnlyCollection<string> AsyncFunctions
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(AsyncFunctions));
    } = [];

    /// <exception cref="ArgumentException">A script cannot call one of the names of <see cref="AsyncFunctions"/>.</exception>
    internal void CheckNames()
    {
        foreach (var name in AsyncFunctions)
        {
            ToolNames.Check(name);
        }
    }
}

/// <summary>Answers the suspension that the dumped session waits for.</summary>
/// <param name="Suspension">The suspension with which the previous turn ended. Only its kind and ids are used.</param>
/// <param name="Answer">The answer.</param>
public sealed record AnswerTurn(MontySuspension Suspension, MontyAnswer Answer) : TurnRequest;

/// <summary>Ends the feed at its suspension.</summary>
/// <param name="Error">The exception to raise there.</param>
public sealed record AbortTurn(PythonError Error) : TurnRequest;
