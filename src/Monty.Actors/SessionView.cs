using Monty.Actors.Persistence;
using Monty.Interop;

namespace Monty.Actors;

/// <summary>A session as it was at one version: what it does and what it waits for.</summary>
/// <remarks>Immutable and thread-safe. A session goes on meanwhile: a command may find it otherwise, and its reply says so.</remarks>
/// <param name="Session">The session.</param>
/// <param name="Version">The version of its last event; go on from it with <see cref="MontyEngine.FollowAsync"/>.</param>
/// <param name="Status">What it was doing.</param>
/// <param name="Setup">How it was set up, with its labels.</param>
/// <param name="CreatedAt">When it was opened, UTC.</param>
/// <param name="ChangedAt">When it last changed, UTC.</param>
public sealed record SessionView(
    SessionId Session,
    long Version,
    SessionStatus Status,
    SessionSetup Setup,
    DateTimeOffset CreatedAt,
    DateTimeOffset ChangedAt
)
{
    /// <summary>The feed that runs or waits; null where there is none.</summary>
    public FeedView? Feed { get; init; }

    /// <summary>The calls of that feed which have not ended, in the order in which they were made.</summary>
    public EquatableArray<CallView> Calls { get; init; }

    /// <summary>Why it is quarantined, with the evidence; null when it is not.</summary>
    public SessionQuarantined? Quarantine { get; init; }

    /// <summary>The names of the signals that no call has taken, oldest first.</summary>
    public EquatableArray<string> Signals { get; init; }

    internal static SessionView From(SessionSnapshot snapshot, DateTimeOffset changedAt)
    {
        var state = snapshot.State;
        return new(snapshot.Session, snapshot.Version, state.Status, state.Setup!, snapshot.CreatedAt, changedAt)
        {
            Feed = state.Feed is { } feed ? new FeedView(feed.Number, feed.Source.CommandId, feed.Source.Code) : null,
            Calls = (state.Feed?.Calls.Values ?? []).Select(call => CallView.From(state.Feed!.Number, call)).ToEquatableArray(),
            Quarantine = state.Quarantine,
            Signals = state.Signals.Select(signal => signal.Name).ToEquatableArray(),
        };
    }
}

/// <summary>A feed that runs or waits.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <param name="Number">Counted from 1 in the session.</param>
/// <param name="CommandId">The id of its command: wait for its end with <see cref="MontyEngine.WaitAsync"/>.</param>
/// <param name="Code">Python source.</param>
public sealed record FeedView(int Number, string CommandId, string Code);

/// <summary>A call that has not ended.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <param name="Feed">The number of the feed that made it.</param>
/// <param name="CallId">Its id within the feed.</param>
/// <param name="Name">The name of the tool, or of the call to the operating system.</param>
/// <param name="Arguments">The positional arguments in order.</param>
/// <param name="Keywords">The keyword arguments in the order written.</param>
/// <param name="Kind">Who ends it.</param>
public sealed record CallView(
    int Feed,
    uint CallId,
    string Name,
    EquatableArray<MontyValue> Arguments,
    EquatableArray<KeyValuePair<string, MontyValue>> Keywords,
    CallKind Kind
)
{
    /// <summary>When it ends by itself, UTC; null for never. It stands still in quarantine.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>When its handler is tried again, UTC; null when it runs, or there is none.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>How many attempts of its handler failed.</summary>
    public int FailedAttempts { get; init; }

    /// <summary>The command that answers it: for external calls and those of handlers, not for timers and signals.</summary>
    /// <param name="commandId">The command's id.</param>
    /// <param name="answer">A return or a raise.</param>
    public AnswerCommand Answer(string commandId, MontyAnswer answer) => new(commandId, Feed, CallId, answer);

    /// <summary>The call as Python source, such as <c>approve('Rome', nights=2)</c>, cut.</summary>
    /// <param name="maxLength">The most characters; one more, <c>…</c>, stands for the rest.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is negative.</exception>
    public string Display(int maxLength = 1000) => new MontyFunctionCall(Name, Arguments, Keywords, CallId).Display(maxLength);

    internal static CallView From(int feed, OpenCall call) =>
        new(
            feed,
            call.CallId,
            call.Name,
            call.Call is MontyOsCall os ? os.Arguments : ((MontyFunctionCall)call.Call).Arguments,
            call.Call is MontyFunctionCall { Keywords: var keywords } ? keywords : [],
            call.Kind
        )
        {
            DueAt = call.DueAt,
            RetryAt = call.RetryAt,
            FailedAttempts = call.FailedAttempts,
        };
}
