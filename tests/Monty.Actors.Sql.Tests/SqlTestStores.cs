using Monty.Actors.PostgreSql;
using Monty.Actors.Sqlite;
using Monty.Testing.Stores;

namespace Monty.Actors.Sql.Tests;

/// <summary>A database for one test that both an <see cref="SqlSessionStore"/> and one of our own stores can open.</summary>
/// <remarks>
/// The store has one serializer. Akka.Persistence.Sql stores the id of its journal and the time of its clock, and not those of the change, which is recognized by
/// its bytes.
/// </remarks>
public abstract class SqlTestStore : TestStore
{
    /// <summary>The options of the store.</summary>
    public abstract SqlSessionStoreOptions Options { get; }

    /// <summary>Opens the same tables with our own store.</summary>
    public abstract Task<SessionStore> OpenOwnAsync();

    /// <summary>Runs SQL on the tables.</summary>
    public abstract Task EditAsync(string sql);

    /// <inheritdoc/>
    public override async Task<SessionStore> OpenAsync(SessionStoreOptions? limits = null)
    {
        limits ??= new SessionStoreOptions();
        return await SqlSessionStore.OpenAsync(
            Options with
            {
                MaxChangeBytes = limits.MaxChangeBytes,
                MaxSnapshotBytes = limits.MaxSnapshotBytes,
                MaxCommitWrites = limits.MaxCommitWrites,
                MaxCommitBytes = limits.MaxCommitBytes,
            }
        );
    }

    internal override StoredRow Comparable(StoredRow row) => row with { SerializerId = 0, WriterId = "", At = default };

    internal override ChangeWrite ByAnother(ChangeWrite change) =>
        change.ByAnother() with
        {
            Row = change.Row with { Payload = "another's"u8.ToArray() },
        };
}

/// <summary>A SQLite file.</summary>
public sealed class SqlOnSqlite : SqlTestStore
{
    private readonly SqliteTestStore place = new();

    /// <inheritdoc/>
    public override SqlSessionStoreOptions Options =>
        new() { Database = SqlDatabase.Sqlite, ConnectionString = $"Data Source={place.Path}" };

    /// <inheritdoc/>
    public override async Task<SessionStore> OpenOwnAsync() => await SqliteStore.OpenAsync(place.Path);

    /// <inheritdoc/>
    public override Task EditAsync(string sql) => TestSql.RunOnSqliteAsync(place.Path, sql);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await place.DisposeAsync();
        await base.DisposeAsync();
    }
}

/// <summary>A schema of the PostgreSQL server of the tests.</summary>
public sealed class SqlOnPostgreSql : SqlTestStore
{
    private readonly PostgreSqlTestStore place = new();

    /// <inheritdoc/>
    public override bool WaitsForOwner => true;

    /// <inheritdoc/>
    public override SqlSessionStoreOptions Options =>
        new()
        {
            Database = SqlDatabase.PostgreSql,
            ConnectionString = place.Options.ConnectionString,
            Schema = place.Options.Schema,
        };

    /// <inheritdoc/>
    public override async Task<SessionStore> OpenOwnAsync() => await PostgreSqlStore.OpenAsync(place.Options);

    /// <inheritdoc/>
    public override Task EditAsync(string sql) => TestSql.RunOnPostgreSqlAsync($"SET search_path TO {Options.Schema}; {sql}");

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await place.DisposeAsync();
        await base.DisposeAsync();
    }
}
