using System.Collections.Immutable;
using Monty.Interop;

namespace Monty.Actors;

/// <summary>The state of a session, derived from its history.</summary>
/// <remarks>Immutable and thread-safe. Only <see cref="SessionEvolver"/> creates it.</remarks>
internal sealed record SessionState
{
    /// <summary>A session that has not been opened.</summary>
    public static SessionState None { get; } = new();

    /// <summary>The setup of the session, or null before it is opened.</summary>
    public SessionSetup? Setup { get; init; }

    /// <summary>True if the session is closed.</summary>
    public bool IsClosed { get; init; }

    /// <summary>The number of feeds that the session has accepted.</summary>
    public int FeedCount { get; init; }

    /// <summary>The feed that runs or waits, or null if the session is idle.</summary>
    public OpenFeed? Feed { get; init; }

    /// <summary>The names of the tools that scripts call with <c>await</c>, as of the last feed.</summary>
    public EquatableArray<string> AsyncFunctions { get; init; }

    /// <summary>The signals that no call has received yet, oldest first.</summary>
    public ImmutableList<KeptSignal> Signals { get; init; } = [];

    /// <summary>The event of the fork that the session started with, or null if it was opened.</summary>
    public SessionForked? Origin { get; init; }

    /// <summary>The ids of the commands that were applied last, so that each command is applied only once.</summary>
    public CommandLog Commands { get; init; } = CommandLog.Empty;

    /// <summary>True if a script has changed files, so that the session's files must be restored from its history.</summary>
    public bool HasFiles { get; init; }

    /// <summary>The number of workers that died one after another during the current turn.</summary>
    public int ConsecutiveWorkerCrashes { get; init; }

    /// <summary>The number of consecutive recoveries for the current turn, with no other event in between.</summary>
    public int ConsecutiveResumes { get; init; }

    /// <summary>The turn that <see cref="ConsecutiveResumes"/> counts, or null for none.</summary>
    public string? ResumedTurn { get; init; }

    /// <summary>The quarantine event, or null if the session is not quarantined.</summary>
    public SessionQuarantined? Quarantine { get; init; }

    /// <summary>The activity of the session.</summary>
    public SessionStatus Status =>
        IsClosed ? SessionStatus.Closed
        : Quarantine is not null ? SessionStatus.Quarantined
        : Feed is null ? SessionStatus.Idle
        : SessionDecider.NextTurn(this) is null ? SessionStatus.Waiting
        : SessionStatus.Running;

    /// <summary>The earliest time at which a call ends or is retried by itself, or null for never.</summary>
    public DateTimeOffset? DueAt => Quarantine is null ? Feed?.Calls.Values.Select(c => Earlier(c.DueAt, c.RetryAt)).Min() : null;

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;
}

/// <summary>A feed that runs or waits.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <param name="Number">The number of the feed, counted from 1 in the session.</param>
/// <param name="Source">The event that started the feed.</param>
internal sealed record OpenFeed(int Number, FeedStarted Source)
{
    /// <summary>The suspension that the interpreter waits at, or null before the first turn.</summary>
    public MontySuspension? Pending { get; init; }

    /// <summary>The calls that have not ended, by id.</summary>
    public ImmutableSortedDictionary<uint, OpenCall> Calls { get; init; } = ImmutableSortedDictionary<uint, OpenCall>.Empty;

    /// <summary>The answers of the calls that have ended, by id. They are kept, so that a second answer gets the first one back.</summary>
    public CallAnswers Answers { get; init; } = CallAnswers.Empty;

    /// <summary>
    /// The calls whose answers were delivered in the current turn, or empty if there were none. A turn that is run again delivers the same answers.
    /// </summary>
    public EquatableArray<uint> Delivering { get; init; }

    /// <summary>The outcome with which the feed ends as soon as the interpreter has been told, or null if the feed is not being stopped.</summary>
    public FeedOutcome? Stopping { get; init; }

    internal OpenFeed WaitFor(MontySuspension suspension) => this with { Pending = suspension, Delivering = [] };
}

/// <summary>A call that was announced and has not ended.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <param name="CallId">The id of the call within the feed.</param>
/// <param name="Call">The suspension of the call.</param>
/// <param name="Kind">The kind of the call, which says how it ends.</param>
/// <param name="ArgumentsHash">The hash of the name and arguments.</param>
/// <param name="DueAt">The time at which the call ends by itself, or null for never.</param>
internal sealed record OpenCall(uint CallId, MontySuspension Call, CallKind Kind, string ArgumentsHash, DateTimeOffset? DueAt)
{
    /// <summary>The length of the file that the call appends to, or null for other calls.</summary>
    public long? FileLength { get; init; }

    /// <summary>The number of failed attempts.</summary>
    public int FailedAttempts { get; init; }

    /// <summary>The time of the next attempt, or null if an attempt may run.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>True if a handler must run for the call now, because no retry is being waited for.</summary>
    public bool IsRunning => Kind == CallKind.Handler && RetryAt is null;

    /// <summary>True for a change of files, which is not a call of a tool.</summary>
    public bool IsForFiles => Call is MontyOsCall;

    /// <summary>The name of the tool, or of the operating system call.</summary>
    public string Name => Call is MontyFunctionCall function ? function.Name : ((MontyOsCall)Call).Function.ToString();
}

/// <summary>A signal that is kept for a call.</summary>
/// <param name="Name">The name of the signal.</param>
/// <param name="Value">The value of the signal.</param>
internal sealed record KeptSignal(string Name, MontyValue Value);
