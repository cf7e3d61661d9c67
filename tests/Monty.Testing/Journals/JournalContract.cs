using Monty.Actors;
using Xunit;

namespace Monty.Testing.Journals;

/// <summary>The base of the conformance kit: a store of each test's own. A test project derives one class a topic and store, which needs no body.</summary>
public abstract class JournalContract<TStore> : IAsyncLifetime
    where TStore : JournalStore, new()
{
    private readonly List<IJournal> opened = [];

    /// <summary>The store under test.</summary>
    protected TStore Store { get; } = new();

    /// <summary>The first journal that was opened on it.</summary>
    protected IJournal Journal => opened[0];

    /// <summary>Ends with the test.</summary>
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public virtual async ValueTask InitializeAsync() => await OpenAsync().ConfigureAwait(false);

    /// <summary>Another journal on the store, as another process would open it. Disposed with the test.</summary>
    protected async Task<IJournal> OpenAsync(JournalOptions? limits = null)
    {
        opened.Add(await Store.OpenAsync(limits).ConfigureAwait(false));
        return opened[^1];
    }

    /// <summary>Everything that a session's story holds, read in pages.</summary>
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
