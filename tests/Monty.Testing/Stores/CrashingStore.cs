using Monty.Actors;

namespace Monty.Testing.Stores;

/// <summary>
/// A store that fails where a test requests it. The caller gets a <see cref="SessionStoreException"/>, as if the database had become unavailable.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class CrashingStore(SessionStore inner) : DelegatingStore(inner)
{
    private readonly Lock gate = new();
    private readonly List<Armed> armed = [];
    private TaskCompletionSource crashed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes one later call of an operation crash.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="moment">The moment of the crash.</param>
    /// <param name="skip">The number of calls that succeed before the crash.</param>
    /// <param name="session">The session whose calls count, including commits with a change of it, or null for all sessions.</param>
    /// <returns>A task that completes when the call has crashed.</returns>
    public Task CrashAt(StoreOperation operation, CrashMoment moment, int skip = 0, SessionId? session = null)
    {
        lock (gate)
        {
            armed.Add(new Armed(operation, moment, skip, session?.Key()));
            if (crashed.Task.IsCompleted)
            {
                crashed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return crashed.Task;
        }
    }

    internal override Task<StoreOwnership> OwnAsync(string holder, CancellationToken cancellationToken) =>
        RunAsync(StoreOperation.Own, null, () => base.OwnAsync(holder, cancellationToken));

    internal override void Write(IReadOnlyList<ChangeWrite> writes)
    {
        var moment = TakeCrash(StoreOperation.Write, [.. writes.Select(w => w.PersistenceId)]);
        if (moment == CrashMoment.Before)
        {
            throw Crash(StoreOperation.Write, CrashMoment.Before);
        }

        base.Write(writes);
        if (moment == CrashMoment.After)
        {
            throw Crash(StoreOperation.Write, CrashMoment.After);
        }
    }

    internal override Task<long> FindHighestAsync(string persistenceId, CancellationToken cancellationToken) =>
        RunAsync(StoreOperation.FindHighest, persistenceId, () => base.FindHighestAsync(persistenceId, cancellationToken));

    internal override Task<IReadOnlyList<StoredRow>> ReadPageAsync(
        string persistenceId,
        long from,
        long to,
        int max,
        CancellationToken cancellationToken
    ) => RunAsync(StoreOperation.Read, persistenceId, () => base.ReadPageAsync(persistenceId, from, to, max, cancellationToken));

    internal override Task SaveSnapshotAsync(string persistenceId, StoredRow snapshot, CancellationToken cancellationToken) =>
        RunAsync(
            StoreOperation.SaveSnapshot,
            persistenceId,
            Done(() => base.SaveSnapshotAsync(persistenceId, snapshot, cancellationToken))
        );

    internal override Task<StoredRow?> FindSnapshotAsync(string persistenceId, long upTo, CancellationToken cancellationToken) =>
        RunAsync(StoreOperation.FindSnapshot, persistenceId, () => base.FindSnapshotAsync(persistenceId, upTo, cancellationToken));

    internal override Task DeleteSnapshotsAsync(string persistenceId, long upTo, CancellationToken cancellationToken) =>
        RunAsync(
            StoreOperation.DeleteSnapshots,
            persistenceId,
            Done(() => base.DeleteSnapshotsAsync(persistenceId, upTo, cancellationToken))
        );

    internal override Task<SessionEntry?> FindAsync(SessionId session, CancellationToken cancellationToken) =>
        RunAsync(StoreOperation.Find, session.Key(), () => base.FindAsync(session, cancellationToken));

    internal override Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken) =>
        RunAsync(StoreOperation.List, null, () => base.ListAsync(query, cancellationToken));

    internal override Task<IReadOnlyList<DueSession>> ListDueAsync(
        DateTimeOffset until,
        DueSession? after,
        int max,
        CancellationToken cancellationToken
    ) => RunAsync(StoreOperation.ListDue, null, () => base.ListDueAsync(until, after, max, cancellationToken));

    internal override Task<IReadOnlyList<SessionId>> ListActiveAsync(SessionId? after, int max, CancellationToken cancellationToken) =>
        RunAsync(StoreOperation.ListActive, null, () => base.ListActiveAsync(after, max, cancellationToken));

    internal override Task<int> PurgeAsync(DateTimeOffset unchangedSince, int max, CancellationToken cancellationToken) =>
        RunAsync(StoreOperation.Purge, null, () => base.PurgeAsync(unchangedSince, max, cancellationToken));

    private static Func<Task<bool>> Done(Func<Task> run) =>
        async () =>
        {
            await run().ConfigureAwait(false);
            return true;
        };

    private async Task<T> RunAsync<T>(StoreOperation operation, string? persistenceId, Func<Task<T>> run)
    {
        var moment = TakeCrash(operation, persistenceId is null ? [] : [persistenceId]);
        if (moment == CrashMoment.Before)
        {
            throw Crash(operation, CrashMoment.Before);
        }

        var result = await run().ConfigureAwait(false);
        if (moment != CrashMoment.After)
        {
            return result;
        }

        if (result is StoreOwnership ownership)
        {
            await ownership.DisposeAsync().ConfigureAwait(false); // its holder is gone
        }

        throw Crash(operation, CrashMoment.After);
    }

    private SessionStoreException Crash(StoreOperation operation, CrashMoment moment)
    {
        lock (gate)
        {
            crashed.TrySetResult();
        }

        return new SessionStoreException($"The store crashed at {operation}, {moment}, because the test requested it.");
    }

    private CrashMoment? TakeCrash(StoreOperation operation, IReadOnlyCollection<string> persistenceIds)
    {
        lock (gate)
        {
            for (var i = 0; i < armed.Count; i++)
            {
                var crash = armed[i];
                if (crash.Operation != operation || (crash.PersistenceId is { } id && !persistenceIds.Contains(id)))
                {
                    continue;
                }

                if (crash.Skip > 0)
                {
                    armed[i] = crash with { Skip = crash.Skip - 1 };
                    continue;
                }

                armed.RemoveAt(i);
                return crash.Moment;
            }

            return null;
        }
    }

    private sealed record Armed(StoreOperation Operation, CrashMoment Moment, int Skip, string? PersistenceId);
}
