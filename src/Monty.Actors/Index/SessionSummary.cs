using System.Buffers;
using System.Text;
using Monty.Interop;

namespace Monty.Actors;

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
