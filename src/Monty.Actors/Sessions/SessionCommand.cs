using Monty.Interop;

namespace Monty.Actors;

/// <summary>A command to a session. A closed hierarchy. Send it with <see cref="MontyEngine.SendAsync"/>.</summary>
/// <remarks>
/// <para>Immutable and thread-safe.</para>
/// <para>Every command has an id that its sender chooses. A session applies each id once: a command that is sent again gets
/// <see cref="SessionReply.Repeated"/>, and a different command under the same id is refused with <see cref="SessionRefusal.IdTaken"/>. Commands can
/// therefore be retried safely.</para>
/// <para>A command that cannot be applied is refused with a <see cref="SessionRefusal"/> and changes nothing. It does not throw.</para>
/// </remarks>
public abstract record SessionCommand
{
    /// <summary>The maximum length of a command id, in characters.</summary>
    public const int MaxIdLength = 128;

    /// <summary>The maximum length of a script name, signal name or reason, in characters.</summary>
    public const int MaxTextLength = 1024;

    private protected SessionCommand(string commandId) => CommandId = commandId;

    /// <summary>The id of the command, 1 to 128 characters. Keep it when you send the command again.</summary>
    public string CommandId { get; init; }

    /// <summary>
    /// The time at which the command was first sent, in UTC. Keep it when you send the command again. Default: null, which stands for the time at which the
    /// engine receives it.
    /// </summary>
    /// <remarks>
    /// A session remembers its last 1,024 commands. A command that is older than those is refused with <see cref="SessionRefusal.TooOld"/>, because it may
    /// have been applied.
    /// </remarks>
    public DateTimeOffset? SentAt { get; init; }
}

/// <summary>Opens a session. It is refused with <see cref="SessionRefusal.Exists"/> if the session exists.</summary>
/// <param name="CommandId">The id of the command.</param>
/// <param name="Setup">The setup of the session. It cannot be changed later.</param>
public sealed record OpenCommand(string CommandId, SessionSetup Setup) : SessionCommand(CommandId);

/// <summary>Runs Python code in a session. It is refused with <see cref="SessionRefusal.Busy"/> while another feed runs or waits.</summary>
/// <param name="CommandId">The id of the command.</param>
/// <param name="Code">The Python source.</param>
/// <param name="Inputs">Values that are assigned to global names before the code runs, in order.</param>
/// <param name="ScriptName">The name of the script in tracebacks, or null for the session's <see cref="SessionSetup.ScriptName"/>.</param>
public sealed record FeedCommand(
    string CommandId,
    string Code,
    EquatableArray<KeyValuePair<string, MontyValue>> Inputs = default,
    string? ScriptName = null
) : SessionCommand(CommandId);

/// <summary>Answers an open call, for example a <see cref="CallView"/> of a <see cref="SessionView"/>. The first answer counts.</summary>
/// <remarks>
/// While the feed that made the call is open, a later answer gets <see cref="SessionReply.Repeated"/> with the recorded answer. After the feed has ended, it
/// is refused with <see cref="SessionRefusal.NoSuchCall"/>. Calls of timers and signals cannot be answered: <see cref="SessionRefusal.NotYours"/>.
/// </remarks>
/// <param name="CommandId">The id of the command.</param>
/// <param name="Feed">The number of the feed that made the call.</param>
/// <param name="CallId">The id of the call within the feed.</param>
/// <param name="Answer">The value to return or the exception to raise.</param>
public sealed record AnswerCommand(string CommandId, int Feed, uint CallId, MontyAnswer Answer) : SessionCommand(CommandId);

/// <summary>Records the result of a handler in this process.</summary>
/// <param name="Feed">The number of the feed that made the call.</param>
/// <param name="CallId">The id of the call.</param>
/// <param name="Answer">The value to return or the exception to raise.</param>
internal sealed record EndCallCommand(int Feed, uint CallId, MontyAnswer Answer) : SessionCommand("");

/// <summary>Records that an attempt of a handler failed, and that another one follows.</summary>
/// <param name="Feed">The number of the feed that made the call.</param>
/// <param name="CallId">The id of the call.</param>
/// <param name="Attempt">The number of the failed attempt, counted from 1.</param>
/// <param name="Error">The .NET type of the exception.</param>
/// <param name="RetryAt">The time of the next attempt, in UTC.</param>
internal sealed record RetryCommand(int Feed, uint CallId, int Attempt, string Error, DateTimeOffset RetryAt) : SessionCommand("");

