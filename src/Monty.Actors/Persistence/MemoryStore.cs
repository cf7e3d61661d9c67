namespace Monty.Actors;

/// <summary>
/// A store in memory, for tests and for work that need not outlive the process. Its sessions continue when one engine on it is disposed and another one is
/// started.
/// </summary>
/// <remarks>
/// Thread-safe. Use one engine at a time. Like every store, it has one owner; a second engine throws <see cref="StoreOwnedException"/>. Disposing it has no
/// effect.
/// </remarks>
public sealed class MemoryStore : SessionStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, StoredSession> sessions = new(StringComparer.Ordinal);
    private readonly SortedDictionary<SessionId, SessionEntry> index = [];
    private long epoch;
    private string? holder;

    /// <summary>Creates an empty store.</summary>
    /// <param name="options">The limits, or null for the defaults.</param>
    public MemoryStore(SessionStoreOptions? options = null)
        : base(options ?? new SessionStoreOptions()) => Options.Check();

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal override Task<StoreOwnership> OwnAsync(string newHolder, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (holder is not null)
            {
                throw new StoreOwnedException(
                    $"Claiming the store in memory failed: another engine uses it ({holder}). Dispose that engine first, or use another store.",
                    holder
                );
            }

            holder = newHolder;
            return Task.FromResult<StoreOwnership>(new Ownership(this, ++epoch));
        }
    }

    internal override void Write(IReadOnlyList<ChangeWrite> writes)
    {
        lock (gate)
        {
            Dictionary<string, WriteOutcome> refused = [];
            foreach (var write in writes)
            {
                write.Outcome = refused.TryGetValue(write.PersistenceId, out var outcome) ? outcome : Write(write);
                if (write.Outcome != WriteOutcome.Stored)
                {
                    refused[write.PersistenceId] = write.Outcome;
                }
            }
        }
    }

    internal override Task ReplaceEntryAsync(SessionEntry entry, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (!index.TryGetValue(entry.Session, out var stored) || stored.Version <= entry.Version)
            {
                index[entry.Session] = entry with { Summary = Microseconds.Cut(entry.Summary) };
            }
        }

        return Task.CompletedTask;
    }

    internal override Task RemoveOrphansAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            foreach (var session in index.Keys.Where(s => !sessions.ContainsKey(Persistence.PersistenceIds.For(s))).ToList())
            {
                index.Remove(session);
            }
        }

        return Task.CompletedTask;
    }

    internal override Task<IReadOnlyList<string>> ListPersistenceIdsAsync(string after, int max, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<string>>([
                .. sessions.Keys.Where(id => string.CompareOrdinal(id, after) > 0).Order(StringComparer.Ordinal).Take(max),
            ]);
        }
    }

    internal override Task<long> FindHighestAsync(string persistenceId, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Task.FromResult(sessions.TryGetValue(persistenceId, out var session) ? (long)session.Changes.Count : 0);
        }
    }

    internal override Task<IReadOnlyList<StoredRow>> ReadPageAsync(
        string persistenceId,
        long from,
        long to,
        int max,
        CancellationToken cancellationToken
    )
    {
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<StoredRow>>(
                sessions.TryGetValue(persistenceId, out var session)
                    ? [.. session.Changes.Skip((int)from - 1).TakeWhile(r => r.SequenceNumber <= to).Take(max)]
                    : []
            );
        }
    }

    internal override Task SaveSnapshotAsync(string persistenceId, StoredRow snapshot, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (sessions.TryGetValue(persistenceId, out var session) && session.Changes.Count >= snapshot.SequenceNumber)
            {
                session.Snapshots.RemoveAll(s => s.SequenceNumber == snapshot.SequenceNumber);
                session.Snapshots.Add(snapshot);
                session.Snapshots.Sort((a, b) => a.SequenceNumber.CompareTo(b.SequenceNumber));
                session.Snapshots.RemoveRange(0, Math.Max(0, session.Snapshots.Count - 2));
            }
        }

        return Task.CompletedTask;
    }

    internal override Task<StoredRow?> FindSnapshotAsync(string persistenceId, long upTo, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Task.FromResult(
                sessions.TryGetValue(persistenceId, out var session) ? session.Snapshots.FindLast(s => s.SequenceNumber <= upTo) : null
            );
        }
    }

    internal override Task DeleteSnapshotsAsync(string persistenceId, long upTo, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (sessions.TryGetValue(persistenceId, out var session))
            {
                session.Snapshots.RemoveAll(s => s.SequenceNumber <= upTo);
            }
        }

        return Task.CompletedTask;
    }

    internal override Task<SessionEntry?> FindAsync(SessionId session, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Task.FromResult(index.GetValueOrDefault(session));
        }
    }

    internal override Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken)
    {
        query.Check();
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<SessionEntry>>([.. index.Values.Where(e => IsMatch(query, e)).Take(query.Max)]);
        }
    }

    internal override Task<IReadOnlyList<DueSession>> ListDueAsync(
        DateTimeOffset until,
        DueSession? after,
        int max,
        CancellationToken cancellationToken
    )
    {
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<DueSession>>([
                .. index
                    .Values.Where(e => e.Summary.DueAt <= until)
                    .Select(e => new DueSession(e.Session, e.Summary.DueAt!.Value))
                    .Where(d => after is null || (d.DueAt, d.Session).CompareTo((after.DueAt, after.Session)) > 0)
                    .OrderBy(d => d.DueAt)
                    .ThenBy(d => d.Session)
                    .Take(max),
            ]);
        }
    }

    internal override Task<IReadOnlyList<SessionId>> ListActiveAsync(SessionId? after, int max, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<SessionId>>([
                .. index.Values.Where(e => e.Summary.IsActive && (after is null || e.Session > after)).Select(e => e.Session).Take(max),
            ]);
        }
    }

    internal override Task<int> PurgeAsync(DateTimeOffset unchangedSince, int max, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        lock (gate)
        {
            var purged = index
                .Values.Where(e => e.Summary.Status == SessionStatus.Closed && e.Summary.ChangedAt <= unchangedSince)
                .Take(max)
                .ToList();
            foreach (var entry in purged)
            {
                index.Remove(entry.Session);
                sessions.Remove(Persistence.PersistenceIds.For(entry.Session));
            }

            return Task.FromResult(purged.Count);
        }
    }

    private static bool IsMatch(SessionQuery query, SessionEntry entry) =>
        entry.Session.Tenant == query.Tenant
        && (query.After is null || string.CompareOrdinal(entry.Session.Name, query.After) > 0)
        && (query.Status is null || entry.Summary.Status == query.Status)
        && (query.WaitingOn is null || entry.Summary.WaitingOn.Contains(query.WaitingOn))
        && (query.Label is null || entry.Summary.Labels.Contains(query.Label))
        && (query.UnchangedSince is null || entry.Summary.ChangedAt <= query.UnchangedSince);

    private WriteOutcome Write(ChangeWrite write)
    {
        var changes = sessions.TryGetValue(write.PersistenceId, out var session) ? session.Changes : [];
        var sequence = write.Row.SequenceNumber;
        if (sequence >= 1 && sequence <= changes.Count && changes[(int)sequence - 1].WriterId == write.Row.WriterId)
        {
            return WriteOutcome.Stored;
        }

        if (write.Epoch < epoch)
        {
            return WriteOutcome.Fenced;
        }

        if (sequence != changes.Count + 1)
        {
            return WriteOutcome.Conflict;
        }

        if (session is null)
        {
            session = new StoredSession();
            sessions.Add(write.PersistenceId, session);
        }

        session.Changes.Add(write.Row);
        index[write.Session] = new SessionEntry(write.Session, write.Version, Microseconds.Cut(write.Summary));
        return WriteOutcome.Stored;
    }

    private void Release(long ofEpoch)
    {
        lock (gate)
        {
            if (epoch == ofEpoch)
            {
                holder = null;
            }
        }
    }

    private sealed class StoredSession
    {
        public List<StoredRow> Changes { get; } = [];

        public List<StoredRow> Snapshots { get; } = [];
    }

    private sealed class Ownership(MemoryStore store, long epoch) : StoreOwnership
    {
        public override long Epoch { get; } = epoch;

        public override CancellationToken Lost => CancellationToken.None;

        public override ValueTask DisposeAsync()
        {
            store.Release(Epoch);
            return ValueTask.CompletedTask;
        }
    }
}
