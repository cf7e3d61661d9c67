using System.Globalization;
using Monty.Actors;
using Monty.Actors.PostgreSql;
using Monty.Actors.Sqlite;
using Monty.Testing;
using Monty.Testing.Journals;
using Npgsql;

namespace Monty.Benchmarks;

/// <summary>Measures durable appends, compared with the minimum cost of a commit on the same disk and server.</summary>
internal static class JournalCommand
{
    private static readonly byte[] Payload = [.. Enumerable.Repeat((byte)7, 300)];
    private static readonly byte[] State = [.. Enumerable.Repeat((byte)9, 1000)];
    private static int sessions;

    public static async Task RunAsync(BenchmarkOptions options)
    {
        using var folder = new TempFolder();
        await using var server = await PostgreSqlServer.StartNewAsync();
        await using IJournal memory = new MemoryJournal();
        await using IJournal sealedMemory = new SealedJournal(new MemoryJournal(), new JournalKey(1, new byte[32]));
        await using IJournal sqlite = await SqliteJournal.OpenAsync(folder.File("journal.db"));
        await using IJournal postgreSql = await PostgreSqlJournal.OpenAsync(server.ConnectionString);
        await using var floor = await PostgreSqlFloor.OpenAsync(server.ConnectionString, 32);
        using var disk = new DiskFloor(folder.File("floor"));

        Console.WriteLine(
            "An append has 2 records of 300 bytes, a dump of 1,000 bytes and the row of the session. "
                + "The minimum is one INSERT and COMMIT per session, or a write and fsync of 4 KB."
        );
        Report.Header("appends/s", "us each", "minimum/s", "ratio", "allocated");
        await CompareAsync(options, new StoreComparison("memory", memory, null));
        await CompareAsync(options, new StoreComparison("memory, sealed", sealedMemory, null));
        await CompareAsync(options, new StoreComparison("SQLite", sqlite, (_, count) => disk.RunAsync(count)));
        await CompareAsync(options, new StoreComparison("PostgreSQL", postgreSql, (c, count) => floor.RunAsync(c, count / c)));

        await CompareBatchesAsync(options, server.ConnectionString);
    }

    private static async Task CompareAsync(BenchmarkOptions options, StoreComparison store)
    {
        foreach (var concurrency in (int[])[1, 32])
        {
            var hasMinimum = store.RunMinimumAsync is not null;
            var turns = hasMinimum ? Math.Max(concurrency, options.Turns / 20) : options.Turns;
            var costs = await Rounds.MediansAsync(
                options.Rounds,
                () => Rounds.MeasureAsync(turns, n => AppendAsync(store.Journal, concurrency, n / concurrency)),
                () => MeasureMinimumAsync(store, concurrency, turns)
            );
            Report.Row(
                $"{store.Name}, {concurrency} sessions",
                PerSecond(costs[0]),
                Report.Microseconds(costs[0].Microseconds),
                hasMinimum ? PerSecond(costs[1]) : "-",
                hasMinimum ? Report.Ratio(costs[1].Microseconds / costs[0].Microseconds) : "-",
                Report.Bytes(costs[0].Bytes)
            );
        }
    }

    private static Task<Cost> MeasureMinimumAsync(StoreComparison store, int concurrency, int turns) =>
        store.RunMinimumAsync is { } run ? Rounds.MeasureAsync(turns, count => run(concurrency, count)) : Task.FromResult(default(Cost));

    /// <summary>Compares the two ways to send many appends in one round trip: one statement over arrays, or a batch of statements.</summary>
    private static async Task CompareBatchesAsync(BenchmarkOptions options, string connectionString)
    {
        await using var batches = await AppendBatches.OpenAsync(connectionString);
        Console.WriteLine();
        Report.Header("over arrays", "a batch", "ratio");
        foreach (var size in (int[])[1, 8, 32, 256])
        {
            var turns = Math.Max(4, options.Turns / 20 / size);
            var costs = await Rounds.MediansAsync(
                options.Rounds,
                () => Rounds.MeasureAsync(turns, n => Task.Run(() => batches.RunArrays(size, n))),
                () => Rounds.MeasureAsync(turns, n => Task.Run(() => batches.RunBatches(size, n)))
            );
            Report.Row(
                $"{size} appends in one commit",
                Report.Microseconds(costs[0].Microseconds),
                Report.Microseconds(costs[1].Microseconds),
                Report.Ratio(costs[1].Microseconds / costs[0].Microseconds)
            );
        }
    }

