using Npgsql;

namespace Monty.Actors.PostgreSql;

/// <summary>An advisory lock that a connection of its own holds: the server lets it go when the connection or the process ends.</summary>
internal sealed class PostgreSqlOwnership : JournalOwnership
{
    private readonly NpgsqlConnection connection;
    private readonly CancellationTokenSource lost = new();
    private readonly CancellationTokenSource givenUp = new();
    private readonly Task watch;
    private int disposed;

    public PostgreSqlOwnership(NpgsqlConnection connection, long epoch)
    {
        (this.connection, Epoch) = (connection, epoch);
        Lost = lost.Token;
        watch = WatchAsync();
    }

    public override long Epoch { get; }

    public override CancellationToken Lost { get; }

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        await givenUp.CancelAsync().ConfigureAwait(false);
        await watch.ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
        givenUp.Dispose();
        lost.Dispose();
    }

    /// <summary>Waits on the connection, which its keep-alive tries now and then, until it breaks or is given up.</summary>
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
            // Given up.
        }
        catch (Exception exception)
            when (exception is NpgsqlException or InvalidOperationException or IOException or ObjectDisposedException)
        {
            _ = lost.CancelAsync(); // whatever broke it, the lock is gone with it; nobody waits here for those who are told, nor for what they throw
        }
    }
}
