using Monty.Actors;
using Xunit;

namespace Monty.Testing.Stores;

/// <summary>The base of the conformance kit: a store of each test's own. A test project derives one class a topic and store, which needs no body.</summary>
public abstract class StoreContract<TStore> : IAsyncLifetime
    where TStore : TestStore, new()
{
    private readonly List<SessionStore> opened = [];

    /// <summary>The place that is under test.</summary>
    protected TStore Place { get; } = new();

    /// <summary>The first store that was opened on it.</summary>
    protected SessionStore Store => opened[0];

    /// <summary>Ends with the test.</summary>
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public virtual async ValueTask InitializeAsync() => await OpenAsync().ConfigureAwait(false);

    /// <summary>Another store on the place, as another process would open it. Disposed with the test.</summary>
    protected async Task<SessionStore> OpenAsync(SessionStoreOptions? limits = null)
    {
        opened.Add(await Place.OpenAsync(limits).ConfigureAwait(false));
        return opened[^1];
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var store in opened)
        {
            await store.DisposeAsync().ConfigureAwait(false);
        }

        await Place.DisposeAsync().ConfigureAwait(false);
    }
}
