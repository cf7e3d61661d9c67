using System.Collections.Immutable;
using Monty.Interop;

namespace Monty.Actors;

/// <summary>A session as its story makes it.</summary>
/// <remarks>Immutable and thread-safe. Made by <see cref="SessionEvolver"/> alone.</remarks>
internal sealed record SessionState
{
    /// <summary>A session that has not been opened.</summary>
    public static SessionState None { get; } = new();

    /// <summary>How it is set up; null before it is opened.</summary>
    public SessionSetup? Setup { get; init; }

    /// <summary>True once it ended for good.</summary>
    public bool IsClosed { get; init; }

    /// <summary>How many feeds it has taken in.</summary>
    public int FeedCount { get; init; }

    /// <summary>The feed that runs or waits; null when it is idle.</summary>
    public OpenFeed? Feed { get; init; }

    /// <summary>Signals that no call has taken yet, oldest first.</summary>
    public ImmutableList<KeptSignal> Signals { get; init; } = [];

    /// <summary>What it was forked from; null for a session that was opened.</summary>
    public SessionForked? Origin { get; init; }

    /// <summary>The ids of the commands applied last, so that each is applied once.</summary>
    public CommandLog Commands { get; init; } = CommandLog.Empty;

    /// <summary>True once a script changed files, so that the files of the session have to be made of its history.</summary>
    public bool HasFiles { get; init; }

    /// <summary>How many workers in a row died in the turn that is due.</summary>
    public int ConsecutiveWorkerCrashes { get; init; }

    /// <summary>How many times in a row the session was recovered for the turn that is due, with nothing else in between.</summary>
    public int ConsecutiveResumes { get; init; }

    /// <summary>The turn of <see cref="ConsecutiveResumes"/>; null for none.</summary>
    public string? ResumedTurn { get; init; }

    /// <summary>Why it is quarantined; null when it is not.</summary>
    public SessionQuarantined? Quarantine { get; init; }

    /// <summary>What it is doing.</summary>
    public SessionStatus Status =>
        IsClosed ? SessionStatus.Closed
        : Quarantine is not null ? SessionStatus.Quarantined
        : Feed is null ? SessionStatus.Idle
        : SessionDecider.NextTurn(this) is null ? SessionStatus.Waiting
        : SessionStatus.Running;

    /// <summary>The earliest time at which something happens by itself; null for never.</summary>
    public DateTimeOffset? DueAt => Quarantine is null ? Feed?.Calls.Values.Select(c => Earlier(c.DueAt, c.RetryAt)).Min() : null;

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;
}

/// <summary>A feed that runs or waits.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <param name="Number">Counted from 1 in the session.</param>
/// <param name="Source">What was fed.</param>
internal sealed record OpenFeed(int Number, FeedStarted Source)
{
    /// <summary>What the interpreter waits for; null before the first turn.</summary>
    public MontySuspension? Pending { get; init; }

    /// <summary>The calls that have not ended, by id.</summary>
    public ImmutableSortedDictionary<uint, OpenCall> Calls { get; init; } = ImmutableSortedDictionary<uint, OpenCall>.Empty;

    /// <summary>The answers of the calls that have ended, by id: they stay, so that a second answer gets the first one back.</summary>
    public ImmutableDictionary<uint, MontyAnswer> Answers { get; init; } = ImmutableDictionary<uint, MontyAnswer>.Empty;

    /// <summary>The calls whose answers the interpreter was given in the turn under way; empty where it was given none. A turn that is run again gives the same.</summary>
    public EquatableArray<uint> Delivering { get; init; }

    /// <summary>How the feed is to end as soon as the interpreter has been told; null while it goes on.</summary>
    public FeedOutcome? Stopping { get; init; }

    internal OpenFeed WaitFor(MontySuspension suspension) => this with { Pending = suspension, Delivering = [] };
}

/// <summary>A call that was announced and has not ended.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <param name="CallId">Its id.</param>
/// <param name="Call">What was called.</param>
/// <param name="Kind">Who ends it.</param>
/// <param name="ArgumentsHash">The hash of name and arguments.</param>
/// <param name="DueAt">When it ends by itself.</param>
internal sealed record OpenCall(uint CallId, MontySuspension Call, CallKind Kind, string ArgumentsHash, DateTimeOffset? DueAt)
{
    /// <summary>How long the file was that it adds to; null for other calls.</summary>
    public long? FileLength { get; init; }

    /// <summary>How many attempts failed.</summary>
    public int FailedAttempts { get; init; }

    /// <summary>When the next attempt is due; null when one may run.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>True when a handler is to run for it now: it waits for no further attempt.</summary>
    public bool IsRunning => Kind == CallKind.Handler && RetryAt is null;

    /// <summary>True for a change of files, which no tool has to do with.</summary>
    public bool IsForFiles => Call is MontyOsCall;

    /// <summary>The name of the tool, or of the call to the operating system.</summary>
    public string Name => Call is MontyFunctionCall function ? function.Name : ((MontyOsCall)Call).Function.ToString();
}

/// <summary>A signal that waits for a call.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
internal sealed record KeptSignal(string Name, MontyValue Value);
