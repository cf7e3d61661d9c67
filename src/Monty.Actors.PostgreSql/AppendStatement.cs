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
        foreach (var write in writes) write.Outcome = AppendResult.VersionConflict; // the statement says nothing of a session that is not there
        Set(writes);
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            var write = writes[(int)rows.GetInt64(0) - 1];
            if (rows.GetBoolean(1)) write.Outcome = AppendResult.Appended;
            else if (rows.GetInt64(2) > write.Append.Epoch) write.Outcome = AppendResult.Fenced;
        }
    }

    public void Dispose() => command.Dispose();

    private void Set(List<AppendWrite> writes)
    {
        Set("tenants", NpgsqlDbType.Text, writes, a => a.Session.Tenant);
        Set("names", NpgsqlDbType.Text, writes, a => a.Session.Name);
        Set("expected_versions", NpgsqlDbType.Bigint, writes, a => a.ExpectedVersion);
        Set("next_versions", NpgsqlDbType.Bigint, writes, a => a.NextVersion);
        Set("epochs", NpgsqlDbType.Bigint, writes, a => a.Epoch);
        Set("statuses", NpgsqlDbType.Smallint, writes, a => (short)a.Summary.Status);
        Set("actives", NpgsqlDbType.Boolean, writes, a => a.Summary.IsActive);
        Set("created_us", NpgsqlDbType.Bigint, writes, a => Microseconds.From(a.Summary.CreatedAt));
        Set("changed_us", NpgsqlDbType.Bigint, writes, a => Microseconds.From(a.Summary.ChangedAt));
        Set("due_us", NpgsqlDbType.Bigint, writes, a => a.Summary.DueAt is { } due ? Microseconds.From(due) : (long?)null);
        Set("closed_us", NpgsqlDbType.Bigint, writes, a => a.Summary.Status == SessionStatus.Closed ? Microseconds.From(a.Summary.ChangedAt) : (long?)null);
        Set("waiting_on", NpgsqlDbType.Text, writes, a => TagColumn.Write(a.Summary.WaitingOn));
        Set("labels", NpgsqlDbType.Text, writes, a => TagColumn.Write(a.Summary.Labels));

        List<(long Ordinal, JournalRecord Record)> records = [.. writes.SelectMany((w, i) => w.Append.Records.Select(r => (i + 1L, r)))];
        Set("record_ordinals", NpgsqlDbType.Bigint, records, r => r.Ordinal);
        Set("record_versions", NpgsqlDbType.Bigint, records, r => r.Record.Version);
        Set("record_kinds", NpgsqlDbType.Text, records, r => r.Record.Kind);
        Set("record_schemas", NpgsqlDbType.Integer, records, r => r.Record.Schema);
        Set("record_at_us", NpgsqlDbType.Bigint, records, r => Microseconds.From(r.Record.At));
        Set("record_payloads", NpgsqlDbType.Bytea, records, r => Bytes.Of(r.Record.Payload));

        List<(long Ordinal, JournalDump Dump)> dumps = [.. writes.Select((w, i) => (Ordinal: i + 1L, w.Append.Dump!)).Where(d => d.Item2 is not null)];
        Set("dump_ordinals", NpgsqlDbType.Bigint, dumps, d => d.Ordinal);
        Set("dump_versions", NpgsqlDbType.Bigint, dumps, d => d.Dump.Version);
        Set("dump_runtimes", NpgsqlDbType.Text, dumps, d => d.Dump.Runtime);
        Set("dump_contents", NpgsqlDbType.Bytea, dumps, d => Bytes.Of(d.Dump.Content));
    }

    private void Set<TItem, TValue>(string name, NpgsqlDbType type, List<TItem> items, Func<TItem, TValue> value)
    {
        var values = new TValue[items.Count];
        for (var i = 0; i < values.Length; i++) values[i] = value(items[i]);
        command.SetArray(name, type, values);
    }

    private void Set<TValue>(string name, NpgsqlDbType type, List<AppendWrite> writes, Func<SessionAppend, TValue> value) => Set(name, type, writes, (AppendWrite w) => value(w.Append));
}

/// <summary>Array parameters of a command that is used again.</summary>
internal static class ArrayParameters
{
    public static void SetArray<T>(this NpgsqlCommand command, string name, NpgsqlDbType type, T[] values)
    {
        if (command.Parameters.TryGetValue(name, out var parameter)) ((NpgsqlParameter<T[]>)parameter).TypedValue = values;
        else command.Parameters.Add(new NpgsqlParameter<T[]>(name, NpgsqlDbType.Array | type) { TypedValue = values });
    }
}
