using Monty.Actors.Journal;
using Npgsql;

namespace Monty.Actors.PostgreSql;

/// <summary>The one connection that writes, used by the thread of the group commit only: it blocks on the socket, which costs no hop between threads.</summary>
internal sealed class PostgreSqlWriter(PostgreSqlConnections connections, PostgreSqlJournalOptions options) : IJournalWriter
{
    private const int MaxAttempts = 5;
    private NpgsqlConnection? connection;
    private AppendStatement? append;
    private ClaimStatement? claim;

    public void Commit(IReadOnlyList<JournalWrite> writes)
    {
        var rounds = CommitRound.Split(writes);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Connect();
                Run(rounds);
                return;
            }
            catch (NpgsqlException exception) when (attempt < MaxAttempts && PostgreSqlErrors.IsContention(exception))
            {
                // The server undid all of it in favour of another process.
            }
            catch (NpgsqlException exception)
            {
                Dispose();
                var explained = PostgreSqlErrors.Explain("A commit to the journal", exception);
                throw PostgreSqlErrors.IsOfTheWrite(exception) ? new WriteRefusedException(explained.Message, exception) : explained;
            }
            catch
            {
                Dispose();
                throw;
            }
        }
    }

    public void Dispose()
    {
        append?.Dispose();
        claim?.Dispose();
        connection?.Dispose();
        (append, claim, connection) = (null, null, null);
    }

    /// <summary>Lets commits wait for the disk where the server or the user is set not to.</summary>
    public static NpgsqlConnection MakeDurable(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
            connection
        );
        command.ExecuteNonQuery();
        return connection;
    }

    private void Connect()
    {
        if (connection is not null)
        {
            return;
        }

        connection = MakeDurable(connections.OpenSingle());
        append = new AppendStatement(connection);
        claim = new ClaimStatement(connection, options);
    }

    private void Run(List<CommitRound> rounds)
    {
        var statements = rounds.Sum(r => (r.Appends.Count > 0 ? 1 : 0) + (r.Claims.Count > 0 ? 1 : 0));
        using var transaction = statements > 1 ? connection!.BeginTransaction() : null; // one statement is a transaction by itself, in one round trip
        foreach (var round in rounds)
        {
            if (round.Claims.Count > 0)
            {
                claim!.Run(round.Claims);
            }

            if (round.Appends.Count > 0)
            {
                append!.Run(round.Appends);
            }
        }

        transaction?.Commit();
    }
}
