using Monty.Actors;
using Monty.Actors.PostgreSql;
using Monty.Actors.Sqlite;

namespace Monty.Testing.Journals;

/// <summary>A store of a test's own, empty at first: what the conformance kit runs against.</summary>
public abstract class JournalStore : IAsyncDisposable
{
    /// <summary>Opens the store; the caller disposes the journal. Journals of one store see the same sessions.</summary>
    public abstract Task<IJournal> OpenAsync(JournalOptions? limits = null);

    /// <summary>True when a second engine waits for the first to give the ownership up, instead of being refused.</summary>
    public virtual bool WaitsForOwner => false;

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>A store in memory: one journal, however often it is opened.</summary>
public sealed class MemoryStore : JournalStore
{
    private MemoryJournal? journal;

    /// <inheritdoc/>
    public override Task<IJournal> OpenAsync(JournalOptions? limits = null) =>
        Task.FromResult<IJournal>(journal ??= new MemoryJournal(limits));
}

/// <summary>A SQLite file in a folder of its own.</summary>
public sealed class SqliteStore : JournalStore
{
    private readonly TempFolder folder = new();

    /// <summary>The database file.</summary>
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

/// <summary>A schema of its own on the server that all tests of the process share.</summary>
public sealed class PostgreSqlStore : JournalStore
{
    private static int schemas;
    private readonly string schema = $"test_{Interlocked.Increment(ref schemas)}";

    /// <summary>The server, set by the fixture that started it.</summary>
    public static PostgreSqlServer? Server { get; set; }

    /// <inheritdoc/>
    public override bool WaitsForOwner => true;

    /// <summary>How this store is opened.</summary>
    public PostgreSqlJournalOptions Options =>
        new()
        {
            ConnectionString = Server?.ConnectionString ?? throw new InvalidOperationException("No fixture has started the server."),
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

/// <summary>Another store, sealed.</summary>
public sealed class SealedStore<TStore> : JournalStore
    where TStore : JournalStore, new()
{
    private readonly TStore inner = new();

    /// <inheritdoc/>
    public override bool WaitsForOwner => inner.WaitsForOwner;

    /// <summary>The store behind the seals.</summary>
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
