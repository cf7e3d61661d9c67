using System.Data.Common;
using Monty.Actors.Persistence;
using Monty.Actors.Persistence.Sql;

namespace Monty.Actors.Sqlite;

/// <summary>Writes the changes of one commit.</summary>
internal static class SqliteWrite
{
    /// <summary>Writes changes in a transaction that holds the write lock, and sets their outcomes.</summary>
    public static void Run(IReadOnlyList<ChangeWrite> writes, SqliteStatements statements)
    {
        var epoch = Epoch(statements["find_epoch"]);
        Dictionary<string, WriteOutcome> refused = [];
        foreach (var write in writes)
        {
            write.Outcome = refused.TryGetValue(write.PersistenceId, out var outcome) ? outcome : Run(write, epoch, statements);
            if (write.Outcome != WriteOutcome.Stored)
            {
                refused[write.PersistenceId] = write.Outcome;
            }
        }
    }

    /// <summary>Raises the epoch, and returns it.</summary>
    public static long Claim(string holder, SqliteStatements statements) => Epoch(statements["claim_shard"].Set("node", holder));

    /// <summary>Writes an index row that was derived from the history, unless the index has a later version of it.</summary>
    public static void ReplaceEntry(SessionEntry entry, SqliteStatements statements)
    {
        if (statements["find_version"].Set(entry.Session).ExecuteScalar() is not long version || version <= entry.Version)
        {
            SetRow(entry, statements);
        }
    }

    private static long Epoch(DbCommand command) =>
        command.ExecuteScalar() as long?
        ?? throw new SessionStoreException("A write to the store failed: its row in shard_claim is gone. Restore the store from a backup.");

    private static WriteOutcome Run(ChangeWrite write, long epoch, SqliteStatements statements)
    {
        var sequence = write.Row.SequenceNumber;
        var highest = (long?)statements["find_highest"].Set("persistence_id", write.PersistenceId).ExecuteScalar() ?? 0;
        if (sequence <= highest && IsOwn(write, statements))
        {
            return WriteOutcome.Stored;
        }

        if (write.Epoch < epoch)
        {
            return WriteOutcome.Fenced;
        }

        if (sequence != highest + 1)
        {
            return WriteOutcome.Conflict;
        }

        statements["add_change"]
            .Set("created", write.Row.At.UtcTicks)
            .Set("persistence_id", write.PersistenceId)
            .Set("sequence_number", sequence)
            .Set("message", Bytes.Of(write.Row.Payload))
            .Set("manifest", write.Row.Manifest)
            .Set("identifier", write.Row.SerializerId)
            .Set("writer_uuid", write.Row.WriterId)
            .ExecuteNonQuery();
        SetRow(new SessionEntry(write.Session, write.Version, write.Summary), statements);
        return WriteOutcome.Stored;
    }

    private static bool IsOwn(ChangeWrite write, SqliteStatements statements) =>
        statements["find_writer"]
            .Set("persistence_id", write.PersistenceId)
            .Set("sequence_number", write.Row.SequenceNumber)
            .ExecuteScalar() as string
        == write.Row.WriterId;

    /// <remarks>
    /// SQLite writes the entries of every index whose columns an UPDATE names, even if the values stay the same. Only changed columns are therefore named.
    /// </remarks>
    private static void SetRow(SessionEntry entry, SqliteStatements statements)
    {
        var row = SqliteRow.From(entry.Summary);
        if (SqliteRow.Find(entry.Session, statements, out var key) is not { } old)
        {
            var create = statements["create_session"].Set(entry.Session).Set("persistence_id", PersistenceIds.For(entry.Session));
            SetAll(create, entry, row).ExecuteNonQuery();
            return;
        }

        SetVersion(statements["update_session"].Set("session_key", key), entry).ExecuteNonQuery();
        if (old with { DueAt = row.DueAt, WaitingOn = row.WaitingOn, Labels = row.Labels } != row)
        {
            SetStatus(statements["set_status"].Set("session_key", key), row).ExecuteNonQuery();
        }

        if (old.DueAt != row.DueAt)
        {
            statements["set_due"].Set("session_key", key).Set("due_us", row.DueAt).ExecuteNonQuery();
        }

        if (old.WaitingOn != row.WaitingOn || old.Labels != row.Labels)
        {
            statements["set_tags"].Set("session_key", key).Set("waiting_on", row.WaitingOn).Set("labels", row.Labels).ExecuteNonQuery();
        }
    }

    private static DbCommand SetAll(DbCommand command, SessionEntry entry, SqliteRow row) =>
        SetStatus(SetVersion(command, entry), row).Set("due_us", row.DueAt).Set("waiting_on", row.WaitingOn).Set("labels", row.Labels);

    private static DbCommand SetVersion(DbCommand command, SessionEntry entry) =>
        command
            .Set("version", entry.Version)
            .Set("created_us", Microseconds.From(entry.Summary.CreatedAt))
            .Set("changed_us", Microseconds.From(entry.Summary.ChangedAt));

    private static DbCommand SetStatus(DbCommand command, SqliteRow row) =>
        command.Set("status", row.Status).Set("is_active", row.IsActive).Set("closed_us", row.ClosedAt).Set("changed_day", row.ChangedDay);
}
