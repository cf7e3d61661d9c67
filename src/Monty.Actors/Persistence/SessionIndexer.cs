namespace Monty.Actors.Persistence;

/// <summary>Rebuilds the index from the histories.</summary>
/// <param name="store">The store.</param>
/// <param name="history">Reads the histories.</param>
/// <param name="serializer">Reads the first change of a session.</param>
/// <param name="report">Called for a session whose history cannot be read.</param>
internal sealed class SessionIndexer(
    SessionStore store,
    HistoryReader history,
    SessionSerializer serializer,
    Action<string, Exception?> report
)
{
    private const int PageSize = 200;

    /// <summary>Writes the rows of all sessions, and deletes the rows of sessions that do not exist.</summary>
    /// <returns>The number of sessions.</returns>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    public async Task<long> RebuildAsync(CancellationToken cancellationToken)
    {
        var count = 0L;
        for (var after = ""; ; )
        {
            var page = await store.ListPersistenceIdsAsync(after, PageSize, cancellationToken).ConfigureAwait(false);
            foreach (var id in page)
            {
                count += await WriteAsync(id, cancellationToken).ConfigureAwait(false) ? 1 : 0;
            }

            if (page.Count < PageSize)
            {
                break;
            }

            after = page[^1];
        }

        await store.RemoveOrphansAsync(cancellationToken).ConfigureAwait(false);
        return count;
    }

    private async Task<bool> WriteAsync(string persistenceId, CancellationToken cancellationToken)
    {
        try
        {
            if (await FindSessionAsync(persistenceId, cancellationToken).ConfigureAwait(false) is { } session)
            {
                var entry = await ReadAsync(session, cancellationToken).ConfigureAwait(false);
                await store.ReplaceEntryAsync(entry, cancellationToken).ConfigureAwait(false);
                return true;
            }

            report(
                $"The session {persistenceId} was not indexed: its first change cannot be read. Restore it from a backup, or remove it.",
                null
            );
        }
        catch (SessionUnreadableException unreadable)
        {
            report($"The session {persistenceId} was not indexed: {unreadable.Message}", unreadable);
        }

        return false;
    }

    /// <summary>Returns the session of a persistence id, or null if its first change cannot be read.</summary>
    private async Task<SessionId?> FindSessionAsync(string persistenceId, CancellationToken cancellationToken)
    {
        var first = await store.ReadPageAsync(persistenceId, 1, long.MaxValue, 1, cancellationToken).ConfigureAwait(false);
        return
            first is [{ SerializerId: SessionSerializer.Id } row]
            && serializer.FromBinary(row.Payload.ToArray(), row.Manifest) is SessionChange change
            && PersistenceIds.For(change.Session) == persistenceId
            ? change.Session
            : null;
    }

    private async Task<SessionEntry> ReadAsync(SessionId session, CancellationToken cancellationToken)
    {
        var current =
            await history.FindSnapshotAsync(session, cancellationToken).ConfigureAwait(false)
            ?? new SessionSnapshot(session, 0, 0, default, SessionState.None, Dump: null);
        var changedAt = current.CreatedAt;
        var from = Math.Max(1, current.SequenceNumber); // the change of the snapshot itself is read for its time
        await foreach (var change in history.ReadAsync(session, from, long.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            changedAt = change.At;
            if (change.SequenceNumber > current.SequenceNumber)
            {
                current = current with
                {
                    SequenceNumber = change.SequenceNumber,
                    Version = change.LastVersion,
                    CreatedAt = change.CreatedAt,
                    State = SessionReads.Evolve(session, current.State, change),
                };
            }
        }

        return new SessionEntry(session, current.Version, SessionSummaries.From(current.State, current.CreatedAt, changedAt));
    }
}
