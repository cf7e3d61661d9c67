using System.Data;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using Monty.Actors.Persistence;
using Monty.Actors.Persistence.Sql;

namespace Monty.Actors.Sql;

/// <summary>Writes the index.</summary>
internal static class SqlIndex
{
    private const int PageSize = 500;
    private static readonly BulkCopyOptions InFewStatements = new() { BulkCopyType = BulkCopyType.MultipleRows, UseParameters = true };

    /// <summary>Returns the row of a session as it is stored.</summary>
    public static SessionRow RowOf(SessionEntry entry) =>
        new()
        {
            PersistenceId = PersistenceIds.For(entry.Session),
            Tenant = entry.Session.Tenant,
            Name = entry.Session.Name,
            Version = entry.Version,
            Status = (short)entry.Summary.Status,
            IsActive = entry.Summary.IsActive,
            CreatedAt = Microseconds.From(entry.Summary.CreatedAt),
            ChangedAt = Microseconds.From(entry.Summary.ChangedAt),
            DueAt = entry.Summary.DueAt is { } due ? Microseconds.From(due) : null,
            WaitingOn = TagColumn.Write(entry.Summary.WaitingOn),
            Labels = TagColumn.Write(entry.Summary.Labels),
        };

    /// <summary>Returns the entry of a row.</summary>
    public static SessionEntry EntryOf(SessionRow row) =>
        new(
            new SessionId(row.Tenant, row.Name),
            row.Version,
            new SessionSummary(
                (SessionStatus)row.Status,
                Microseconds.ToTime(row.CreatedAt),
                Microseconds.ToTime(row.ChangedAt),
                row.IsActive,
                row.DueAt is { } due ? Microseconds.ToTime(due) : null,
                TagColumn.Read(row.WaitingOn),
                TagColumn.Read(row.Labels)
            )
        );

    /// <summary>
    /// Marks sessions active before their changes are appended, so that the next engine recovers them if this one ends before it has written their rows.
    /// </summary>
    public static void MarkActive(SqlTables db, IReadOnlyList<ChangeWrite> changes)
    {
        Dictionary<string, ChangeWrite> sessions = changes.DistinctBy(c => c.PersistenceId).ToDictionary(c => c.PersistenceId);
        List<string> quiet = [];
        foreach (var page in sessions.Keys.Chunk(PageSize))
        {
            foreach (
                var row in db.Sessions.Where(s => page.Contains(s.PersistenceId)).Select(s => new { s.PersistenceId, s.IsActive }).ToList()
            )
            {
                sessions.Remove(row.PersistenceId);
                if (!row.IsActive)
                {
                    quiet.Add(row.PersistenceId);
                }
            }
        }

        if (quiet.Count == 0 && sessions.Count == 0)
        {
            return;
        }

        using var transaction = db.BeginTransaction();
        foreach (var page in quiet.Chunk(PageSize))
        {
            db.Sessions.Where(s => page.Contains(s.PersistenceId)).Set(s => s.IsActive, true).Update();
        }

        db.Sessions.BulkCopy(
            InFewStatements,
            sessions.Values.Select(c =>
                RowOf(new SessionEntry(c.Session, 0, c.Summary)) with
                {
                    IsActive = true,
                    DueAt = null,
                    WaitingOn = null,
                    Labels = null,
                }
            )
        );
        transaction.Commit();
    }

