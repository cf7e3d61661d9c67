using Monty.Actors;

namespace Monty.Testing.Journals;

/// <summary>An operation of a journal that a test can let crash.</summary>
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

/// <summary>The moment at which an operation crashes.</summary>
public enum CrashMoment
{
    /// <summary>Before the operation has any effect.</summary>
    Before,

    /// <summary>After the operation has taken effect, so that only its result is lost.</summary>
    After,
}

/// <summary>A journal that fails when a test requests it. The caller gets a <see cref="JournalException"/>, as if the connection to the store was lost.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class CrashingJournal(IJournal inner) : IJournal
{
    private readonly Lock gate = new();
    private readonly List<ArmedCrash> armed = [];
    private TaskCompletionSource crashed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets one later call of an operation crash.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="moment">The moment of the crash.</param>
    /// <param name="skip">The number of calls that succeed before the crash.</param>
    /// <param name="session">The session whose calls count, or null for all sessions.</param>
    /// <returns>A task that completes when the call has crashed.</returns>
    public Task CrashAt(JournalOperation operation, CrashMoment moment, int skip = 0, SessionId? session = null)
    {
        lock (gate)
        {
            armed.Add(new ArmedCrash(operation, moment, skip, session));
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
            await ownership.DisposeAsync().ConfigureAwait(false); // The caller never receives the ownership, so it is released here.
        }

        throw Crash(operation, "after");
    }

    private JournalException Crash(JournalOperation operation, string when)
    {
        lock (gate)
        {
            crashed.TrySetResult();
        }

        return new JournalException($"The journal crashed {when} {operation}, as requested by the test.");
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

    private sealed record ArmedCrash(JournalOperation Operation, CrashMoment Moment, int Skip, SessionId? Session);
}
