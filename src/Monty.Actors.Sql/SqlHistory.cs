using LinqToDB;
using LinqToDB.Async;
using Monty.Actors.Persistence;

namespace Monty.Actors.Sql;

/// <summary>Reads the journal and the snapshots, and deletes from them.</summary>
/// <remarks>
/// It reads the tables itself. A plug-in would fail on a row with an unknown serializer, which looks like a failure of the database and would be tried again
/// forever, and it would load rows of any size.
/// </remarks>
internal static class SqlHistory
{
    private const int MaxPageBytes = 8 << 20;

    public static async Task<long> FindHighestAsync(SqlTables db, string persistenceId, CancellationToken cancellationToken) =>
        await db
            .Changes.Where(c => c.PersistenceId == persistenceId)
            .MaxAsync(c => (long?)c.SequenceNumber, cancellationToken)
            .ConfigureAwait(false)
        ?? 0;

    /// <summary>Reads a page of changes. The page ends early when it contains several megabytes.</summary>
    public static async Task<IReadOnlyList<StoredRow>> ReadPageAsync(
        SqlTables db,
        string persistenceId,
        (long From, long To) range,
        int max,
        long maxBytes,
        CancellationToken cancellationToken
    )
    {
        var (from, to) = range;
        var changes = db.Changes.Where(c =>
            c.PersistenceId == persistenceId && c.SequenceNumber >= from && c.SequenceNumber <= to && !c.Deleted
        );
        var sizes = await changes
            .OrderBy(c => c.SequenceNumber)
            .Take(max)
            .Select(c => new { c.SequenceNumber, Bytes = LinqToDB.Sql.Length(c.Message) })
            .ToListAsync(cancellationToken)
            .ConfigureAwait(false);
        var total = 0L;
        var last = 0L;
        foreach (var size in sizes)
        {
            last = size.SequenceNumber;
            if ((total += size.Bytes <= maxBytes ? size.Bytes.Value : 0) >= MaxPageBytes)
            {
                break;
            }
        }

        if (last == 0)
        {
            return [];
        }

        var rows = await changes
            .Where(c => c.SequenceNumber <= last)
            .OrderBy(c => c.SequenceNumber)
            .Select(c => new ChangeRow
            {
                SequenceNumber = c.SequenceNumber,
                Created = c.Created,
                Message = LinqToDB.Sql.Length(c.Message) <= maxBytes ? c.Message : null!,
                Identifier = c.Identifier,
                Manifest = c.Manifest,
                WriterId = c.WriterId,
            })
            .ToListAsync(cancellationToken)
            .ConfigureAwait(false);
        return rows.ConvertAll(r => new StoredRow(
            r.SequenceNumber,
            Time(r.Created),
            r.Message ?? ReadOnlyMemory<byte>.Empty,
            r.Identifier ?? 0,
            r.Manifest ?? "",
            r.WriterId ?? ""
        ));
    }

    /// <summary>Returns the newest snapshot up to a sequence number that is not larger than a limit, or null for none.</summary>
    public static async Task<StoredRow?> FindSnapshotAsync(
        SqlTables db,
        string persistenceId,
        long upTo,
        int maxBytes,
        CancellationToken cancellationToken
    )
    {
        var found = await db
            .Snapshots.Where(s =>
                s.PersistenceId == persistenceId && s.SequenceNumber <= upTo && LinqToDB.Sql.Length(s.Snapshot) <= maxBytes
            )
            .OrderByDescending(s => s.SequenceNumber)
            .FirstOrDefaultAsync(cancellationToken)
            .ConfigureAwait(false);
        return found is null
            ? null
            : new StoredRow(found.SequenceNumber, Time(found.Created), found.Snapshot, found.SerializerId ?? 0, found.Manifest ?? "");
    }

    /// <summary>
    /// Deletes all snapshots of a session except the newest two, or all if the change of the given one does not exist, because the session was purged.
    /// </summary>
    public static async Task TrimSnapshotsAsync(SqlTables db, string persistenceId, long saved, CancellationToken cancellationToken)
    {
        var snapshots = db.Snapshots.Where(s => s.PersistenceId == persistenceId);
        if (!await ExistsAsync(db, persistenceId, saved, cancellationToken).ConfigureAwait(false))
        {
            await snapshots.Where(s => s.SequenceNumber == saved).DeleteAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        var kept = await snapshots
            .OrderByDescending(s => s.SequenceNumber)
            .Select(s => s.SequenceNumber)
            .Take(2)
            .ToListAsync(cancellationToken)
            .ConfigureAwait(false);
        if (kept.Count == 2)
        {
            var oldest = kept[1];
            await snapshots.Where(s => s.SequenceNumber < oldest).DeleteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public static Task<bool> ExistsAsync(SqlTables db, string persistenceId, long sequenceNumber, CancellationToken cancellationToken) =>
        db.Changes.AnyAsync(c => c.PersistenceId == persistenceId && c.SequenceNumber == sequenceNumber, cancellationToken);

    public static Task<int> DeleteSnapshotsAsync(SqlTables db, string persistenceId, long upTo, CancellationToken cancellationToken) =>
        db.Snapshots.Where(s => s.PersistenceId == persistenceId && s.SequenceNumber <= upTo).DeleteAsync(cancellationToken);

    public static async Task<IReadOnlyList<string>> ListPersistenceIdsAsync(
        SqlTables db,
        string after,
        int max,
        CancellationToken cancellationToken
    ) =>
        await db
            .Changes.Where(c => c.PersistenceId.CompareTo(after) > 0)
            .Select(c => c.PersistenceId)
            .Distinct()
            .OrderBy(id => id)
            .Take(max)
            .ToListAsync(cancellationToken)
            .ConfigureAwait(false);

    private static DateTimeOffset Time(long ticks) => new(Math.Clamp(ticks, 0, DateTime.MaxValue.Ticks), TimeSpan.Zero);
}