/// <summary>
/// Delivers a value to the oldest call that waits for a signal with this name. If no call waits, the session keeps the signal for the next one. It keeps at
/// most 1,000 signals, and refuses more with <see cref="SessionRefusal.TooManySignals"/>.
/// </summary>
/// <param name="CommandId">The id of the command.</param>
/// <param name="Name">The name of the signal.</param>
/// <param name="Value">The value of the signal.</param>
public sealed record SignalCommand(string CommandId, string Name, MontyValue Value) : SessionCommand(CommandId);

/// <summary>
/// Cancels the feed that runs or waits. The session then accepts another feed. It is refused with <see cref="SessionRefusal.Idle"/> if there is no feed.
/// </summary>
/// <param name="CommandId">The id of the command.</param>
/// <param name="Reason">The reason, which is recorded in the history.</param>
public sealed record CancelCommand(string CommandId, string Reason) : SessionCommand(CommandId);

/// <summary>Releases a quarantined session, so that it continues. Any other session refuses it with <see cref="SessionRefusal.NotQuarantined"/>.</summary>
/// <param name="CommandId">The id of the command.</param>
/// <param name="FailFeed">True to end the open feed as failed, false to run its turn again.</param>
public sealed record ReleaseCommand(string CommandId, bool FailFeed) : SessionCommand(CommandId);

/// <summary>
/// Creates another session of the same tenant that continues from the current state of this session. This session does not change. It must be idle, and the
/// other must not exist.
/// </summary>
/// <remarks>
/// <para>The reply is about the new session: <see cref="SessionReply.Accepted"/> contains its version. If the command is sent again, the reply is
/// <see cref="SessionReply.Repeated"/>, even if one of the sessions has changed since.</para>
/// <para>The new session has the same setup, variables, kept signals and number of feeds. It remembers no command ids, so ids that were used in this session
/// can be used again there.</para>
/// </remarks>
/// <param name="CommandId">The id of the command.</param>
/// <param name="Target">The name of the new session.</param>
public sealed record ForkCommand(string CommandId, string Target) : SessionCommand(CommandId);

/// <summary>Closes a session, and cancels its feed. A closed session accepts no command; its history can still be read until it is purged.</summary>
/// <param name="CommandId">The id of the command.</param>
public sealed record CloseCommand(string CommandId) : SessionCommand(CommandId);

/// <summary>Lets deadlines and retries that are due take effect.</summary>
/// <param name="Now">The current time, in UTC.</param>
internal sealed record TimersElapsedCommand(DateTimeOffset Now) : SessionCommand("")
{
    /// <summary>A call whose time has passed although the clock, which was set back, does not show it yet; or null.</summary>
    public ElapsedCall? Elapsed { get; init; }
}

/// <summary>A call whose time has passed.</summary>
/// <param name="Feed">The number of the feed that made the call.</param>
/// <param name="CallId">The id of the call.</param>
/// <param name="Until">The stored time that has passed, in UTC.</param>
internal sealed record ElapsedCall(int Feed, uint CallId, DateTimeOffset Until);

/// <summary>The setup of a session. It cannot be changed after the session was opened.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record SessionSetup
{
    /// <summary>The name of the script in tracebacks, for feeds without a name of their own. Default: <c>main.py</c>.</summary>
    public string ScriptName { get; init; } = "main.py";

    /// <summary>
    /// The resource limits of the session. Default: the defaults of the runtime, but suspensions are limited for each feed (<see cref="SuspensionsPerFeed"/>)
    /// and not in total.
    /// </summary>
    public MontyLimits Limits { get; init; } = MontyLimits.Default;

    /// <summary>
    /// True to check the types of each feed before it runs, using the engine's tools and the definitions of earlier feeds. Errors end the feed with
    /// <see cref="FeedOutcome.Rejected"/>; warnings do not. Default: false.
    /// </summary>
    public bool TypeCheck { get; init; }

    /// <summary>The labels of the session, for listings. At most 64 labels of 128 characters, without duplicates. Default: none.</summary>
    public EquatableArray<string> Labels { get; init; }

    /// <summary>The maximum number of suspensions of one feed if <see cref="Limits"/> does not set one.</summary>
    public const int SuspensionsPerFeed = 10_000;

    /// <summary>The limits of the interpreter. A durable session has no natural end, so suspensions are limited per feed and not in total.</summary>
    internal MontyLimits EffectiveLimits =>
        Limits with
        {
            MaxSuspensions = Limits.MaxSuspensions ?? int.MaxValue,
            MaxSuspensionsPerFeed = Limits.MaxSuspensionsPerFeed ?? (Limits.MaxSuspensions is null ? SuspensionsPerFeed : null),
        };
}
