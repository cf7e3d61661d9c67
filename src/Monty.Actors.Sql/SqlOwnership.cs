using System.Globalization;
using LinqToDB;
using LinqToDB.Data;
using Monty.Actors.Sqlite;

namespace Monty.Actors.Sql;

/// <summary>
/// The ownership of a store by one engine: the lock of a SQLite file, or an application lock of a server, which the server releases when the connection ends.
/// </summary>
internal sealed class SqlOwnership : StoreOwnership
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(1);
    private readonly IDisposable held;
    private readonly CancellationTokenSource lost = new();
    private readonly CancellationTokenSource released = new();
    private readonly Task watch;
    private int isDisposed;

    private SqlOwnership(IDisposable held, long epoch, DataConnection? connection)
    {
        this.held = held;
        Epoch = epoch;
        Lost = lost.Token;
        watch = connection is null ? Task.CompletedTask : WatchAsync(connection);
    }

    public override long Epoch { get; }

    public override CancellationToken Lost { get; }

    /// <summary>Takes the lock of a file, and raises the epoch.</summary>
    /// <exception cref="StoreOwnedException">Another engine owns the file.</exception>
    public static SqlOwnership Take(SqliteFile file, SqlTables db, string holder)
    {
        if (file.TryOwn() is not { } held)
        {
            var other = db.Claims.Where(c => c.Shard == 0).Select(c => c.Node).FirstOrDefault() ?? "unknown";
            throw new StoreOwnedException(
                $"Claiming the store failed: another engine uses it ({other}). Stop that engine first, or use another store.",
                other
            );
        }

        try
        {
            return new SqlOwnership(held, Claim(db, holder), connection: null);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the lock of a server, and raises the epoch.</summary>
    public static async Task<SqlOwnership> TakeAsync(
        DataConnection connection,
        SqlDialect dialect,
        SqlTables db,
        string holder,
        CancellationToken cancellationToken
    )
    {
        try
        {
            while (await connection.ExecuteAsync<int>(dialect.TryLock!, cancellationToken).ConfigureAwait(false) != 1)
            {
                // The wait is for another process, so it takes real time, also for an engine whose clock is set by a test.
                await Task.Delay(PollEvery, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }

            if (
                dialect.FindCluster is { } find
                && await db.ExecuteAsync<string?>(find, cancellationToken).ConfigureAwait(false) is { Length: > 0 } cluster
            )
            {
                throw new SessionStoreException(
                    $"Claiming the store failed: it belongs to the cluster '{cluster}'. Use PostgreSqlStore in a node of that cluster, or another store."
                );
            }

            return new SqlOwnership(connection, Claim(db, holder), connection);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) != 0)
        {
            return;
        }

        await released.CancelAsync().ConfigureAwait(false);
        await watch.ConfigureAwait(false);
        held.Dispose();
        released.Dispose();
        lost.Dispose();
    }

    private static long Claim(SqlTables db, string holder)
    {
        using var transaction = db.BeginTransaction();
        var claim = db.Claims.Where(c => c.Shard == 0);
        if (claim.Set(c => c.Epoch, c => c.Epoch + 1).Set(c => c.Node, holder).Update() != 1)
        {
            throw new SessionStoreException("Claiming the store failed: its row in shard_claim is gone. Restore the store from a backup.");
        }

        var epoch = claim.Select(c => c.Epoch).First();
        transaction.Commit();
        return epoch;
    }

    /// <summary>Probes the connection until it breaks or the ownership is released.</summary>
    private async Task WatchAsync(DataConnection connection)
    {
        try
        {
            while (true)
            {
                // The connection breaks in real time, whatever the clock of the engine shows.
                await Task.Delay(ProbeEvery, TimeProvider.System, released.Token).ConfigureAwait(false);
                await connection.ExecuteAsync<int>("SELECT 1", released.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (released.IsCancellationRequested)
        {
            // The ownership was released.
        }
#pragma warning disable CA1031 // Each driver has exceptions of its own. The lock is lost with the connection, for any cause.
        catch (Exception)
#pragma warning restore CA1031
        {
            _ = lost.CancelAsync(); // does not wait for the callbacks of the token or their exceptions
        }
    }
}
