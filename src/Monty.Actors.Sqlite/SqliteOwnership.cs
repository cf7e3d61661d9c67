namespace Monty.Actors.Sqlite;

/// <summary>The right of one engine to a database file.</summary>
internal sealed class SqliteOwnership(IDisposable owner, long epoch) : StoreOwnership
{
    public override long Epoch => epoch;

    /// <summary>Never cancelled: the system keeps the lock as long as the process lives.</summary>
    public override CancellationToken Lost => CancellationToken.None;

    public override ValueTask DisposeAsync()
    {
        owner.Dispose();
        return ValueTask.CompletedTask;
    }
}