    public static SessionAppend Append(SessionId session, long version)
    {
        var at = Story.Start.AddMilliseconds(version);
        return new SessionAppend(
            session,
            version,
            1,
            [
                new JournalRecord(version + 1, "call_answered", 1, Payload, at),
                new JournalRecord(version + 2, "call_announced", 1, Payload, at),
            ],
            new SessionSummary(SessionStatus.Waiting, Story.Start, at, IsActive: true, at.AddMinutes(1), ["fetch"], ["team a"]),
            new JournalDump(version + 2, "monty 0.0.23", State)
        );
    }

    private static Task AppendAsync(IJournal journal, int concurrency, int appends) =>
        Task.WhenAll(
            Enumerable
                .Range(0, concurrency)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        var session = new SessionId(
                            "acme",
                            string.Create(CultureInfo.InvariantCulture, $"s{Interlocked.Increment(ref sessions)}")
                        );
                        for (var i = 0; i < appends; i++)
                        {
                            if (await journal.AppendAsync(Append(session, i * 2)) != AppendResult.Appended)
                            {
                                throw new InvalidOperationException("An append was refused.");
                            }
                        }
                    })
                )
        );

    private static string PerSecond(Cost cost) => (1e6 / cost.Microseconds).ToString("0", CultureInfo.InvariantCulture);

    /// <summary>A journal and the minimum cost of a commit of its store.</summary>
    /// <param name="Name">The name of the store.</param>
    /// <param name="Journal">The journal.</param>
    /// <param name="RunMinimumAsync">Runs a number of minimum commits with a concurrency, or null if the store is not durable.</param>
    private sealed record StoreComparison(string Name, IJournal Journal, Func<int, int, Task>? RunMinimumAsync);

    /// <summary>The minimum cost of a commit on a disk. The commits run one after the other, because a disk has one queue.</summary>
    private sealed class DiskFloor(string path) : IDisposable
    {
        private readonly Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(
            path,
            FileMode.Create,
            FileAccess.Write,
            preallocationSize: 64 << 20
        );

        public Task RunAsync(int count) =>
            Task.Run(() =>
            {
                var page = new byte[4096];
                for (var i = 0; i < count; i++)
                {
                    RandomAccess.Write(file, page, i % 16_000 * 4096L);
                    RandomAccess.FlushToDisk(file);
                }
            });

        public void Dispose() => file.Dispose();
    }

    /// <summary>The minimum cost of a commit on PostgreSQL: a prepared INSERT of the same number of bytes, on one connection per session.</summary>
    private sealed class PostgreSqlFloor(NpgsqlDataSource source, NpgsqlCommand[] commands) : IAsyncDisposable
    {
        public static async Task<PostgreSqlFloor> OpenAsync(string connectionString, int connections)
        {
            var source = NpgsqlDataSource.Create(connectionString);
            await using (
                var create = source.CreateCommand(
                    "CREATE TABLE floor (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payload bytea NOT NULL)"
                )
            )
            {
                await create.ExecuteNonQueryAsync();
            }

            var commands = new NpgsqlCommand[connections];
            for (var i = 0; i < connections; i++)
            {
                commands[i] = new NpgsqlCommand("INSERT INTO floor (payload) VALUES (@payload)", await source.OpenConnectionAsync());
                commands[i].Parameters.AddWithValue("payload", new byte[1600]);
                await commands[i].PrepareAsync();
            }

            return new PostgreSqlFloor(source, commands);
        }

        public Task RunAsync(int concurrency, int count) =>
            Task.WhenAll(
                commands
                    .Take(concurrency)
                    .Select(command =>
                        Task.Run(async () =>
                        {
                            for (var i = 0; i < count; i++)
                            {
                                await command.ExecuteNonQueryAsync();
                            }
                        })
                    )
            );

        public async ValueTask DisposeAsync()
        {
            foreach (var command in commands)
            {
                await command.Connection!.DisposeAsync();
                await command.DisposeAsync();
            }

            await source.DisposeAsync();
        }
    }
}
