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

/// <summary>How a stateless turn runs.</summary>
/// <remarks>Immutable.</remarks>
public sealed record TurnOptions
{
    internal static TurnOptions Default { get; } = new();

    /// <summary>The set-up of a new session; for a dumped one its limits only cap the dump's counts of suspensions. Default: the defaults.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public SessionOptions Session
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Session));
    } = new();

    /// <summary>Answers suspensions on the spot, so that the turn goes on in the same worker; null as the answer ends the turn there. Default: null, the turn ends at the first suspension.</summary>
    public Func<MontySuspension, MontyAnswer?>? GoOn { get; init; }

    /// <summary>Told of each piece of what is printed, before <see cref="GoOn"/> is asked about what came after it; <see cref="TurnResult.Printed"/> has the whole. Default: nobody.</summary>
    public Action<string>? OnPrint { get; init; }

    /// <summary>The most UTF-8 bytes printed in the turn; past it the worker is killed. Default: 10 MiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public long MaxPrintBytes
    {
        get;
        init => field = PrintCollector.CheckCap(value);
    } = 10 * 1024 * 1024;
}

/// <summary>What a stateless turn led to.</summary>
/// <param name="Printed">What was printed, in order.</param>
/// <param name="Progress">The suspension or the end of the feed.</param>
/// <param name="Dump">The session after the turn.</param>
public sealed record TurnResult(string Printed, MontyProgress Progress, MontyDump Dump);
