using System.Data.Common;
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
        SetRow(write, statements);
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
    private static void SetRow(ChangeWrite write, SqliteStatements statements)
    {
        var row = SqliteRow.From(write.Summary);
        if (SqliteRow.Find(write.Session, statements, out var key) is not { } old)
        {
            SetAll(statements["create_session"].Set(write.Session).Set("persistence_id", write.PersistenceId), write, row)
                .ExecuteNonQuery();
            return;
        }

        SetVersion(statements["update_session"].Set("session_key", key), write).ExecuteNonQuery();
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

    private static DbCommand SetAll(DbCommand command, ChangeWrite write, SqliteRow row) =>
        SetStatus(SetVersion(command, write), row).Set("due_us", row.DueAt).Set("waiting_on", row.WaitingOn).Set("labels", row.Labels);

    private static DbCommand SetVersion(DbCommand command, ChangeWrite write) =>
        command
            .Set("version", write.Version)
            .Set("created_us", Microseconds.From(write.Summary.CreatedAt))
            .Set("changed_us", Microseconds.From(write.Summary.ChangedAt));

    private static DbCommand SetStatus(DbCommand command, SqliteRow row) =>
        command.Set("status", row.Status).Set("is_active", row.IsActive).Set("closed_us", row.ClosedAt).Set("changed_day", row.ChangedDay);
}
