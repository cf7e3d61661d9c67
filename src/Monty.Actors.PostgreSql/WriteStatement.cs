using Monty.Actors.Persistence.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Monty.Actors.PostgreSql;

/// <summary>Writes changes of different sessions with one prepared statement over arrays, see <c>Sql/write_changes.sql</c>.</summary>
internal sealed class WriteStatement : IDisposable
{
    private const int TimeoutSeconds = 45; // longer than the server's statement_timeout, so that the server cancels the statement first
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlCommand command;

    public WriteStatement(NpgsqlConnection connection)
    {
        this.connection = connection;
        command = PostgreSqlConnections.Command(connection, "write_changes");
        command.CommandTimeout = Math.Max(command.CommandTimeout, TimeoutSeconds);
    }

    /// <summary>Writes the changes in one round trip, commits them, and sets their outcomes.</summary>
    /// <exception cref="NpgsqlException">The statement failed.</exception>
    /// <exception cref="SessionStoreException">The store has no claim.</exception>
    public void Run(List<ChangeWrite> writes)
    {
        SetParameters(command.Parameters, writes);
        if (!command.IsPrepared)
        {
            command.Prepare();
        }

        var judged = 0;
        using (var rows = command.ExecuteReader())
        {
            for (; rows.Read(); judged++)
            {
                writes[(int)rows.GetInt64(0) - 1].Outcome = (WriteOutcome)rows.GetInt32(1);
            }
        }

        if (judged < writes.Count)
        {
            throw new SessionStoreException(
                "A commit to the store failed: its row in shard_claim is gone. Restore the store from a backup."
            );
        }

        FindOwn(writes.FindAll(w => w.Outcome != WriteOutcome.Stored));
    }

    public void Dispose() => command.Dispose();

    /// <summary>Sets the arrays of the statement. Adds them at their first use.</summary>
    public static void SetParameters(NpgsqlParameterCollection to, List<ChangeWrite> writes)
    {
        SetKeys(to, writes);
        to.SetArray("created", NpgsqlDbType.Bigint, writes, w => w.Row.At.UtcTicks);
        to.SetArray("messages", NpgsqlDbType.Bytea, writes, w => Bytes.Of(w.Row.Payload));
        to.SetArray("manifests", NpgsqlDbType.Text, writes, w => w.Row.Manifest);
        to.SetArray("identifiers", NpgsqlDbType.Integer, writes, w => w.Row.SerializerId);
        to.SetArray("epochs", NpgsqlDbType.Bigint, writes, w => w.Epoch);
        to.SetArray("tenants", NpgsqlDbType.Text, writes, w => w.Session.Tenant);
        to.SetArray("names", NpgsqlDbType.Text, writes, w => w.Session.Name);
        to.SetArray("versions", NpgsqlDbType.Bigint, writes, w => w.Version);
        to.SetArray("statuses", NpgsqlDbType.Smallint, writes, w => (short)w.Summary.Status);
        to.SetArray("actives", NpgsqlDbType.Boolean, writes, w => w.Summary.IsActive);
        to.SetArray("created_us", NpgsqlDbType.Bigint, writes, w => Microseconds.From(w.Summary.CreatedAt));
        to.SetArray("changed_us", NpgsqlDbType.Bigint, writes, w => Microseconds.From(w.Summary.ChangedAt));
        to.SetArray("due_us", NpgsqlDbType.Bigint, writes, w => w.Summary.DueAt is { } due ? Microseconds.From(due) : (long?)null);
        to.SetArray(
            "closed_us",
            NpgsqlDbType.Bigint,
            writes,
            w => w.Summary.Status == SessionStatus.Closed ? Microseconds.From(w.Summary.ChangedAt) : (long?)null
        );
        to.SetArray("waiting_on", NpgsqlDbType.Text, writes, w => TagColumn.Write(w.Summary.WaitingOn));
        to.SetArray("labels", NpgsqlDbType.Text, writes, w => TagColumn.Write(w.Summary.Labels));
    }

    private static void SetKeys(NpgsqlParameterCollection to, List<ChangeWrite> writes)
    {
        to.SetArray("persistence_ids", NpgsqlDbType.Text, writes, w => w.PersistenceId);
        to.SetArray("sequence_numbers", NpgsqlDbType.Bigint, writes, w => w.Row.SequenceNumber);
        to.SetArray("writer_uuids", NpgsqlDbType.Text, writes, w => w.Row.WriterId);
    }

    /// <summary>
    /// Finds changes that were stored before, by a commit whose reply was lost. It needs a separate statement, because it must see data that was committed
    /// while the first one waited.
    /// </summary>
    private void FindOwn(List<ChangeWrite> refused)
    {
        if (refused.Count == 0)
        {
            return;
        }

        using var find = PostgreSqlConnections.Command(connection, "find_own");
        SetKeys(find.Parameters, refused);
        using var rows = find.ExecuteReader();
        while (rows.Read())
        {
            refused[(int)rows.GetInt64(0) - 1].Outcome = WriteOutcome.Stored;
        }
    }
}
