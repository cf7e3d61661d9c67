using System.Buffers;
using System.Text;
using Monty.Interop;

namespace Monty.Actors;

/// <summary>The index row of a session. It is derived from the history and replaced with every append.</summary>
/// <remarks>Immutable and thread-safe. The index is not authoritative: it is used to find sessions, and their state is read from the history.</remarks>
/// <param name="Status">The activity of the session.</param>
/// <param name="CreatedAt">The time at which the session was opened, in UTC, with microsecond precision.</param>
/// <param name="ChangedAt">The time of the last change, in UTC, with microsecond precision.</param>
/// <param name="IsActive">True if the session has work to do without a command, so that a starting engine recovers it.</param>
/// <param name="DueAt">The time of the earliest timer, in UTC, with microsecond precision, or null for none.</param>
/// <param name="WaitingOn">The names of the tools with open calls, without duplicates. At most 256 names of 128 characters.</param>
/// <param name="Labels">The labels of the session, without duplicates. At most 64 labels of 128 characters.</param>
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
    /// <summary>The maximum number of names in <see cref="WaitingOn"/>.</summary>
    public const int MaxWaitingOn = 256;

    /// <summary>The maximum number of labels.</summary>
    public const int MaxLabels = 64;

    /// <summary>The maximum length of a tool name or label, in UTF-16 characters.</summary>
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
            throw new ArgumentException($"A session can have at most {most} {what}, but {tags.Count} were given.");
        }

        foreach (var tag in tags)
        {
            if (!IsTag(tag))
            {
                throw new ArgumentException(
                    $"One of a session's {what} is empty, longer than {MaxTagLength} characters, or contains a NUL or an unpaired surrogate. Choose another."
                );
            }
        }

        if (tags.Distinct(StringComparer.Ordinal).Count() != tags.Count)
        {
            throw new ArgumentException($"One of a session's {what} occurs twice. Remove the duplicate.");
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
