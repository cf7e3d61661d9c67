using System.Collections.Concurrent;
using System.Globalization;
using Monty.Actors;
using Monty.Actors.Persistence;
using Shouldly;

namespace Monty.Testing.Stores;

/// <summary>Writers that continue while their store is killed, and a check that no acknowledged change is lost and none is partly written.</summary>
/// <remarks>Every change has a payload, a label and a tool name that contain its number, so that a check can compare them.</remarks>
public sealed class TornWrites(SessionStore store, int sessions)
{
    private readonly ConcurrentDictionary<SessionId, long> acknowledged = new();
    private readonly ConcurrentDictionary<long, TaskCompletionSource> watchers = new();
    private long writes;
    private long failures;

    /// <summary>The number of acknowledged changes.</summary>
    public long Writes => Interlocked.Read(ref writes);

    /// <summary>The number of failed commits.</summary>
    public long Failures => Interlocked.Read(ref failures);

    /// <summary>Returns a task that completes when a number of changes was acknowledged.</summary>
    public Task WhenWritten(long count)
    {
        var watcher = watchers.GetOrAdd(count, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (Writes >= count)
        {
            watcher.TrySetResult();
        }

        return watcher.Task;
    }

    /// <summary>Writes to all sessions concurrently until canceled. After a failure, a session reads its highest sequence number and continues.</summary>
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

    /// <summary>
    /// Claims a store and writes to some sessions until this process is killed or refused. Prints a line <c>session sequence</c> for each acknowledged
    /// change, and at the end a line for each session with the refusal.
    /// </summary>
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

    /// <summary>Records a change that another process acknowledged.</summary>
    public void Acknowledge(SessionId session, long sequence) =>
        acknowledged.AddOrUpdate(session, sequence, (_, known) => Math.Max(known, sequence));

    /// <summary>Fails unless every acknowledged change is stored and every session is complete.</summary>
    public async Task CheckAsync()
    {
        acknowledged.ShouldNotBeEmpty();
        foreach (var (session, sequence) in acknowledged)
        {
            var entry = (await store.FindAsync(session, CancellationToken.None).ConfigureAwait(false)).ShouldNotBeNull(
                $"{session} is lost"
            );
            entry.Version.ShouldBeGreaterThanOrEqualTo(sequence, $"{session} lost an acknowledged change");
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
                await Task.Delay(10, CancellationToken.None).ConfigureAwait(false); // the store is down, and writers that spin would slow down its start
            }
        }

        return null;
    }
}
