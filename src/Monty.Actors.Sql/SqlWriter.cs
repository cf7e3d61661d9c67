using System.Collections.Concurrent;
using System.Data.Common;
using LinqToDB;
using LinqToDB.Data;
using Monty.Actors.Persistence;

namespace Monty.Actors.Sql;

/// <summary>Writes changes through the journal of Akka.Persistence.Sql, and keeps the index beside it.</summary>
/// <remarks>
/// <para>The journal and the index are not in one transaction. A session is marked active in the index before its change is appended, and its row is settled
/// afterwards. A process that dies in between leaves an active row, so that the next engine recovers the session and corrects the row.</para>
/// <para>The journal stores a commit completely or not at all, and does not say which change it refuses. After a failure, the writer compares the stored bytes,
/// and appends each missing change separately.</para>
/// <para>Thread-safe.</para>
/// </remarks>
internal sealed class SqlWriter(SqlPlugins plugins, Func<SqlTables> open)
{
    private const int Attempts = 3;
    private readonly Lock gate = new();
    private readonly ConcurrentQueue<SessionEntry> recovered = new();

    /// <summary>Corrects the index row of a recovered session, before the next change is written.</summary>
    public void Settle(SessionEntry entry)
    {
        recovered.Enqueue(entry);
        _ = Task.Run(SettleNow);
    }

    /// <summary>Writes an index row, unless the index has a later version of it.</summary>
    public void Replace(SessionEntry entry)
    {
        lock (gate)
        {
            using var db = open();
            Try(() => SqlIndex.Put(db, [SqlIndex.RowOf(entry)]));
        }
    }

