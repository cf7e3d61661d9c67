using Akka.Persistence;
using Akka.Persistence.Snapshot;
using Akka.Serialization;

namespace Monty.Actors.Persistence;

/// <summary>The snapshot store plug-in of Akka.Persistence for a <see cref="SessionStore"/>. An unreadable snapshot is treated as missing.</summary>
internal sealed class SessionSnapshotStore : SnapshotStore
{
    private readonly SessionStore store = StoreExtension.For(Context.System).Store;
    private readonly SessionSerializer serializer = (SessionSerializer)
        Context.System.Serialization.FindSerializerForType(typeof(SessionSnapshot));

    /// <inheritdoc/>
    protected override async Task<SelectedSnapshot> LoadAsync(
        string persistenceId,
        SnapshotSelectionCriteria criteria,
        CancellationToken cancellationToken
    )
    {
        var row = await store.FindSnapshotAsync(persistenceId, criteria.MaxSequenceNr, cancellationToken).ConfigureAwait(false);
        while (row is not null)
        {
            var snapshot = row.SerializerId == SessionSerializer.Id ? serializer.ReadSnapshot(row.Payload, row.Manifest) : null;
            if (
                snapshot is SessionSnapshot readable
                && readable.SequenceNumber == row.SequenceNumber
                && PersistenceIds.For(readable.Session) == persistenceId
            )
            {
                return new SelectedSnapshot(new SnapshotMetadata(persistenceId, row.SequenceNumber, row.At.UtcDateTime), readable);
            }

            row = await store.FindSnapshotAsync(persistenceId, row.SequenceNumber - 1, cancellationToken).ConfigureAwait(false);
        }

        return null!; // Akka expects null if there is no snapshot
    }

    /// <inheritdoc/>
    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot, CancellationToken cancellationToken)
    {
        var row = new StoredRow(
            metadata.SequenceNr,
            new DateTimeOffset(metadata.Timestamp, TimeSpan.Zero),
            serializer.ToBinary(snapshot),
            serializer.Identifier,
            serializer.Manifest(snapshot)
        );
        return store.SaveSnapshotAsync(metadata.PersistenceId, row, cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task DeleteAsync(SnapshotMetadata metadata, CancellationToken cancellationToken) =>
        store.DeleteSnapshotsAsync(metadata.PersistenceId, metadata.SequenceNr, cancellationToken);

    /// <inheritdoc/>
    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        store.DeleteSnapshotsAsync(persistenceId, criteria.MaxSequenceNr, cancellationToken);
}
