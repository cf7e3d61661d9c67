using Monty.Interop;

namespace Monty.Actors;

/// <summary>What a session is asked to do: a closed hierarchy.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public abstract record SessionCommand
{
    /// <summary>The longest command id, in characters.</summary>
    public const int MaxIdLength = 128;

    /// <summary>The longest script name, signal name or reason, in characters.</summary>
    public const int MaxTextLength = 1024;

    private protected SessionCommand(string commandId) => CommandId = commandId;

    /// <summary>Chosen by the sender and kept when it sends the command again: a session applies each id once, and refuses another command under it.</summary>
    public string CommandId { get; init; }

    /// <summary>When the command was first sent, UTC. Keep it when you send the command again. Default: null, the time at which the engine gets it.</summary>
    /// <remarks>A session remembers the last 1,024 commands. A command that is older than those is refused as <see cref="SessionRefusal.TooOld"/>, because it may have been applied.</remarks>
    public DateTimeOffset? SentAt { get; init; }
}

/// <summary>Creates the session.</summary>
/// <param name="CommandId">The command's id.</param>
/// <param name="Setup">How it is set up, for good.</param>
public sealed record OpenCommand(string CommandId, SessionSetup Setup) : SessionCommand(CommandId);

/// <summary>Executes a snippet; the session must be idle.</summary>
/// <param name="CommandId">The command's id.</param>
/// <param name="Code">Python source.</param>
/// <param name="Inputs">Values bound as globals first, in order.</param>
/// <param name="ScriptName">The script's name in tracebacks; null for the session's.</param>
public sealed record FeedCommand(
    string CommandId,
    string Code,
    EquatableArray<KeyValuePair<string, MontyValue>> Inputs = default,
    string? ScriptName = null
) : SessionCommand(CommandId);

/// <summary>Ends an open call, such as one of a <see cref="SessionView"/>. The first answer counts.</summary>
/// <remarks>A later answer gets the recorded one back (<see cref="SessionReply.Repeated"/>) as long as the feed that made the call is open; after its end, it is refused (<see cref="SessionRefusal.NoSuchCall"/>).</remarks>
/// <param name="CommandId">The command's id.</param>
/// <param name="Feed">The number of the feed that made the call.</param>
/// <param name="CallId">The call.</param>
/// <param name="Answer">A return or a raise.</param>
public sealed record AnswerCommand(string CommandId, int Feed, uint CallId, MontyAnswer Answer) : SessionCommand(CommandId);

/// <summary>A handler here ended its call.</summary>
/// <param name="Feed">The number of the feed that made the call.</param>
/// <param name="CallId">The call.</param>
/// <param name="Answer">A return or a raise.</param>
internal sealed record EndCallCommand(int Feed, uint CallId, MontyAnswer Answer) : SessionCommand("");

/// <summary>An attempt of a handler here failed, and another is due later.</summary>
/// <param name="Feed">The number of the feed that made the call.</param>
/// <param name="CallId">The call.</param>
/// <param name="Attempt">The attempt that failed, from 1.</param>
/// <param name="Error">The .NET type of what was thrown.</param>
/// <param name="RetryAt">When the next attempt is due, UTC.</param>
internal sealed record RetryCommand(int Feed, uint CallId, int Attempt, string Error, DateTimeOffset RetryAt) : SessionCommand("");

/// <summary>Delivers a value under a name: to the oldest call that waits for it, else it is kept for the next one.</summary>
/// <param name="CommandId">The command's id.</param>
/// <param name="Name">The signal's name.</param>
/// <param name="Value">Its value.</param>
public sealed record SignalCommand(string CommandId, string Name, MontyValue Value) : SessionCommand(CommandId);

/// <summary>Ends the feed that runs or waits; the session takes another.</summary>
/// <param name="CommandId">The command's id.</param>
/// <param name="Reason">Why, for the story.</param>
public sealed record CancelCommand(string CommandId, string Reason) : SessionCommand(CommandId);

/// <summary>Lets a quarantined session go on.</summary>
/// <param name="CommandId">The command's id.</param>
/// <param name="FailFeed">True to end its feed as failed, false to try the turn again.</param>
public sealed record ReleaseCommand(string CommandId, bool FailFeed) : SessionCommand(CommandId);

/// <summary>Makes another session of the same tenant that goes on from where this one is; this one does not change. It must be idle, and the other must not exist.</summary>
/// <remarks>
/// The reply speaks of the session that was made: <see cref="SessionReply.Accepted"/> has its version. Sent again it is <see cref="SessionReply.Repeated"/>, whatever became of
/// either session since. The new session has the same set-up, variables, kept signals and count of feeds, and remembers no command ids: those sent to it are its own.
/// </remarks>
/// <param name="CommandId">The command's id.</param>
/// <param name="Target">The name of the session to be made.</param>
public sealed record ForkCommand(string CommandId, string Target) : SessionCommand(CommandId);

/// <summary>Ends the session for good, and its feed with it.</summary>
/// <param name="CommandId">The command's id.</param>
public sealed record CloseCommand(string CommandId) : SessionCommand(CommandId);

/// <summary>Time has come: deadlines and retries that are due happen.</summary>
/// <param name="Now">The time, UTC.</param>
internal sealed record TimersElapsedCommand(DateTimeOffset Now) : SessionCommand("");

/// <summary>How a session is set up.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record SessionSetup
{
    /// <summary>The script's name in tracebacks, for feeds that give none of their own. Default: <c>main.py</c>.</summary>
    public string ScriptName { get; init; } = "main.py";

    /// <summary>What the session may use. Default: the runtime's defaults, but that suspensions are counted feed by feed, <see cref="SuspensionsPerFeed"/> in each, and not in all together.</summary>
    public MontyLimits Limits { get; init; } = MontyLimits.Default;

    /// <summary>True to check the types of each feed before it runs, over the engine's tools and what earlier feeds defined; errors end it as <see cref="FeedOutcome.Rejected"/>, warnings do not. Default: false.</summary>
    public bool TypeCheck { get; init; }

    /// <summary>What its owner calls it, for listings: 64 labels of 128 characters at most, each once. Default: none.</summary>
    public EquatableArray<string> Labels { get; init; }

    /// <summary>How often one feed may suspend where <see cref="Limits"/> says nothing of suspensions.</summary>
    public const int SuspensionsPerFeed = 10_000;

    /// <summary>The limits that the interpreter gets: a durable session has no end, so that a total would be its death.</summary>
    internal MontyLimits EffectiveLimits =>
        Limits with
        {
            MaxSuspensions = Limits.MaxSuspensions ?? int.MaxValue,
            MaxSuspensionsPerFeed = Limits.MaxSuspensionsPerFeed ?? (Limits.MaxSuspensions is null ? SuspensionsPerFeed : null),
        };
}
