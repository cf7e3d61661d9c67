using Monty.Actors.Journal;
using Monty.Actors.Journal.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Monty.Actors.PostgreSql;

/// <summary>Claims of different sessions in one statement, prepared once: see <c>Sql/claim_sessions.sql</c>.</summary>
internal sealed class ClaimStatement : IDisposable
{
    private const int OrdinalColumn = 14;
    private readonly NpgsqlCommand command;

    public ClaimStatement(NpgsqlConnection connection, PostgreSqlJournalOptions options)
    {
        command = PostgreSqlConnections.Command(connection, "claim_sessions");
        command.Parameters.Add(new NpgsqlParameter<int>("max_dump_bytes", NpgsqlDbType.Integer) { TypedValue = options.MaxDumpBytes });
    }

    public void Run(List<ClaimWrite> writes)
    {
        foreach (var write in writes)
        {
            write.Outcome = new ClaimResult.Absent();
        }

        command.Parameters.SetArray("tenants", NpgsqlDbType.Text, writes, w => w.Session.Tenant);
        command.Parameters.SetArray("names", NpgsqlDbType.Text, writes, w => w.Session.Name);
        command.Parameters.SetArray("epochs", NpgsqlDbType.Bigint, writes, w => w.Epoch);
        if (!command.IsPrepared)
        {
            command.Prepare();
        }

        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            var write = writes[(int)rows.GetInt64(OrdinalColumn) - 1];
            try
            {
                var head = SqlRows.Head(rows);
                write.Outcome = head.Epoch > write.Epoch ? new ClaimResult.Fenced(head.Epoch) : new ClaimResult.Claimed(head);
            }
            catch (Exception exception) when (SqlReads.IsOfTheRow(exception))
            {
                throw SqlReads.Damaged(write.Session, 0);
            }
        }
    }

    public void Dispose() => command.Dispose();
}