    /// <summary>Writes rows, unless the index has a later version of them.</summary>
    /// <remarks>
    /// The rows are replaced, so that a commit of many sessions needs few statements on every database. The transaction is serializable: it fails if another
    /// engine writes a row that was read, and is tried again.
    /// </remarks>
    /// <param name="db">The tables.</param>
    /// <param name="rows">The rows, one for each session.</param>
    /// <param name="isRecovered">True if the time of the last change may be too early, because only a snapshot was recovered.</param>
    public static void Put(SqlTables db, IEnumerable<SessionRow> rows, bool isRecovered = false)
    {
        foreach (var page in rows.Chunk(PageSize))
        {
            using var transaction = db.BeginTransaction(IsolationLevel.Serializable);
            var ids = page.Select(r => r.PersistenceId).ToArray();
            var stored = db.Sessions.Where(s => ids.Contains(s.PersistenceId)).ToDictionary(s => s.PersistenceId);
            List<SessionRow> changed = [];
            List<SessionRow> tagged = [];
            foreach (var next in page)
            {
                var old = stored.GetValueOrDefault(next.PersistenceId);
                var row = isRecovered && old?.ChangedAt > next.ChangedAt ? next with { ChangedAt = old.ChangedAt } : next;
                if (old?.Version > row.Version || old == row)
                {
                    continue;
                }

                changed.Add(row);
                if (old?.WaitingOn != row.WaitingOn || old?.Labels != row.Labels)
                {
                    tagged.Add(row);
                }
            }

            Replace(db, changed, stored.Count > 0);
            ReplaceTags(db, tagged);
            transaction.Commit();
        }
    }

    /// <summary>Removes the mark of a session that was never created.</summary>
    public static void RemoveMark(SqlTables db, string persistenceId) =>
        db.Sessions.Delete(s => s.PersistenceId == persistenceId && s.Version == 0);

    /// <summary>Deletes the rows of sessions that have no change.</summary>
    public static Task<int> RemoveOrphansAsync(SqlTables db, CancellationToken cancellationToken) =>
        DeleteAsync(db, db.Sessions.Where(s => !db.Changes.Any(c => c.PersistenceId == s.PersistenceId)), cancellationToken);

    /// <summary>Deletes closed sessions, the oldest first, with their changes and snapshots.</summary>
    public static async Task<int> PurgeAsync(SqlTables db, DateTimeOffset unchangedSince, int max, CancellationToken cancellationToken)
    {
        var since = Microseconds.From(unchangedSince);
        const short Closed = (short)SessionStatus.Closed;
        var old = await db
            .Sessions.Where(s => s.Status == Closed && s.ChangedAt <= since)
            .OrderBy(s => s.ChangedAt)
            .Select(s => s.PersistenceId)
            .Take(max)
            .ToListAsync(cancellationToken)
            .ConfigureAwait(false);
        foreach (var page in old.Chunk(PageSize))
        {
            var transaction = await db.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                await db.Changes.DeleteAsync(c => page.Contains(c.PersistenceId), cancellationToken).ConfigureAwait(false);
                await db.Snapshots.DeleteAsync(s => page.Contains(s.PersistenceId), cancellationToken).ConfigureAwait(false);
                await DeleteAsync(db, db.Sessions.Where(s => page.Contains(s.PersistenceId)), cancellationToken).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        return old.Count;
    }

    private static async Task<int> DeleteAsync(SqlTables db, IQueryable<SessionRow> sessions, CancellationToken cancellationToken)
    {
        await db.Tags.DeleteAsync(t => sessions.Any(s => s.PersistenceId == t.PersistenceId), cancellationToken).ConfigureAwait(false);
        return await sessions.DeleteAsync(cancellationToken).ConfigureAwait(false);
    }

    private static void Replace(SqlTables db, List<SessionRow> rows, bool mayExist)
    {
        if (rows.Count == 0)
        {
            return;
        }

        if (mayExist)
        {
            var ids = rows.ConvertAll(r => r.PersistenceId);
            db.Sessions.Delete(s => ids.Contains(s.PersistenceId));
        }

        db.Sessions.BulkCopy(InFewStatements, rows);
    }

    private static void ReplaceTags(SqlTables db, List<SessionRow> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var ids = rows.ConvertAll(r => r.PersistenceId);
        db.Tags.Delete(t => ids.Contains(t.PersistenceId));
        db.Tags.BulkCopy(
            InFewStatements,
            rows.SelectMany(r => TagsOf(r, TagRow.WaitingOn, r.WaitingOn).Concat(TagsOf(r, TagRow.Label, r.Labels)))
        );
    }

    private static IEnumerable<TagRow> TagsOf(SessionRow row, short kind, string? tags) =>
        TagColumn
            .Read(tags)
            .Select(tag => new TagRow
            {
                PersistenceId = row.PersistenceId,
                Kind = kind,
                Tag = tag,
                Tenant = row.Tenant,
                Name = row.Name,
            });
}
