using Monty.Actors;

namespace Monty.Testing.Journals;

/// <summary>An operation of a journal, where a test lets it crash.</summary>
public enum JournalOperation
{
    /// <summary><see cref="IJournal.AppendAsync"/>.</summary>
    Append,

    /// <summary><see cref="IJournal.ClaimAsync"/>.</summary>
    Claim,

    /// <summary><see cref="IJournal.FindAsync"/>.</summary>
    Find,

    /// <summary><see cref="IJournal.ReadAsync"/>.</summary>
    Read,

    /// <summary><see cref="IJournal.ListAsync"/>.</summary>
    List,

    /// <summary><see cref="IJournal.ListDueAsync"/> and <see cref="IJournal.FindNextDueAsync"/>.</summary>
    Due,

    /// <summary><see cref="IJournal.ListActiveAsync"/>.</summary>
    Active,

    /// <summary><see cref="IJournal.PurgeAsync"/>.</summary>
    Purge,

    /// <summary><see cref="IJournal.NextEpochAsync"/>.</summary>
    Epoch,

    /// <summary><see cref="IJournal.OwnAsync"/>.</summary>
    Own,
}

/// <summary>When an operation crashes.</summary>
public enum CrashMoment
{
    /// <summary>Nothing has happened.</summary>
    Before,

    /// <summary>It has happened, and the caller does not learn of it.</summary>
    After,
}

/// <summary>A journal that fails where a test says so: the caller gets a <see cref="JournalException"/>, as from a store that went away.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class CrashingJournal(IJournal inner) : IJournal
{
    private readonly Lock gate = new();
    private readonly List<(JournalOperation Operation, CrashMoment Moment, int Skip, SessionId? Session)> armed = [];
    private TaskCompletionSource crashed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets one later call of an operation crash.</summary>
    /// <param name="operation">Which.</param>
    /// <param name="moment">When.</param>
    /// <param name="skip">How many calls go well before it.</param>
    /// <param name="session">Only calls for this session count; null for all.</param>
    /// <returns>Completes when it has crashed.</returns>
    public Task CrashAt(JournalOperation operation, CrashMoment moment, int skip = 0, SessionId? session = null)
    {
        lock (gate)
        {
            armed.Add((operation, moment, skip, session));
            if (crashed.Task.IsCompleted)
            {
                crashed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return crashed.Task;
        }
    }

    /// <inheritdoc/>
    public JournalLimits Limits => inner.Limits;

    /// <inheritdoc/>
    public Task<AppendResult> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(append);
        return RunAsync(JournalOperation.Append, append.Session, () => inner.AppendAsync(append, cancellationToken));
    }

    /// <inheritdoc/>
    public Task<ClaimResult> ClaimAsync(SessionId session, long epoch, CancellationToken cancellationToken = default) =>
        RunAsync(JournalOperation.Claim, session, () => inner.ClaimAsync(session, epoch, cancellationToken));

    /// <inheritdoc/>
    public Task<SessionHead?> FindAsync(SessionId session, CancellationToken cancellationToken = default) =>
        RunAsync(JournalOperation.Find, session, () => inner.FindAsync(session, cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournalRecord>> ReadAsync(
        SessionId session,
        long afterVersion,
        int maxRecords,
        CancellationToken cancellationToken = default
    ) => RunAsync(JournalOperation.Read, session, () => inner.ReadAsync(session, afterVersion, maxRecords, cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default) =>
        RunAsync(JournalOperation.List, null, () => inner.ListAsync(query, cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<DueSession>> ListDueAsync(
        DateTimeOffset until,
        DueSession? after,
        int max,
        CancellationToken cancellationToken = default
    ) => RunAsync(JournalOperation.Due, null, () => inner.ListDueAsync(until, after, max, cancellationToken));

    /// <inheritdoc/>
    public Task<DateTimeOffset?> FindNextDueAsync(CancellationToken cancellationToken = default) =>
        RunAsync(JournalOperation.Due, null, () => inner.FindNextDueAsync(cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<SessionId>> ListActiveAsync(SessionId? after, int max, CancellationToken cancellationToken = default) =>
        RunAsync(JournalOperation.Active, null, () => inner.ListActiveAsync(after, max, cancellationToken));

    /// <inheritdoc/>
    public Task<int> PurgeAsync(DateTimeOffset unchangedSince, int max, CancellationToken cancellationToken = default) =>
        RunAsync(JournalOperation.Purge, null, () => inner.PurgeAsync(unchangedSince, max, cancellationToken));

    /// <inheritdoc/>
    public Task<long> NextEpochAsync(CancellationToken cancellationToken = default) =>
        RunAsync(JournalOperation.Epoch, null, () => inner.NextEpochAsync(cancellationToken));

    /// <inheritdoc/>
    public Task<JournalOwnership> OwnAsync(string holder, CancellationToken cancellationToken = default) =>
        RunAsync(JournalOperation.Own, null, () => inner.OwnAsync(holder, cancellationToken));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async Task<T> RunAsync<T>(JournalOperation operation, SessionId? session, Func<Task<T>> run)
    {
        var moment = TakeCrash(operation, session);
        if (moment == CrashMoment.Before)
        {
            throw Crash(operation, "before");
        }

        var result = await run().ConfigureAwait(false);
        if (moment != CrashMoment.After)
        {
            return result;
        }

        if (result is JournalOwnership ownership)
        {
            await ownership.DisposeAsync().ConfigureAwait(false); // its holder is gone
        }

        throw Crash(operation, "after");
    }

    private JournalException Crash(JournalOperation operation, string when)
    {
        lock (gate)
        {
            crashed.TrySetResult();
        }

        return new JournalException($"The journal crashed {when} {operation}, as the test told it to.");
    }

    private CrashMoment? TakeCrash(JournalOperation operation, SessionId? session)
    {
        lock (gate)
        {
            for (var i = 0; i < armed.Count; i++)
            {
                var crash = armed[i];
                if (crash.Operation != operation || (crash.Session is not null && crash.Session != session))
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
}
