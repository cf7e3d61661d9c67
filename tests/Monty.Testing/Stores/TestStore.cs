using Monty.Actors;
using Monty.Actors.PostgreSql;
using Monty.Actors.Sqlite;

namespace Monty.Testing.Stores;

/// <summary>An empty store for one test. The conformance tests run against it.</summary>
public abstract class TestStore : IAsyncDisposable
{
    /// <summary>Opens the store. The caller disposes it. All stores that are opened here contain the same sessions.</summary>
    public abstract Task<SessionStore> OpenAsync(SessionStoreOptions? limits = null);

    /// <summary>True if a second engine waits until the first one releases the store, instead of being refused.</summary>
    public virtual bool WaitsForOwner => false;

    /// <summary>Returns a row without what the store does not keep, so that a row can be compared with what was written.</summary>
    internal virtual StoredRow Comparable(StoredRow row) => row;

    /// <summary>Returns a change that the store must tell from the given one, as another incarnation of its session would write it.</summary>
    internal virtual ChangeWrite ByAnother(ChangeWrite change) => change.ByAnother();

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>A store in memory. Opening it several times returns the same store.</summary>
public sealed class MemoryTestStore : TestStore
{
    private MemoryStore? store;

    /// <inheritdoc/>
    public override Task<SessionStore> OpenAsync(SessionStoreOptions? limits = null) =>
        Task.FromResult<SessionStore>(store ??= new MemoryStore(limits));
}

/// <summary>A SQLite file in a new folder.</summary>
public sealed class SqliteTestStore : TestStore
{
    private readonly TempFolder folder = new();

    /// <summary>The database file.</summary>
    public string Path => folder.File("sessions.db");

    /// <inheritdoc/>
    public override async Task<SessionStore> OpenAsync(SessionStoreOptions? limits = null)
    {
        limits ??= new SessionStoreOptions();
        return await SqliteStore
            .OpenAsync(
                Path,
                new SqliteStoreOptions
                {
                    MaxChangeBytes = limits.MaxChangeBytes,
                    MaxSnapshotBytes = limits.MaxSnapshotBytes,
                    MaxCommitWrites = limits.MaxCommitWrites,
                    MaxCommitBytes = limits.MaxCommitBytes,
                }
            )
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        folder.Dispose();
        return base.DisposeAsync();
    }
}

/// <summary>A new schema on the server that all tests of the process share.</summary>
public sealed class PostgreSqlTestStore : TestStore
{
    private static int schemas;
    private readonly string schema = $"test_{Interlocked.Increment(ref schemas)}";

    /// <summary>The server, set by the fixture that started it.</summary>
    public static PostgreSqlServer? Server { get; set; }

    /// <inheritdoc/>
    public override bool WaitsForOwner => true;

    /// <summary>The options of the store.</summary>
    public PostgreSqlStoreOptions Options =>
        new()
        {
            ConnectionString = Server?.ConnectionString ?? throw new InvalidOperationException("No fixture has started the server."),
            Schema = schema,
        };

    /// <inheritdoc/>
    public override async Task<SessionStore> OpenAsync(SessionStoreOptions? limits = null)
    {
        limits ??= new SessionStoreOptions();
        return await PostgreSqlStore
            .OpenAsync(
                Options with
                {
                    MaxChangeBytes = limits.MaxChangeBytes,
                    MaxSnapshotBytes = limits.MaxSnapshotBytes,
                    MaxCommitWrites = limits.MaxCommitWrites,
                    MaxCommitBytes = limits.MaxCommitBytes,
                }
            )
            .ConfigureAwait(false);
    }
}
