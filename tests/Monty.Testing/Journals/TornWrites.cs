using System.Collections.Concurrent;
using Monty.Actors;
using Shouldly;

namespace Monty.Testing.Journals;

/// <summary>Runs writers while their store is killed, and checks that no acknowledged append is lost and none is written partially.</summary>
/// <remarks>Each append has two records, a dump and a label that all contain its name, so the stored data shows whether they belong together.</remarks>
public sealed class TornWrites(IJournal journal, int sessions)
{
    private readonly ConcurrentDictionary<SessionId, long> acknowledged = new();
    private readonly ConcurrentDictionary<long, TaskCompletionSource> watchers = new();
    private long appends;
    private long failures;

    /// <summary>The number of acknowledged appends.</summary>
    public long Appends => Interlocked.Read(ref appends);

    /// <summary>The number of failed calls.</summary>
    public long Failures => Interlocked.Read(ref failures);

    /// <summary>Creates an append whose parts all contain its name.</summary>
    public static SessionAppend Append(SessionId session, long version)
    {
        var name = $"append at {version}";
        return Story.Append(
            session,
            version,
            [name, name],
            summary: Story.Summary(labels: [name], waitingOn: [name]),
            dump: Story.Dump(version + 2, name)
        );
    }

    /// <summary>Returns a task that completes when a number of appends is acknowledged.</summary>
    public Task WhenAppended(long count)
    {
        var watcher = watchers.GetOrAdd(count, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (Appends >= count)
        {
            watcher.TrySetResult();
        }

        return watcher.Task;
    }

    /// <summary>Appends to all sessions concurrently until it is canceled. After a failure, a writer reads the version of its session and continues.</summary>
    public Task RunAsync(CancellationToken stop) =>
        Task.WhenAll(
            Enumerable.Range(0, sessions).Select(i => Task.Run(() => WriteAsync(Story.Session($"s{i}"), stop), CancellationToken.None))
        );

    /// <summary>Records an append that another process acknowledged.</summary>
    public void Acknowledge(SessionId session, long version) =>
        acknowledged.AddOrUpdate(session, version, (_, known) => Math.Max(known, version));

    /// <summary>Checks that every acknowledged append is stored, and that no session has a partial append.</summary>
    public async Task CheckAsync()
    {
        acknowledged.ShouldNotBeEmpty();
        foreach (var (session, version) in acknowledged)
        {
            var head = (await journal.FindAsync(session).ConfigureAwait(false)).ShouldNotBeNull($"{session} is lost");
            head.Version.ShouldBeGreaterThanOrEqualTo(version, $"{session} lost an acknowledged append");
            List<JournalRecord> records = [];
            while (await journal.ReadAsync(session, records.Count, 1000).ConfigureAwait(false) is { Count: > 0 } page)
            {
                records.AddRange(page);
            }

            records.Count.ShouldBe((int)head.Version);
            records.Select(r => r.Text()).ShouldBe(Enumerable.Range(0, records.Count).Select(i => $"append at {i / 2 * 2}"));
            var last = $"append at {head.Version - 2}";
            head.Summary.Labels.ShouldBe([last]);
            head.Summary.WaitingOn.ShouldBe([last]);
            (head.Dump!.Version, System.Text.Encoding.UTF8.GetString(head.Dump.Content.Span)).ShouldBe((head.Version, last));
            (
                await journal
                    .ListAsync(
                        new SessionQuery(session.Tenant)
                        {
                            Label = last,
                            WaitingOn = last,
                            Max = 1000,
                        }
                    )
                    .ConfigureAwait(false)
            ).ShouldContain(e => e.Session == session);
        }
    }

    private async Task WriteAsync(SessionId session, CancellationToken stop)
    {
        var version = 0L;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                (await journal.AppendAsync(Append(session, version), CancellationToken.None).ConfigureAwait(false)).ShouldBe(
                    AppendResult.Appended
                );
                version += 2;
                Acknowledge(session, version);
                if (watchers.TryGetValue(Interlocked.Increment(ref appends), out var watcher))
                {
                    watcher.TrySetResult();
                }
            }
            catch (JournalException)
            {
                Interlocked.Increment(ref failures);
                version = await FindVersionAsync(session, stop).ConfigureAwait(false) ?? version;
            }
        }
    }

    private async Task<long?> FindVersionAsync(SessionId session, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                return (await journal.FindAsync(session, CancellationToken.None).ConfigureAwait(false))?.Version ?? 0;
            }
            catch (JournalException)
            {
                // The store is down. Without a delay, the writers would slow down its restart.
                await Task.Delay(10, CancellationToken.None).ConfigureAwait(false);
            }
        }

        return null;
    }
}
