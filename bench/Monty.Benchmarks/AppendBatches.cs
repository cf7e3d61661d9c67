using System.Globalization;
using Monty.Actors;
using Monty.Actors.Journal;
using Monty.Actors.PostgreSql;
using Npgsql;

namespace Monty.Benchmarks;

/// <summary>Compares two ways to send the appends of a commit with the same SQL: one statement over arrays, or a batch with one statement per append.</summary>
internal sealed class AppendBatches : IAsyncDisposable
{
    private readonly PostgreSqlConnections connections;
    private readonly NpgsqlConnection connection;
    private readonly AppendStatement arrays;
    private int runs;

    private AppendBatches(PostgreSqlConnections connections, NpgsqlConnection connection)
    {
        this.connections = connections;
        this.connection = connection;
        arrays = new AppendStatement(connection);
    }

    public static async Task<AppendBatches> OpenAsync(string connectionString)
    {
        var connections = new PostgreSqlConnections(new PostgreSqlJournalOptions { ConnectionString = connectionString });
        return new AppendBatches(connections, await connections.OpenSingleAsync(CancellationToken.None));
    }

    public void RunArrays(int size, int commits)
    {
        foreach (var writes in CreateCommits(size, commits))
        {
            arrays.Run(writes);
            if (writes[0].Outcome != AppendResult.Appended)
            {
                throw new InvalidOperationException("An append was refused.");
            }
        }
    }

    public void RunBatches(int size, int commits)
    {
        using var batch = new NpgsqlBatch(connection);
        for (var i = 0; i < size; i++)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(PostgreSqlConnections.Files["append_sessions"]));
        }

        foreach (var writes in CreateCommits(size, commits))
        {
            for (var i = 0; i < size; i++)
            {
                AppendStatement.SetParameters(batch.BatchCommands[i].Parameters, [writes[i]]);
            }

            using var rows = batch.ExecuteReader();
            do
            {
                if (!rows.Read() || !rows.GetBoolean(1))
                {
                    throw new InvalidOperationException("An append was refused.");
                }
            } while (rows.NextResult());
        }
    }

    public async ValueTask DisposeAsync()
    {
        arrays.Dispose();
        await connection.DisposeAsync();
        await connections.DisposeAsync();
    }

    private IEnumerable<List<AppendWrite>> CreateCommits(int size, int commits)
    {
        var run = runs++;
        for (var i = 0; i < commits; i++)
        {
            yield return
            [
                .. Enumerable
                    .Range(0, size)
                    .Select(s => new AppendWrite(
                        JournalCommand.Append(
                            new SessionId("batch", string.Create(CultureInfo.InvariantCulture, $"r{run}-{s:0000}")),
                            i * 2
                        )
                    )),
            ];
        }
    }
}
