using Monty.Actors.Journal;
using Monty.Actors.Journal.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Monty.Actors.PostgreSql;

/// <summary>Appends of different sessions in one statement over arrays, prepared once: see <c>Sql/append_sessions.sql</c>.</summary>
internal sealed class AppendStatement : IDisposable
{
    private readonly NpgsqlCommand command;

    public AppendStatement(NpgsqlConnection connection) => command = PostgreSqlConnections.Command(connection, "append_sessions");

    public void Run(List<AppendWrite> writes)
    {
        foreach (var write in writes)
        {
            write.Outcome = AppendResult.VersionConflict; // the statement says nothing of a session that is not there
        }

        SetParameters(command.Parameters, writes);
        if (!command.IsPrepared)
        {
            command.Prepare();
        }

        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            var write = writes[(int)rows.GetInt64(0) - 1];
            if (rows.GetBoolean(1))
            {
                write.Outcome = AppendResult.Appended;
            }
            else if (rows.GetInt64(2) > write.Append.Epoch)
            {
                write.Outcome = AppendResult.Fenced;
            }
        }
    }

    public void Dispose() => command.Dispose();

    /// <summary>Sets the arrays of the statement, adding them at their first use.</summary>
    public static void SetParameters(NpgsqlParameterCollection to, List<AppendWrite> writes)
    {
        List<SessionAppend> appends = [.. writes.Select(w => w.Append)];
        to.SetArray("tenants", NpgsqlDbType.Text, appends, a => a.Session.Tenant);
        to.SetArray("names", NpgsqlDbType.Text, appends, a => a.Session.Name);
        to.SetArray("expected_versions", NpgsqlDbType.Bigint, appends, a => a.ExpectedVersion);
        to.SetArray("next_versions", NpgsqlDbType.Bigint, appends, a => a.NextVersion);
        to.SetArray("epochs", NpgsqlDbType.Bigint, appends, a => a.Epoch);
        to.SetArray("statuses", NpgsqlDbType.Smallint, appends, a => (short)a.Summary.Status);
        to.SetArray("actives", NpgsqlDbType.Boolean, appends, a => a.Summary.IsActive);
        to.SetArray("created_us", NpgsqlDbType.Bigint, appends, a => Microseconds.From(a.Summary.CreatedAt));
        to.SetArray("changed_us", NpgsqlDbType.Bigint, appends, a => Microseconds.From(a.Summary.ChangedAt));
        to.SetArray("due_us", NpgsqlDbType.Bigint, appends, a => a.Summary.DueAt is { } due ? Microseconds.From(due) : (long?)null);
        to.SetArray(
            "closed_us",
            NpgsqlDbType.Bigint,
            appends,
            a => a.Summary.Status == SessionStatus.Closed ? Microseconds.From(a.Summary.ChangedAt) : (long?)null
        );
        to.SetArray("waiting_on", NpgsqlDbType.Text, appends, a => TagColumn.Write(a.Summary.WaitingOn));
        to.SetArray("labels", NpgsqlDbType.Text, appends, a => TagColumn.Write(a.Summary.Labels));

        List<(long Ordinal, JournalRecord Record)> records = [.. appends.SelectMany((a, i) => a.Records.Select(r => (i + 1L, r)))];
        to.SetArray("record_ordinals", NpgsqlDbType.Bigint, records, r => r.Ordinal);
        to.SetArray("record_versions", NpgsqlDbType.Bigint, records, r => r.Record.Version);
        to.SetArray("record_kinds", NpgsqlDbType.Text, records, r => r.Record.Kind);
        to.SetArray("record_schemas", NpgsqlDbType.Integer, records, r => r.Record.Schema);
        to.SetArray("record_at_us", NpgsqlDbType.Bigint, records, r => Microseconds.From(r.Record.At));
        to.SetArray("record_payloads", NpgsqlDbType.Bytea, records, r => Bytes.Of(r.Record.Payload));

        List<(long Ordinal, JournalDump Dump)> dumps =
        [
            .. appends.Select((a, i) => (Ordinal: i + 1L, a.Dump!)).Where(d => d.Item2 is not null),
        ];
        to.SetArray("dump_ordinals", NpgsqlDbType.Bigint, dumps, d => d.Ordinal);
        to.SetArray("dump_versions", NpgsqlDbType.Bigint, dumps, d => d.Dump.Version);
        to.SetArray("dump_runtimes", NpgsqlDbType.Text, dumps, d => d.Dump.Runtime);
        to.SetArray("dump_contents", NpgsqlDbType.Bytea, dumps, d => Bytes.Of(d.Dump.Content));
    }
}
