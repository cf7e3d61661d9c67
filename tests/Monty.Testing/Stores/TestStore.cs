using Monty.Actors;
using Monty.Actors.PostgreSql;
using Monty.Actors.Sqlite;

namespace Monty.Testing.Stores;

/// <summary>A store of a test's own, empty at first: what the conformance kit runs against.</summary>
public abstract class TestStore : IAsyncDisposable
{
    /// <summary>Opens the store; the caller disposes it. Stores that are opened here see the same sessions.</summary>
    public abstract Task<SessionStore> OpenAsync(SessionStoreOptions? limits = null);

    /// <summary>True when a second engine waits for the first to give the ownership up, instead of being refused.</summary>
    public virtual bool WaitsForOwner => false;

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>A store in memory: the same one, however often it is opened.</summary>
public sealed class MemoryTestStore : TestStore
{
    private MemoryStore? store;

    /// <inheritdoc/>
    public override Task<SessionStore> OpenAsync(SessionStoreOptions? limits = null) =>
        Task.FromResult<SessionStore>(store ??= new MemoryStore(limits));
}

/// <summary>A SQLite file in a folder of its own.</summary>
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

/// <summary>A schema of its own on the server that all tests of the process share.</summary>
public sealed class PostgreSqlTestStore : TestStore
{
    private static int schemas;
    private readonly string schema = $"test_{Interlocked.Increment(ref schemas)}";

    /// <summary>The server, set by the fixture that started it.</summary>
    public static PostgreSqlServer? Server { get; set; }

    /// <inheritdoc/>
    public override bool WaitsForOwner => true;

    /// <summary>How this store is opened.</summary>
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
