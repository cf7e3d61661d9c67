using System.Text.Json;
using Monty.Actors.Persistence;
using Monty.Interop;

namespace Monty.Actors.Actors;

/// <summary>The events of one session that are staged and not stored yet, with the states before and after them.</summary>
/// <remarks>Not thread-safe. Used by one session actor. Staged events are not visible to others, and a failure drops them.</remarks>
internal sealed class PendingEvents(SessionId session, SessionStoreOptions limits, TimeProvider time)
{
    private readonly List<SessionEvent> events = [];
    private readonly List<Persistence.Proto.Event> encoded = [];
    private long bytes;

    /// <summary>The state after the stored events.</summary>
    public SessionState Stored { get; private set; } = SessionState.None;

    /// <summary>The state after the staged events.</summary>
    public SessionState Staged { get; private set; } = SessionState.None;

    /// <summary>The version of the last stored event.</summary>
    public long Version { get; private set; }

    /// <summary>The time at which the session was opened or forked, in UTC.</summary>
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>The time of the last recovered change, in UTC. If only a snapshot was recovered, the time at which the session was opened or forked.</summary>
    public DateTimeOffset RecoveredAt { get; private set; }

    /// <summary>True if there are staged events.</summary>
    public bool HasStaged => events.Count > 0;

    /// <summary>Takes over a snapshot.</summary>
    public void Recover(SessionSnapshot snapshot)
    {
        Stored = snapshot.State;
        Staged = snapshot.State;
        Version = snapshot.Version;
        CreatedAt = snapshot.CreatedAt;
        RecoveredAt = snapshot.CreatedAt;
    }

    /// <summary>Takes over a stored change.</summary>
    /// <exception cref="InvalidOperationException">The history does not allow the change.</exception>
    public void Recover(SessionChange change)
    {
        if (change.FirstVersion != Version + 1)
        {
            throw new InvalidOperationException(
                $"The history has a gap: event {Version + 1} is missing, and the next one is {change.FirstVersion}."
            );
        }

        Stored = SessionEvolver.Evolve(Stored, change.Events);
        Staged = Stored;
        Version = change.LastVersion;
        CreatedAt = change.CreatedAt;
        RecoveredAt = change.At;
    }

    /// <summary>Stages events, to be stored with the interpreter's state after them.</summary>
    /// <param name="next">The events.</param>
    /// <param name="dumpBytes">The size of the interpreter's state, in bytes.</param>
    /// <returns>Null, or the reason why the events cannot be stored. In that case nothing changed.</returns>
    public string? TryStage(EquatableArray<SessionEvent> next, long dumpBytes = 0)
    {
        List<Persistence.Proto.Event> newlyEncoded;
        try
        {
            if (ContentSize.WhyTooLarge(next, limits.MaxChangeBytes, bytes + dumpBytes) is { } tooLarge)
            {
                return tooLarge;
            }

            newlyEncoded = [.. next.Select(EventCodec.Write)];
        }
        catch (Exception tooLargeForAnyStore) when (tooLargeForAnyStore is MontySizeException or JsonException)
        {
            return tooLargeForAnyStore.Message;
        }
#pragma warning disable CA1031 // An event that cannot be encoded must not stop its session: its command is refused, or its feed fails.
        catch (Exception unexpected)
#pragma warning restore CA1031
        {
            return $"they cannot be encoded ({unexpected.GetType().Name})"; // scripts see this text
        }

        var size = bytes + dumpBytes + newlyEncoded.Sum(e => (long)e.CalculateSize());
        if (size > limits.MaxChangeBytes)
        {
            return $"the change has {size} bytes, and the store accepts at most {limits.MaxChangeBytes}";
        }

        Add(next, newlyEncoded, size - dumpBytes);
        return null;
    }

    /// <summary>
    /// Stages events that are small and must always be stored, such as a quarantine or a close. <see cref="SessionStoreOptions.MaxRowBytes"/> has room for
    /// them.
    /// </summary>
    public void Stage(EquatableArray<SessionEvent> next)
    {
        List<Persistence.Proto.Event> newlyEncoded = [.. next.Select(EventCodec.Write)];
        Add(next, newlyEncoded, bytes + newlyEncoded.Sum(e => (long)e.CalculateSize()));
    }

    private void Add(EquatableArray<SessionEvent> next, List<Persistence.Proto.Event> newlyEncoded, long size)
    {
        Staged = SessionEvolver.Evolve(Staged, next);
        events.AddRange(next);
        encoded.AddRange(newlyEncoded);
        bytes = size;
    }

    /// <summary>Creates a change from the staged events.</summary>
    public SessionChange ToChange(long sequenceNumber, long epoch, StoredDump? dump)
    {
        var now = Microseconds.Cut(time.GetUtcNow());
        var createdAt = Version == 0 ? now : CreatedAt;
        return new SessionChange(session, sequenceNumber, Version + 1, now, [.. events])
        {
            CreatedAt = createdAt,
            Dump = dump,
            Epoch = epoch,
            Summary = SessionSummaries.From(Staged, createdAt, now),
            Encoded = [.. encoded],
        };
    }

    /// <summary>Records that a change with staged events was stored.</summary>
    public void Commit(SessionChange change)
    {
        Stored = Staged;
        Version = change.LastVersion;
        CreatedAt = change.CreatedAt;
        events.Clear();
        encoded.Clear();
        bytes = 0;
    }
}
