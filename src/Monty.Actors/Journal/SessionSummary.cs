using System.Buffers;
using System.Text;
using Monty.Interop;

namespace Monty.Actors;

/// <summary>What a session is doing. Stores keep the numbers.</summary>
public enum SessionStatus
{
    /// <summary>It takes a feed.</summary>
    Idle = 0,

    /// <summary>A feed runs, or is about to.</summary>
    Running = 1,

    /// <summary>A feed waits for answers or timers.</summary>
    Waiting = 2,

    /// <summary>It was stopped with evidence, and waits for an operator.</summary>
    Quarantined = 3,

    /// <summary>It ended; only its story can be read.</summary>
    Closed = 4,
}

/// <summary>The row by which a session is found: derived from its story, replaced with every append.</summary>
/// <remarks>Immutable and thread-safe. Not authoritative: nothing is decided from it but what to look at.</remarks>
/// <param name="Status">What it is doing.</param>
/// <param name="CreatedAt">When it was opened, UTC, kept to the microsecond.</param>
/// <param name="ChangedAt">When it last changed, UTC, kept to the microsecond.</param>
/// <param name="IsActive">True when it has something to do without being asked, so that a starting engine recovers it.</param>
/// <param name="DueAt">Its earliest timer, UTC, kept to the microsecond; null for none.</param>
/// <param name="WaitingOn">The names of the tools whose calls are open, each once; 256 of 128 characters at most.</param>
/// <param name="Labels">What its owner calls it, each once; 64 of 128 characters at most.</param>
public sealed record SessionSummary(
    SessionStatus Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset ChangedAt,
    bool IsActive = false,
    DateTimeOffset? DueAt = null,
    EquatableArray<string> WaitingOn = default,
    EquatableArray<string> Labels = default
)
{
    /// <summary>The most names in <see cref="WaitingOn"/>.</summary>
    public const int MaxWaitingOn = 256;

    /// <summary>The most labels.</summary>
    public const int MaxLabels = 64;

    /// <summary>The longest tool name or label, in UTF-16 characters.</summary>
    public const int MaxTagLength = 128;

    internal void Check()
    {
        Check(WaitingOn, MaxWaitingOn, "tools waited on");
        Check(Labels, MaxLabels, "labels");
    }

    private static void Check(EquatableArray<string> tags, int most, string what)
    {
        if (tags.Count == 0)
        {
            return;
        }

        if (tags.Count > most)
        {
            throw new ArgumentException($"A session has {most} {what} at most, and these are {tags.Count}.");
        }

        foreach (var tag in tags)
        {
            if (!IsTag(tag))
            {
                throw new ArgumentException(
                    $"One of a session's {what} is empty, over {MaxTagLength} characters, or holds a NUL or half of a surrogate pair. Choose another."
                );
            }
        }

        if (tags.Distinct(StringComparer.Ordinal).Count() != tags.Count)
        {
            throw new ArgumentException($"One of a session's {what} is there twice.");
        }
    }

    internal static bool IsTag(string? tag)
    {
        if (tag is not { Length: > 0 and <= MaxTagLength })
        {
            return false;
        }

        for (var rest = tag.AsSpan(); !rest.IsEmpty; )
        {
            if (rest[0] == '\0' || Rune.DecodeFromUtf16(rest, out _, out var read) != OperationStatus.Done)
            {
                return false;
            }

            rest = rest[read..];
        }

        return true;
    }
}

/// <summary>A session at its newest version.</summary>
/// <param name="Session">The session.</param>
/// <param name="Version">The version of its last record.</param>
/// <param name="Epoch">The epoch of its owner.</param>
/// <param name="Summary">Its row.</param>
/// <param name="Dump">The last dump that was stored, or null when there is none.</param>
public sealed record SessionHead(SessionId Session, long Version, long Epoch, SessionSummary Summary, JournalDump? Dump)
{
    /// <summary>Why a dump that is stored was left out, such as that its seal is broken; null when nothing is wrong. The records can rebuild what it held.</summary>
    public string? DumpProblem { get; init; }
}

/// <summary>What became of a claim: a closed hierarchy.</summary>
public abstract record ClaimResult
{
    private ClaimResult() { }

    /// <summary>The session is the claimer's.</summary>
    /// <param name="Head">The session at its newest version.</param>
    public sealed record Claimed(SessionHead Head) : ClaimResult;

    /// <summary>There is no such session: the claimer may create it.</summary>
    public sealed record Absent : ClaimResult;

    /// <summary>An owner with a higher epoch has it.</summary>
    /// <param name="Epoch">That epoch.</param>
    public sealed record Fenced(long Epoch) : ClaimResult;
}

/// <summary>Which sessions of a tenant to list, and from where. Filters are joined by "and"; null does not filter.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <param name="Tenant">The tenant.</param>
public sealed record SessionQuery(string Tenant)
{
    /// <summary>Only sessions that do this.</summary>
    public SessionStatus? Status { get; init; }

    /// <summary>Only sessions with an open call of this tool.</summary>
    public string? WaitingOn { get; init; }

    /// <summary>Only sessions with this label.</summary>
    public string? Label { get; init; }

    /// <summary>Only sessions that have not changed since.</summary>
    public DateTimeOffset? UnchangedSince { get; init; }

    /// <summary>The name of the last session that the caller has; null for the first page.</summary>
    public string? After { get; init; }

    /// <summary>The most sessions in the page, 1 to 1000. Default: 100.</summary>
    public int Max { get; init; } = 100;

    internal void Check()
    {
        if (!SessionId.IsValidPart(Tenant))
        {
            throw new ArgumentException("The query's tenant cannot be one.", nameof(Tenant));
        }

        if (After is not null && !SessionId.IsValidPart(After))
        {
            throw new ArgumentException("The query goes on after what cannot be a session's name.", nameof(After));
        }

        if (WaitingOn is not null && !SessionSummary.IsTag(WaitingOn))
        {
            throw new ArgumentException("The query's tool name cannot be one.", nameof(WaitingOn));
        }

        if (Label is not null && !SessionSummary.IsTag(Label))
        {
            throw new ArgumentException("The query's label cannot be one.", nameof(Label));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(Max, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Max, 1000);
    }
}

/// <summary>One line of a listing.</summary>
/// <param name="Session">The session.</param>
/// <param name="Version">The version of its last record.</param>
/// <param name="Summary">Its row.</param>
public sealed record SessionEntry(SessionId Session, long Version, SessionSummary Summary);

/// <summary>A session whose timer is due.</summary>
/// <param name="Session">The session.</param>
/// <param name="DueAt">Its earliest timer, UTC.</param>
public sealed record DueSession(SessionId Session, DateTimeOffset DueAt);