    /// <inheritdoc cref="SessionStore.Write"/>
    public void Write(IReadOnlyList<ChangeWrite> writes)
    {
        lock (gate)
        {
            try
            {
                WriteCore(writes);
            }
#pragma warning disable CA1031 // Each driver and plug-in has exceptions of its own. All of them are failures of the store.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                throw SqlErrors.Explain("A commit to the store", failure);
            }
        }
    }

    private void WriteCore(IReadOnlyList<ChangeWrite> writes)
    {
        using var db = open();
        SettleQueued(db);
        if (Decide(db, writes) is not { Count: > 0 } accepted)
        {
            return;
        }

        Try(() => SqlIndex.MarkActive(db, accepted));
        if (Append(accepted) is { } failure)
        {
            AppendEach(db, accepted, failure);
        }

        var rows = accepted
            .Where(w => w.Outcome == WriteOutcome.Stored)
            .GroupBy(w => w.PersistenceId)
            .Select(g => g.Last())
            .Select(w => SqlIndex.RowOf(new SessionEntry(w.Session, w.Version, w.Summary)));
        try
        {
            Try(() => SqlIndex.Put(db, rows));
        }
#pragma warning disable CA1031 // The changes are stored, and the sessions are marked active, so that the next sweep or append corrects the rows.
        catch (Exception)
#pragma warning restore CA1031
        { }
    }

    /// <summary>Sets the outcomes of changes that need not be appended, and returns the others.</summary>
    private static List<ChangeWrite> Decide(SqlTables db, IReadOnlyList<ChangeWrite> writes)
    {
        var epoch =
            db.Claims.Where(c => c.Shard == 0).Select(c => (long?)c.Epoch).FirstOrDefault()
            ?? throw new SessionStoreException(
                "A write to the store failed: its row in shard_claim is gone. Restore the store from a backup."
            );
        var highest = FindHighest(db, writes);
        Dictionary<string, WriteOutcome> refused = [];
        List<ChangeWrite> accepted = [];
        foreach (var write in writes)
        {
            var last = highest.GetValueOrDefault(write.PersistenceId);
            if (refused.TryGetValue(write.PersistenceId, out var outcome))
            {
                write.Outcome = outcome;
            }
            else if (write.Row.SequenceNumber <= last && StateOf(db, write) == RowState.Own)
            {
                write.Outcome = WriteOutcome.Stored;
            }
            else if (write.Epoch < epoch || write.Row.SequenceNumber != last + 1)
            {
                write.Outcome = write.Epoch < epoch ? WriteOutcome.Fenced : WriteOutcome.Conflict;
                refused.Add(write.PersistenceId, write.Outcome);
            }
            else
            {
                highest[write.PersistenceId] = last + 1;
                accepted.Add(write);
            }
        }

        return accepted;
    }

    private static Dictionary<string, long> FindHighest(SqlTables db, IReadOnlyList<ChangeWrite> writes)
    {
        Dictionary<string, long> highest = [];
        foreach (var page in writes.Select(w => w.PersistenceId).Distinct().Chunk(500))
        {
            foreach (
                var session in db
                    .Changes.Where(c => page.Contains(c.PersistenceId))
                    .GroupBy(c => c.PersistenceId)
                    .Select(g => new { g.Key, Highest = g.Max(c => c.SequenceNumber) })
            )
            {
                highest.Add(session.Key, session.Highest);
            }
        }

        return highest;
    }

    private Exception? Append(IReadOnlyList<ChangeWrite> changes)
    {
        var failure = plugins.AppendAsync(changes).GetAwaiter().GetResult();
        foreach (var change in changes)
        {
            change.Outcome = WriteOutcome.Stored; // overwritten if the append failed
        }

        return failure;
    }

    /// <summary>Finds out which changes of a failed append are stored, and appends the others one by one.</summary>
    private void AppendEach(SqlTables db, List<ChangeWrite> changes, Exception failure)
    {
        HashSet<string> conflicts = [];
        foreach (var change in changes)
        {
            if (conflicts.Contains(change.PersistenceId))
            {
                change.Outcome = WriteOutcome.Conflict;
                continue;
            }

            var state = StateOf(db, change);
            if (state == RowState.Missing)
            {
                var second = changes.Count > 1 || !SqlErrors.IsOfTheWrite(failure) ? Append([change]) : failure;
                state = second is null ? RowState.Own : StateOf(db, change);
                if (state == RowState.Missing)
                {
                    throw SqlErrors.IsOfTheWrite(second!)
                        ? new ChangeRefusedException("A commit to the store failed: the database rejected a value of a row.", second)
                        : SqlErrors.Explain("A commit to the store", second!);
                }
            }

            change.Outcome = state == RowState.Own ? WriteOutcome.Stored : WriteOutcome.Conflict;
            if (state == RowState.Foreign)
            {
                conflicts.Add(change.PersistenceId);
            }
        }
    }

    /// <summary>
    /// Compares the stored row at the key of a change. The plug-in stores neither the id of the writer nor the time of the change, so the bytes are compared.
    /// They contain the time of the change in microseconds.
    /// </summary>
    private static RowState StateOf(SqlTables db, ChangeWrite change)
    {
        var stored = db
            .Changes.Where(c => c.PersistenceId == change.PersistenceId && c.SequenceNumber == change.Row.SequenceNumber)
            .Select(c => c.Message)
            .FirstOrDefault();
        return stored is null ? RowState.Missing
            : change.Row.Payload.Span.SequenceEqual(stored) ? RowState.Own
            : RowState.Foreign;
    }

    private void SettleNow()
    {
        try
        {
            lock (gate)
            {
                using var db = open();
                SettleQueued(db);
            }
        }
#pragma warning disable CA1031 // The row stays active, so that the next sweep corrects it.
        catch (Exception)
#pragma warning restore CA1031
        { }
    }

    private void SettleQueued(SqlTables db)
    {
        Dictionary<SessionId, SessionRow> rows = [];
        while (recovered.TryDequeue(out var entry))
        {
            if (entry.Version == 0)
            {
                SqlIndex.RemoveMark(db, PersistenceIds.For(entry.Session));
            }
            else
            {
                rows[entry.Session] = SqlIndex.RowOf(entry);
            }
        }

        if (rows.Count > 0)
        {
            Try(() => SqlIndex.Put(db, rows.Values, isRecovered: true));
        }
    }

    private static void Try(Action write)
    {
        for (var i = 1; ; i++)
        {
            try
            {
                write();
                return;
            }
            catch (DbException) when (i < Attempts)
            {
                // Another engine may have written the same row at the same time.
            }
        }
    }

    private enum RowState
    {
        Missing,
        Own,
        Foreign,
    }
}
