using Npgsql;

namespace Monty.Actors.PostgreSql;

/// <summary>The connection that writes. It blocks the caller's thread on the socket, which avoids switching threads.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class PostgreSqlWriter(PostgreSqlConnections connections) : IDisposable
{
    private const int MaxAttempts = 5;
    private NpgsqlConnection? connection;
    private WriteStatement? statement;

    /// <summary>Writes changes, and sets their outcomes. Two changes of one session are written in two commits, in their order.</summary>
    /// <exception cref="ChangeRefusedException">The server refuses one of the changes because of its content.</exception>
    /// <exception cref="SessionStoreException">The commit failed. It is unknown whether the changes were written.</exception>
    public void Write(IReadOnlyList<ChangeWrite> writes)
    {
        Dictionary<string, WriteOutcome> refused = [];
        for (var left = writes; left.Count > 0; )
        {
            List<ChangeWrite> now = [];
            List<ChangeWrite> later = [];
            HashSet<string> ids = new(left.Count, StringComparer.Ordinal);
            foreach (var write in left)
            {
                if (refused.TryGetValue(write.PersistenceId, out var outcome))
                {
                    write.Outcome = outcome;
                }
                else
                {
                    (ids.Add(write.PersistenceId) ? now : later).Add(write);
                }
            }

            if (now.Count > 0)
            {
                Commit(now);
            }

            foreach (var write in now.Where(w => w.Outcome != WriteOutcome.Stored))
            {
                refused.Add(write.PersistenceId, write.Outcome);
            }

            left = later;
        }
    }

    public void Dispose()
    {
        statement?.Dispose();
        connection?.Dispose();
        statement = null;
        connection = null;
    }

    /// <summary>Makes commits wait for the disk, even if the server or the user is configured not to.</summary>
    public static NpgsqlConnection MakeDurable(NpgsqlConnection connection)
    {
        using var command = PostgreSqlConnections.Command(connection, "make_durable");
        command.ExecuteNonQuery();
        return connection;
    }

    /// <summary>
    /// Writes changes of different sessions in one commit. Writing a change again is safe, so after a lost connection the commit is tried once more before
    /// its outcome is unknown.
    /// </summary>
    private void Commit(List<ChangeWrite> writes)
    {
        writes.Sort((a, b) => string.CompareOrdinal(a.PersistenceId, b.PersistenceId));
        var mayReconnect = connection is not null;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Connect().Run(writes);
                return;
            }
            catch (NpgsqlException exception) when (attempt < MaxAttempts && PostgreSqlErrors.IsContention(exception))
            {
                // The server rolled the transaction back in favor of another process.
            }
            catch (NpgsqlException exception) when (mayReconnect && PostgreSqlErrors.IsConnectionLost(exception))
            {
                mayReconnect = false;
                Dispose();
            }
            catch (NpgsqlException exception)
            {
                Dispose();
                var explained = PostgreSqlErrors.Explain("A commit to the store", exception);
                throw PostgreSqlErrors.IsOfTheWrite(exception) ? new ChangeRefusedException(explained.Message, exception) : explained;
            }
            catch
            {
                Dispose();
                throw;
            }
        }
    }

    private WriteStatement Connect()
    {
        connection ??= MakeDurable(connections.OpenSingle());
        return statement ??= new WriteStatement(connection);
    }
}
