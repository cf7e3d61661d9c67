using Monty.Actors.Persistence;
using Monty.Interop;

namespace Monty.Actors;

/// <summary>The state of a session at one version: its activity and the calls that it waits for.</summary>
/// <remarks>
/// Immutable and thread-safe. The session may change after the view was read. A command is decided on the session's current state, not on the view.
/// </remarks>
/// <param name="Session">The session.</param>
/// <param name="Version">The version of the last event. Continue from it with <see cref="MontyEngine.FollowAsync"/>.</param>
/// <param name="Status">The activity of the session at that version.</param>
/// <param name="Setup">The setup of the session, including its labels.</param>
/// <param name="CreatedAt">The time at which the session was opened, in UTC.</param>
/// <param name="ChangedAt">The time of the last change, in UTC.</param>
public sealed record SessionView(
    SessionId Session,
    long Version,
    SessionStatus Status,
    SessionSetup Setup,
    DateTimeOffset CreatedAt,
    DateTimeOffset ChangedAt
)
{
    /// <summary>The feed that runs or waits, or null if there is none.</summary>
    public FeedView? Feed { get; init; }

    /// <summary>The calls of the feed that have not ended, in the order in which they were made.</summary>
    public EquatableArray<CallView> Calls { get; init; }

    /// <summary>The reason for the quarantine with its evidence, or null if the session is not quarantined.</summary>
    public SessionQuarantined? Quarantine { get; init; }

    /// <summary>The names of the signals that no call has received, oldest first.</summary>
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
/// <param name="Number">The number of the feed, counted from 1 in the session.</param>
/// <param name="CommandId">The id of the command that started the feed. Wait for the feed with <see cref="MontyEngine.WaitAsync"/>.</param>
/// <param name="Code">The Python source.</param>
public sealed record FeedView(int Number, string CommandId, string Code);

/// <summary>A call that has not ended.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <param name="Feed">The number of the feed that made the call.</param>
/// <param name="CallId">The id of the call within the feed.</param>
/// <param name="Name">The name of the tool, or of the operating system call.</param>
/// <param name="Arguments">The positional arguments, in order.</param>
/// <param name="Keywords">The keyword arguments, in the order written.</param>
/// <param name="Kind">The kind of the call, which says how it ends.</param>
public sealed record CallView(
    int Feed,
    uint CallId,
    string Name,
    EquatableArray<MontyValue> Arguments,
    EquatableArray<KeyValuePair<string, MontyValue>> Keywords,
    CallKind Kind
)
{
    /// <summary>The time at which the call ends by itself, in UTC, or null for never. A call does not end while the session is quarantined.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The time of the next attempt of the handler, in UTC, or null if the handler runs or the call has no handler.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>The number of failed attempts of the handler.</summary>
    public int FailedAttempts { get; init; }

    /// <summary>Creates the command that answers the call. Applies to external calls and calls with a handler, not to timers and signals.</summary>
    /// <param name="commandId">The id of the new command.</param>
    /// <param name="answer">The value to return or the exception to raise.</param>
    public AnswerCommand Answer(string commandId, MontyAnswer answer) => new(commandId, Feed, CallId, answer);

    /// <summary>Returns the call as Python source, such as <c>approve('Rome', nights=2)</c>, cut to a maximum length.</summary>
    /// <param name="maxLength">The maximum length in characters. A longer text is cut there, and <c>…</c> is appended.</param>
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
