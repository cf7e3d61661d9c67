namespace Monty.Actors.Sqlite;

/// <summary>The ownership of a database file by one engine.</summary>
internal sealed class SqliteOwnership(IDisposable owner, long epoch) : StoreOwnership
{
    public override long Epoch => epoch;

    /// <summary>Never canceled, because the system keeps the lock while the process lives.</summary>
    public override CancellationToken Lost => CancellationToken.None;

    public override ValueTask DisposeAsync()
    {
        owner.Dispose();
        return ValueTask.CompletedTask;
    }
}
