namespace Monty.Interop;

/// <summary>What one stateless turn does (<see cref="MontyPool.TurnAsync"/>): a closed hierarchy.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public abstract record TurnRequest
{
    private protected TurnRequest() { }
}

/// <summary>Executes a snippet; the session must be idle.</summary>
/// <param name="Code">Python source.</param>
/// <param name="Inputs">Values bound as globals first, or null.</param>
/// <param name="ScriptName">The script's name in frames; null for the session's.</param>
public sealed record FeedTurn(string Code, IReadOnlyDictionary<string, MontyValue>? Inputs = null, string? ScriptName = null) : TurnRequest;

/// <summary>Answers the suspension that the dumped session waits for.</summary>
/// <param name="Suspension">The one that the turn before ended with; its ids and kind count.</param>
/// <param name="Answer">The answer.</param>
public sealed record AnswerTurn(MontySuspension Suspension, MontyAnswer Answer) : TurnRequest;

/// <summary>Ends the feed at its suspension.</summary>
/// <param name="Error">The exception that is raised there.</param>
public sealed record AbortTurn(PythonError Error) : TurnRequest;
