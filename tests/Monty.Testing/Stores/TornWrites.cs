using System.Collections.Concurrent;
using System.Globalization;
using Monty.Actors;
using Monty.Actors.Persistence;
using Shouldly;

namespace Monty.Testing.Stores;

/// <summary>Writers that go on while their store is killed under them, and the check that nothing acknowledged is lost and nothing is half written.</summary>
/// <remarks>Every change has a payload, a label and a tool waited on that name it: what is stored shows whether they belong together.</remarks>
public sealed class TornWrites(SessionStore store, int sessions)
{
    private readonly ConcurrentDictionary<SessionId, long> acknowledged = new();
    private readonly ConcurrentDictionary<long, TaskCompletionSource> watchers = new();
    private long writes;
    private long failures;

    /// <summary>Changes that were acknowledged.</summary>
    public long Writes => Interlocked.Read(ref writes);

    /// <summary>Commits that failed.</summary>
    public long Failures => Interlocked.Read(ref failures);

    /// <summary>Completes when so many changes were acknowledged.</summary>
    public Task WhenWritten(long count)
    {
        var watcher = watchers.GetOrAdd(count, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (Writes >= count)
        {
            watcher.TrySetResult();
        }

        return watcher.Task;
    }

    /// <summary>Writes all sessions at once until it is cancelled; after a failure a session finds out where it is and goes on.</summary>
    public async Task RunAsync(long epoch, CancellationToken stop)
    {
        var writer = new StoreWriter(store);
        await using (writer.ConfigureAwait(false))
        {
            await Task.WhenAll(
                    Enumerable
                        .Range(0, sessions)
                        .Select(i => Task.Run(() => WriteAsync(writer, Changes.Session($"s{i}"), epoch, stop), CancellationToken.None))
                )
                .ConfigureAwait(false);
        }
    }

    /// <summary>Owns a store and writes some sessions until this process is killed or refused. A line <c>session sequence</c> says what was acknowledged, and a last one for each session what refused it.</summary>
    public static async Task OwnAndWriteAsync(SessionStore store, string holder, TextWriter output)
    {
        var ownership = await store.OwnAsync(holder, CancellationToken.None).ConfigureAwait(false);
        var writer = new StoreWriter(store);
        await using (ownership.ConfigureAwait(false))
        await using (writer.ConfigureAwait(false))
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(i => WriteAsync(Changes.Session($"s{i}")))).ConfigureAwait(false);
        }

        async Task WriteAsync(SessionId session)
        {
            for (var next = await store.FindHighestAsync(session.Key(), CancellationToken.None).ConfigureAwait(false) + 1; ; next++)
            {
                var outcome = await writer.WriteAsync(Change(session, next, ownership.Epoch)).ConfigureAwait(false);
                if (outcome != WriteOutcome.Stored)
                {
                    await output.WriteLineAsync($"{outcome} {session.Name}").ConfigureAwait(false);
                    return;
                }

                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{session.Name} {next}")).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Notes what another process acknowledged.</summary>
    public void Acknowledge(SessionId session, long sequence) =>
        acknowledged.AddOrUpdate(session, sequence, (_, known) => Math.Max(known, sequence));

    /// <summary>Fails unless every acknowledged change is there and every session is whole.</summary>
    public async Task CheckAsync()
    {
        acknowledged.ShouldNotBeEmpty();
        foreach (var (session, sequence) in acknowledged)
        {
            var entry = (await store.FindAsync(session, CancellationToken.None).ConfigureAwait(false)).ShouldNotBeNull(
                $"{session} is lost"
            );
            entry.Version.ShouldBeGreaterThanOrEqualTo(sequence, $"{session} lost what was acknowledged");
            List<StoredRow> rows = [];
            await store.ReadAsync(session.Key(), 1, entry.Version, long.MaxValue, rows.Add, CancellationToken.None).ConfigureAwait(false);
            rows.Select(r => r.Text()).ShouldBe(Enumerable.Range(1, (int)entry.Version).Select(i => $"change {i}"));
            string[] last = [$"change {entry.Version}"];
            entry.Summary.Labels.ShouldBe(last);
            entry.Summary.WaitingOn.ShouldBe(last);
            var query = new SessionQuery(session.Tenant)
            {
                Label = last[0],
                WaitingOn = last[0],
                Max = 1000,
            };
            (await store.ListAsync(query, CancellationToken.None).ConfigureAwait(false)).ShouldContain(e => e.Session == session);
        }
    }

    private static ChangeWrite Change(SessionId session, long sequence, long epoch)
    {
        var name = $"change {sequence}";
        return Changes.Change(session, sequence, name, epoch, Changes.Summary(labels: [name], waitingOn: [name]));
    }

    private async Task WriteAsync(StoreWriter writer, SessionId session, long epoch, CancellationToken stop)
    {
        var written = 0L;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                (await writer.WriteAsync(Change(session, written + 1, epoch)).ConfigureAwait(false)).ShouldBe(WriteOutcome.Stored);
                Acknowledge(session, ++written);
                if (watchers.TryGetValue(Interlocked.Increment(ref writes), out var watcher))
                {
                    watcher.TrySetResult();
                }
            }
            catch (SessionStoreException)
            {
                Interlocked.Increment(ref failures);
                written = await FindHighestAsync(session, stop).ConfigureAwait(false) ?? written;
            }
        }
    }

    private async Task<long?> FindHighestAsync(SessionId session, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                return await store.FindHighestAsync(session.Key(), CancellationToken.None).ConfigureAwait(false);
            }
            catch (SessionStoreException)
            {
                await Task.Delay(10, CancellationToken.None).ConfigureAwait(false); // the store is down: writers that spin would take the processor from its start
            }
        }

        return null;
    }
}
