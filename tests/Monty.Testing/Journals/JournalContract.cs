using Monty.Actors;
using Xunit;

namespace Monty.Testing.Journals;

/// <summary>The base of the conformance tests for journals. It creates a store for each test. A test project derives one empty class for each topic and store.</summary>
public abstract class JournalContract<TStore> : IAsyncLifetime
    where TStore : JournalStore, new()
{
    private readonly List<IJournal> opened = [];

    /// <summary>The store under test.</summary>
    protected TStore Store { get; } = new();

    /// <summary>The first journal that was opened on the store.</summary>
    protected IJournal Journal => opened[0];

    /// <summary>The token that is canceled when the test ends.</summary>
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public virtual async ValueTask InitializeAsync() => await OpenAsync().ConfigureAwait(false);

    /// <summary>Opens another journal on the store, as another process would. It is disposed with the test.</summary>
    protected async Task<IJournal> OpenAsync(JournalOptions? limits = null)
    {
        opened.Add(await Store.OpenAsync(limits).ConfigureAwait(false));
        return opened[^1];
    }

    /// <summary>Reads all records of a session, in pages.</summary>
    protected static async Task<IReadOnlyList<JournalRecord>> ReadAllAsync(IJournal journal, SessionId session, int page = 1000)
    {
        ArgumentNullException.ThrowIfNull(journal);
        List<JournalRecord> all = [];
        while (await journal.ReadAsync(session, all.Count, page, Cancellation).ConfigureAwait(false) is { Count: > 0 } more)
        {
            all.AddRange(more);
        }

        return all;
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var journal in opened)
        {
            await journal.DisposeAsync().ConfigureAwait(false);
        }

        await Store.DisposeAsync().ConfigureAwait(false);
    }
}
