using Monty.Actors;
using Monty.Actors.PostgreSql;
using Monty.Actors.Sqlite;

namespace Monty.Testing.Journals;

/// <summary>An empty store for one test, against which the conformance tests run.</summary>
public abstract class JournalStore : IAsyncDisposable
{
    /// <summary>Opens a journal on the store. The caller disposes the journal. All journals of one store see the same sessions.</summary>
    public abstract Task<IJournal> OpenAsync(JournalOptions? limits = null);

    /// <summary>True when a second engine waits until the first releases the ownership, false when it is refused.</summary>
    public virtual bool WaitsForOwner => false;

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>A store in memory. Opening it always returns the same journal.</summary>
public sealed class MemoryStore : JournalStore
{
    private MemoryJournal? journal;

    /// <inheritdoc/>
    public override Task<IJournal> OpenAsync(JournalOptions? limits = null) =>
        Task.FromResult<IJournal>(journal ??= new MemoryJournal(limits));
}

/// <summary>A store in a SQLite file, in its own temporary folder.</summary>
public sealed class SqliteStore : JournalStore
{
    private readonly TempFolder folder = new();

    /// <summary>The path of the database file.</summary>
    public string Path => folder.File("journal.db");

    /// <inheritdoc/>
    public override async Task<IJournal> OpenAsync(JournalOptions? limits = null)
    {
        var options = new SqliteJournalOptions { Path = Path };
        return await SqliteJournal
            .OpenAsync(
                limits is null
                    ? options
                    : options with
                    {
                        MaxRecordBytes = limits.MaxRecordBytes,
                        MaxDumpBytes = limits.MaxDumpBytes,
                        MaxAppendBytes = limits.MaxAppendBytes,
                        CommitDelay = limits.CommitDelay,
                        TimeProvider = limits.TimeProvider,
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

/// <summary>A store in its own PostgreSQL schema. All tests of the process share one server.</summary>
public sealed class PostgreSqlStore : JournalStore
{
    private static int schemas;
    private readonly string schema = $"test_{Interlocked.Increment(ref schemas)}";

    /// <summary>The server, which is set by the fixture that starts it.</summary>
    public static PostgreSqlServer? Server { get; set; }

    /// <inheritdoc/>
    public override bool WaitsForOwner => true;

    /// <summary>The options that open this store.</summary>
    public PostgreSqlJournalOptions Options =>
        new()
        {
            ConnectionString =
                Server?.ConnectionString
                ?? throw new InvalidOperationException(
                    "The PostgreSQL server is not started. Add the fixture that starts it to the test project."
                ),
            Schema = schema,
        };

    /// <inheritdoc/>
    public override async Task<IJournal> OpenAsync(JournalOptions? limits = null) =>
        await PostgreSqlJournal
            .OpenAsync(
                limits is null
                    ? Options
                    : Options with
                    {
                        MaxRecordBytes = limits.MaxRecordBytes,
                        MaxDumpBytes = limits.MaxDumpBytes,
                        MaxAppendBytes = limits.MaxAppendBytes,
                        CommitDelay = limits.CommitDelay,
                        TimeProvider = limits.TimeProvider,
                    }
            )
            .ConfigureAwait(false);
}

/// <summary>A store whose records and dumps are sealed, on top of another store.</summary>
public sealed class SealedStore<TStore> : JournalStore
    where TStore : JournalStore, new()
{
    private readonly TStore inner = new();

    /// <inheritdoc/>
    public override bool WaitsForOwner => inner.WaitsForOwner;

    /// <summary>The underlying store.</summary>
    public TStore Inner => inner;

    /// <inheritdoc/>
    public override async Task<IJournal> OpenAsync(JournalOptions? limits = null) =>
        new SealedJournal(
            await inner.OpenAsync(limits).ConfigureAwait(false),
            new JournalKey(7, Enumerable.Repeat((byte)0x5A, 32).ToArray())
        );

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
