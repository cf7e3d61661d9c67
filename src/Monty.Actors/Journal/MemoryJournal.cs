namespace Monty.Actors;

/// <summary>A journal in this process's memory: for tests, and for sessions that need not outlive the process.</summary>
/// <remarks>Thread-safe. Everything is gone with the object.</remarks>
public sealed class MemoryJournal : IJournal
{
    private readonly Lock gate = new();
    private readonly JournalOptions options;
    private readonly Dictionary<SessionId, Entry> entries = [];
    private readonly SortedSet<SessionId> ids = [];
    private readonly SortedSet<SessionId> active = [];
    private readonly SortedSet<(DateTimeOffset DueAt, SessionId Session)> due = [];
    private long lastEpoch;
    private string? holder;

    /// <summary>An empty journal.</summary>
    /// <param name="options">The limits on sizes; null for the defaults. The rest of them is not used.</param>
    public MemoryJournal(JournalOptions? options = null)
    {
        this.options = options ?? new JournalOptions();
        this.options.Check();
    }

    /// <inheritdoc/>
    public JournalLimits Limits => options.Limits;

    /// <inheritdoc/>
    public Task<AppendResult> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(append);
        return Run(() => Append(append), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ClaimResult> ClaimAsync(SessionId session, long epoch, CancellationToken cancellationToken = default) =>
        Run<ClaimResult>(
            () =>
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(epoch, 1);
                if (!entries.TryGetValue(session, out var entry))
                {
                    return new ClaimResult.Absent();
                }

                if (entry.Epoch > epoch)
                {
                    return new ClaimResult.Fenced(entry.Epoch);
                }

                entry.Epoch = epoch;
                return new ClaimResult.Claimed(entry.Head(session));
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<SessionHead?> FindAsync(SessionId session, CancellationToken cancellationToken = default) =>
        Run(() => entries.GetValueOrDefault(session)?.Head(session), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournalRecord>> ReadAsync(
        SessionId session,
        long afterVersion,
        int maxRecords,
        CancellationToken cancellationToken = default
    ) =>
        Run(
            () =>
            {
                ArgumentOutOfRangeException.ThrowIfNegative(afterVersion);
                ArgumentOutOfRangeException.ThrowIfLessThan(maxRecords, 1);
                List<JournalRecord> page = [];
                if (!entries.TryGetValue(session, out var entry))
                {
                    return page;
                }

                for (
                    long version = afterVersion, bytes = 0;
                    version < entry.Records.Count && page.Count < maxRecords && bytes < JournalOptions.MaxPageBytes;
                    version++
                )
                {
                    page.Add(entry.Records[(int)version]);
                    bytes += page[^1].Payload.Length;
                }

                return (IReadOnlyList<JournalRecord>)page;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<SessionEntry>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Run(
            () =>
            {
                query.Check();
                var first = new SessionId(query.Tenant, query.After ?? "-"); // no name comes before it
                return (IReadOnlyList<SessionEntry>)
                    [
                        .. From(ids, first)
                            .TakeWhile(id => id.Tenant == query.Tenant)
                            .Where(id => id.Name != query.After)
                            .Select(id => entries[id].Line(id))
                            .Where(line => Fits(line.Summary, query))
                            .Take(query.Max),
                    ];
            },
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<DueSession>> ListDueAsync(
        DateTimeOffset until,
        DueSession? after,
        int max,
        CancellationToken cancellationToken = default
    ) =>
        Run(
            () =>
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
                return (IReadOnlyList<DueSession>)
                    [
                        .. (after is { } last ? From(due, (last.DueAt, last.Session)).Where(d => d != (last.DueAt, last.Session)) : due)
                            .TakeWhile(d => d.DueAt <= until)
                            .Take(max)
                            .Select(d => new DueSession(d.Session, d.DueAt)),
                    ];
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<DateTimeOffset?> FindNextDueAsync(CancellationToken cancellationToken = default) =>
        Run(() => due.Count == 0 ? (DateTimeOffset?)null : due.Min.DueAt, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SessionId>> ListActiveAsync(SessionId? after, int max, CancellationToken cancellationToken = default) =>
        Run(
            () =>
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
                return (IReadOnlyList<SessionId>)[.. (after is { } last ? From(active, last).Where(id => id != last) : active).Take(max)];
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<int> PurgeAsync(DateTimeOffset unchangedSince, int max, CancellationToken cancellationToken = default) =>
        Run(
            () =>
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
                List<SessionId> old =
                [
                    .. ids.Where(id => entries[id].Summary is { Status: SessionStatus.Closed } s && s.ChangedAt <= unchangedSince)
                        .Take(max),
                ];
                foreach (var id in old)
                {
                    Index(id, entries[id].Summary, add: false);
                    ids.Remove(id);
                    entries.Remove(id);
                }

                return old.Count;
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<long> NextEpochAsync(CancellationToken cancellationToken = default) => Run(() => ++lastEpoch, cancellationToken);

    /// <inheritdoc/>
    public Task<JournalOwnership> OwnAsync(string holder, CancellationToken cancellationToken = default) =>
        Run<JournalOwnership>(
            () =>
            {
                ArgumentNullException.ThrowIfNull(holder);
                if (this.holder is { } other)
                {
                    throw new JournalOwnedException($"This journal is owned by {other}. Stop that engine first.", other);
                }

                this.holder = holder;
                return new Ownership(this, ++lastEpoch);
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static SortedSet<T> From<T>(SortedSet<T> set, T first) =>
        set.Count == 0 || set.Comparer.Compare(set.Max, first) < 0 ? [] : set.GetViewBetween(first, set.Max);

    private static bool Fits(SessionSummary summary, SessionQuery query) =>
        (query.Status is null || summary.Status == query.Status)
        && (query.UnchangedSince is null || summary.ChangedAt <= query.UnchangedSince)
        && (query.WaitingOn is null || summary.WaitingOn.Contains(query.WaitingOn))
        && (query.Label is null || summary.Labels.Contains(query.Label));

    private AppendResult Append(SessionAppend append)
    {
        options.CheckLimits(append);
        entries.TryGetValue(append.Session, out var entry);
        if (entry?.Epoch > append.Epoch)
        {
            return AppendResult.Fenced;
        }

        if ((entry?.Records.Count ?? 0) != append.ExpectedVersion)
        {
            return AppendResult.VersionConflict;
        }

        if (entry is null)
        {
            entries[append.Session] = entry = new Entry();
            ids.Add(append.Session);
        }
        else
        {
            Index(append.Session, entry.Summary, add: false);
        }

        entry.Records.AddRange(
            append.Records.Select(r => new JournalRecord(r.Version, r.Kind, r.Schema, r.Payload.ToArray(), Microseconds.Cut(r.At)))
        );
        if (append.Dump is { } dump)
        {
            entry.Dump = new JournalDump(dump.Version, dump.Runtime, dump.Content.ToArray());
        }

        (entry.Epoch, entry.Summary) = (append.Epoch, Microseconds.Cut(append.Summary));
        Index(append.Session, entry.Summary, add: true);
        return AppendResult.Appended;
    }

    private void Index(SessionId session, SessionSummary summary, bool add)
    {
        if (summary.IsActive)
        {
            _ = add ? active.Add(session) : active.Remove(session);
        }

        if (summary.DueAt is { } at)
        {
            _ = add ? due.Add((at, session)) : due.Remove((at, session));
        }
    }

    private Task<T> Run<T>(Func<T> action, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        try
        {
            lock (gate)
            {
                return Task.FromResult(action());
            }
        }
        catch (JournalException exception)
        {
            return Task.FromException<T>(exception);
        }
    }

    private sealed class Entry
    {
        public long Epoch { get; set; }

        public List<JournalRecord> Records { get; } = [];

        public SessionSummary Summary { get; set; } = new(SessionStatus.Idle, default, default);

        public JournalDump? Dump { get; set; }

        public SessionHead Head(SessionId session) => new(session, Records.Count, Epoch, Summary, Dump);

        public SessionEntry Line(SessionId session) => new(session, Records.Count, Summary);
    }

    private sealed class Ownership(MemoryJournal journal, long epoch) : JournalOwnership
    {
        private bool given;

        public override long Epoch => epoch;

        public override CancellationToken Lost => CancellationToken.None;

        public override ValueTask DisposeAsync()
        {
            lock (journal.gate)
            {
                if (!given)
                {
                    journal.holder = null;
                }

                given = true;
            }

            return ValueTask.CompletedTask;
        }
    }
}
