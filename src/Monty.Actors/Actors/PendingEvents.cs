using Monty.Actors.Persistence;
using Monty.Interop;

namespace Monty.Actors.Actors;

/// <summary>The events of one session that are staged and not stored yet, and the states before and after them.</summary>
/// <remarks>Not thread-safe: it belongs to one session actor. What is only staged was never visible: a failure drops it.</remarks>
internal sealed class PendingEvents(SessionId session, SessionStoreOptions limits, TimeProvider time)
{
    private readonly List<SessionEvent> events = [];
    private readonly List<Persistence.Proto.Event> encoded = [];
    private long bytes;

    /// <summary>The state that is stored.</summary>
    public SessionState Stored { get; private set; } = SessionState.None;

    /// <summary>The state with the staged events.</summary>
    public SessionState Staged { get; private set; } = SessionState.None;

    /// <summary>The version of the last stored event.</summary>
    public long Version { get; private set; }

    /// <summary>When the session was opened or forked, UTC.</summary>
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>True when events are to be stored.</summary>
    public bool HasStaged => events.Count > 0;

    /// <summary>Takes over a snapshot.</summary>
    public void Recover(SessionSnapshot snapshot)
    {
        Stored = snapshot.State;
        Staged = snapshot.State;
        Version = snapshot.Version;
        CreatedAt = snapshot.CreatedAt;
    }

    /// <summary>Takes over a stored change.</summary>
    /// <exception cref="InvalidOperationException">The history does not allow the change.</exception>
    public void Recover(SessionChange change)
    {
        if (change.FirstVersion != Version + 1)
        {
            throw new InvalidOperationException($"Event {Version + 1} is missing: the next one is {change.FirstVersion}.");
        }

        Stored = SessionEvolver.Evolve(Stored, change.Events);
        Staged = Stored;
        Version = change.LastVersion;
        CreatedAt = change.CreatedAt;
    }

    /// <summary>Stages events, to be stored next together with the interpreter's state after them.</summary>
    /// <param name="next">The events.</param>
    /// <param name="dumpBytes">The size of the state that is stored with them.</param>
    /// <returns>Null, or the reason why they cannot be stored; then nothing changed.</returns>
    public string? TryStage(EquatableArray<SessionEvent> next, long dumpBytes = 0)
    {
        List<Persistence.Proto.Event> newlyEncoded;
        try
        {
            newlyEncoded = [.. next.Select(EventCodec.Write)];
        }
        catch (MontySizeException tooLargeForAnyStore)
        {
            return tooLargeForAnyStore.Message;
        }

        var size = bytes + dumpBytes + newlyEncoded.Sum(e => (long)e.CalculateSize());
        if (size > limits.MaxChangeBytes)
        {
            return $"what happened takes {size} bytes, and the store takes {limits.MaxChangeBytes} at once";
        }

        Staged = SessionEvolver.Evolve(Staged, next);
        events.AddRange(next);
        encoded.AddRange(newlyEncoded);
        bytes = size - dumpBytes;
        return null;
    }

    /// <summary>Stages events that are known to be small.</summary>
    public void Stage(EquatableArray<SessionEvent> next)
    {
        if (TryStage(next) is { } reason)
        {
            throw new InvalidOperationException($"{session} cannot go on: {reason}. Raise MaxChangeBytes of the store.");
        }
    }

    /// <summary>Makes a change of the staged events.</summary>
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

    /// <summary>The staged events of a change are stored.</summary>
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
