using Monty.Actors;

namespace Monty.Testing.Stores;

/// <summary>
/// The base class of stores that forward all calls to an inner store. A test or benchmark overrides what it changes. Disposing it disposes the inner store.
/// </summary>
/// <remarks>Thread-safe if the inner store is.</remarks>
public abstract class DelegatingStore : SessionStore
{
    private readonly SessionStore inner;

    /// <summary>Creates a store on another one.</summary>
    /// <param name="inner">The inner store.</param>
    protected DelegatingStore(SessionStore inner)
        : base(inner.Options) => this.inner = inner;

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return inner.DisposeAsync();
    }

    internal override Task<StoreOwnership> OwnAsync(string holder, CancellationToken cancellationToken) =>
        inner.OwnAsync(holder, cancellationToken);

    internal override void Write(IReadOnlyList<ChangeWrite> writes) => inner.Write(writes);

    internal override void Settle(SessionEntry entry) => inner.Settle(entry);

    internal override Task ReplaceEntryAsync(SessionEntry entry, CancellationToken cancellationToken) =>
        inner.ReplaceEntryAsync(entry, cancellationToken);

    internal override Task RemoveOrphansAsync(CancellationToken cancellationToken) => inner.RemoveOrphansAsync(cancellationToken);

    internal override Task<IReadOnlyList<string>> ListPersistenceIdsAsync(string after, int max, CancellationToken cancellationToken) =>
        inner.ListPersistenceIdsAsync(after, max, cancellationToken);

    internal override Task<long> FindHighestAsync(string persistenceId, CancellationToken cancellationToken) =>
        inner.FindHighestAsync(persistenceId, cancellationToken);

    internal override Task<IReadOnlyList<StoredRow>> ReadPageAsync(
        string persistenceId,
        long from,
        long to,
        int max,
        CancellationToken cancellationToken
    ) => inner.ReadPageAsync(persistenceId, from, to, max, cancellationToken);

    internal override Task SaveSnapshotAsync(string persistenceId, StoredRow snapshot, CancellationToken cancellationToken) =>
        inner.SaveSnapshotAsync(persistenceId, snapshot, cancellationToken);

    internal override Task<StoredRow?> FindSnapshotAsync(string persistenceId, long upTo, CancellationToken cancellationToken) =>
        inner.FindSnapshotAsync(persistenceId, upTo, cancellationToken);

    internal override Task DeleteSnapshotsAsync(string persistenceId, long upTo, CancellationToken cancellationToken) =>
        inner.DeleteSnapshotsAsync(persistenceId, upTo, cancellationToken);

    internal override Task<SessionEntry?> FindAsync(SessionId session, CancellationToken cancellationToken) =>
        inner.FindAsync(session, cancellationToken);

    internal override Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken) =>
        inner.ListAsync(query, cancellationToken);

    internal override Task<IReadOnlyList<DueSession>> ListDueAsync(
        DateTimeOffset until,
        DueSession? after,
        int max,
        CancellationToken cancellationToken
    ) => inner.ListDueAsync(until, after, max, cancellationToken);

    internal override Task<IReadOnlyList<SessionId>> ListActiveAsync(SessionId? after, int max, CancellationToken cancellationToken) =>
        inner.ListActiveAsync(after, max, cancellationToken);

    internal override Task<int> PurgeAsync(DateTimeOffset unchangedSince, int max, CancellationToken cancellationToken) =>
        inner.PurgeAsync(unchangedSince, max, cancellationToken);
}
