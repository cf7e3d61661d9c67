using Monty.Actors.Persistence.Sql;
using Npgsql;

namespace Monty.Actors.PostgreSql;

/// <summary>An advisory lock on a separate connection. The server releases it when the connection or the process ends.</summary>
internal sealed class PostgreSqlOwnership : StoreOwnership
{
    private readonly NpgsqlConnection connection;
    private readonly CancellationTokenSource lost = new();
    private readonly CancellationTokenSource givenUp = new();
    private readonly Task watch;
    private int isDisposed;

    private PostgreSqlOwnership(NpgsqlConnection connection, long epoch)
    {
        this.connection = connection;
        Epoch = epoch;
        Lost = lost.Token;
        watch = WatchAsync();
    }

    public override long Epoch { get; }

    public override CancellationToken Lost { get; }

    /// <summary>Waits for the lock, and raises the epoch.</summary>
    /// <exception cref="NpgsqlException">The server could not be reached, or the connection broke.</exception>
    /// <exception cref="SessionStoreException">The store belongs to a cluster, or its row in <c>shard_claim</c> is missing.</exception>
    public static async Task<PostgreSqlOwnership> TakeAsync(
        PostgreSqlConnections connections,
        string schema,
        string holder,
        CancellationToken cancellationToken
    )
    {
        var connection = await connections.OpenSingleAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await RunAsync("make_durable").ConfigureAwait(false);
            await RunAsync("wait_without_limit").ConfigureAwait(false);
            await RunAsync("wait_for_store", "schema", schema).ConfigureAwait(false);
            return new PostgreSqlOwnership(
                connection,
                await RunAsync("claim_shard", "node", holder).ConfigureAwait(false) as long?
                    ?? throw NotClaimed(await RunAsync("find_cluster").ConfigureAwait(false) as string)
            );
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        async Task<object?> RunAsync(string name, string? parameter = null, string? value = null)
        {
            var command = PostgreSqlConnections.Command(connection, name);
            await using (command.ConfigureAwait(false))
            {
                command.CommandTimeout = 0;
                if (parameter is not null)
                {
                    command.Set(parameter, value);
                }

                return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) != 0)
        {
            return;
        }

        await givenUp.CancelAsync().ConfigureAwait(false);
        await watch.ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
        givenUp.Dispose();
        lost.Dispose();
    }

    private static SessionStoreException NotClaimed(string? cluster) =>
        cluster is null or ""
            ? new("Claiming the store failed: its row in shard_claim or store is gone. Restore the store from a backup.")
            : new(
                $"Claiming the store failed: it belongs to the cluster '{cluster}'. Start a node of that cluster, or give this engine a store of its own."
            );

    /// <summary>Waits on the connection until it breaks or the ownership is released. The keep-alive of the connection detects a broken one.</summary>
    private async Task WatchAsync()
    {
        try
        {
            while (!givenUp.IsCancellationRequested)
            {
                await connection.WaitAsync(givenUp.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (givenUp.IsCancellationRequested)
        {
            // The ownership was released.
        }
        catch (Exception exception)
            when (exception is NpgsqlException or InvalidOperationException or IOException or ObjectDisposedException)
        {
            _ = lost.CancelAsync(); // The lock is lost with the connection, for any cause. Callbacks of the token, and their exceptions, are not waited for.
        }
    }
}
