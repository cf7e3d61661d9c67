using System.Diagnostics.CodeAnalysis;
using Monty.Interop.Tools;
using Monty.Interop.Wire;

namespace Monty.Interop;

/// <summary>What one stateless turn does (<see cref="MontyPool.TurnAsync"/>): a closed hierarchy.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public abstract record TurnRequest
{
    private protected TurnRequest() { }

    /// <summary>Checks that the request can be sent, without sending it: code, the names and values of inputs, an answer and whether it fits, an exception.</summary>
    /// <param name="reason">What is wrong with which value, and the fix; null when the request can be sent.</param>
    /// <returns>True when the request is taken by a session that is in the state for it. Only sending it shows whether an object of the sandbox in it still exists there.</returns>
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

/// <summary>Executes a snippet; the session must be idle.</summary>
/// <param name="Code">Python source.</param>
/// <param name="Inputs">Values bound as globals first, or null.</param>
/// <param name="ScriptName">The script's name in frames; null for the session's.</param>
public sealed record FeedTurn(string Code, IReadOnlyDictionary<string, MontyValue>? Inputs = null, string? ScriptName = null) : TurnRequest
{
    /// <summary>The names of the host's functions that scripts <c>await</c>. Each is defined in the session as a coroutine function, once, so that no call of it starts before its <c>await</c>. Default: none.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    /// <exception cref="ArgumentException">No script could call one of them: it is no identifier, a keyword or a builtin.</exception>
    public IReadOnlyCollection<string> AsyncFunctions
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(AsyncFunctions));
            foreach (var name in value)
            {
                ToolNames.Check(name);
            }

            field = value;
        }
    } = [];
}

/// <summary>Answers the suspension that the dumped session waits for.</summary>
/// <param name="Suspension">The one that the turn before ended with; its ids and kind count.</param>
/// <param name="Answer">The answer.</param>
public sealed record AnswerTurn(MontySuspension Suspension, MontyAnswer Answer) : TurnRequest;

/// <summary>Ends the feed at its suspension.</summary>
/// <param name="Error">The exception that is raised there.</param>
public sealed record AbortTurn(PythonError Error) : TurnRequest;
