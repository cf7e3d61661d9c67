using System.Data.Common;
using Monty.Actors.Journal.Sql;

namespace Monty.Actors.Sqlite;

/// <summary>One append inside a transaction that holds the database's only writing lock, so that what is read first is still so when it is written.</summary>
/// <remarks>SQLite writes the entries of every index whose columns an UPDATE names, also when they stay the same: only what changed is named.</remarks>
internal static class SqliteAppend
{
    public static AppendResult Run(SessionAppend append, SqliteStatements statements)
    {
        var row = Row.Of(append.Summary);
        long key;
        if (Find(append.Session, statements) is not { } found)
        {
            if (append.ExpectedVersion != 0)
            {
                return AppendResult.VersionConflict;
            }

            key = (long)SetAll(statements["create_session"].Set(append.Session), append, row).ExecuteScalar()!;
        }
        else
        {
            if (found.Epoch > append.Epoch)
            {
                return AppendResult.Fenced;
            }

            if (found.Version != append.ExpectedVersion)
            {
                return AppendResult.VersionConflict;
            }

            key = found.Key;
            Update(append, statements, key, found.Row, row);
        }

        foreach (var record in append.Records)
        {
            statements["add_record"]
                .Set("session_key", key)
                .Set("version", record.Version)
                .Set("kind", record.Kind)
                .Set("schema", record.Schema)
                .Set("at_us", Microseconds.From(record.At))
                .Set("payload", Bytes.Of(record.Payload))
                .ExecuteNonQuery();
        }

        if (append.Dump is { } dump)
        {
            statements["put_dump"]
                .Set("session_key", key)
                .Set("version", dump.Version)
                .Set("runtime", dump.Runtime)
                .Set("content", Bytes.Of(dump.Content))
                .ExecuteNonQuery();
        }

        return AppendResult.Appended;
    }

    private static void Update(SessionAppend append, SqliteStatements statements, long key, Row old, Row row)
    {
        SetVersion(statements["append_session"].Set("session_key", key), append).ExecuteNonQuery();
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

    private static (long Key, long Version, long Epoch, Row Row)? Find(SessionId session, SqliteStatements statements)
    {
        using var rows = statements["find_row"].Set(session).ExecuteReader();
        return rows.Read()
            ? (
                rows.GetInt64(0),
                rows.GetInt64(1),
                rows.GetInt64(2),
                new Row(
                    rows.GetInt64(3),
                    rows.GetBoolean(4),
                    rows.GetValue(5) as long?,
                    rows.GetValue(6) as long?,
                    rows.GetInt32(7),
                    rows.GetValue(8) as string,
                    rows.GetValue(9) as string
                )
            )
            : null;
    }

    private static DbCommand SetAll(DbCommand command, SessionAppend append, Row row) =>
        SetStatus(SetVersion(command, append), row).Set("due_us", row.DueAt).Set("waiting_on", row.WaitingOn).Set("labels", row.Labels);

    private static DbCommand SetVersion(DbCommand command, SessionAppend append) =>
        command
            .Set("next_version", append.NextVersion)
            .Set("epoch", append.Epoch)
            .Set("created_us", Microseconds.From(append.Summary.CreatedAt))
            .Set("changed_us", Microseconds.From(append.Summary.ChangedAt));

    private static DbCommand SetStatus(DbCommand command, Row row) =>
        command.Set("status", row.Status).Set("is_active", row.IsActive).Set("closed_us", row.ClosedAt).Set("changed_day", row.ChangedDay);

    /// <summary>What indexes and triggers hang on.</summary>
    private sealed record Row(long Status, bool IsActive, long? DueAt, long? ClosedAt, int ChangedDay, string? WaitingOn, string? Labels)
    {
        public static Row Of(SessionSummary summary)
        {
            var changed = Microseconds.From(summary.ChangedAt);
            return new Row(
                (long)summary.Status,
                summary.IsActive,
                summary.DueAt is { } due ? Microseconds.From(due) : null,
                summary.Status == SessionStatus.Closed ? changed : null,
                Microseconds.Day(changed),
                TagColumn.Write(summary.WaitingOn),
                TagColumn.Write(summary.Labels)
            );
        }
    }
}
