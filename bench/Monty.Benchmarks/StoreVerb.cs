using System.Globalization;
using Monty.Actors;
using Monty.Actors.Persistence;
using Monty.Actors.PostgreSql;
using Monty.Actors.Sqlite;
using Monty.Testing;
using Monty.Testing.Stores;
using Npgsql;

namespace Monty.Benchmarks;

/// <summary>Durable appends beside the least that the same disk and server take for a commit, by turns in one run.</summary>
internal static class StoreVerb
{
    private static readonly byte[] Payload = [.. Enumerable.Repeat((byte)7, 1600)];
    private static int sessions;

    public static async Task RunAsync(BenchmarkOptions options)
    {
        using var folder = new TempFolder();
        await using var server = await PostgreSqlServer.StartNewAsync();
        await using SessionStore memory = new MemoryStore();
        await using SessionStore sqlite = await SqliteStore.OpenAsync(folder.File("sessions.db"));
        await using SessionStore postgreSql = await PostgreSqlStore.OpenAsync(
            new PostgreSqlStoreOptions { ConnectionString = server.ConnectionString }
        );
        await using var floor = await PostgreSqlFloor.OpenAsync(server.ConnectionString, 32);
        using var disk = new DiskFloor(folder.File("floor"));

        Console.WriteLine(
            "An append: a change of 1,600 bytes, as two events with a dump take, and the row of the session. A floor: one INSERT and COMMIT a session, or write and fsync of 4 KB."
        );
        Report.Header("appends/s", "us each", "floor/s", "ratio", "allocated");
        foreach (
            var (name, store, floorName) in ((string, SessionStore, string)[])
                [("memory", memory, ""), ("SQLite", sqlite, "fsync"), ("PostgreSQL", postgreSql, "INSERT")]
        )
        {
            await CompareAsync(options, name, store, floorName, disk, floor);
        }
    }

    private static async Task CompareAsync(
        BenchmarkOptions options,
        string name,
        SessionStore store,
        string floorName,
        DiskFloor disk,
        PostgreSqlFloor floor
    )
    {
        await using var writer = new StoreWriter(store);
        foreach (var atOnce in (int[])[1, 32])
        {
            var turns = floorName.Length == 0 ? options.Turns : Math.Max(atOnce, options.Turns / 20);
            var costs = await Rounds.MediansAsync(
                options.Rounds,
                () => Rounds.MeasureAsync(turns, n => AppendAsync(writer, atOnce, n / atOnce)),
                () =>
                    floorName switch
                    {
                        "fsync" => Rounds.MeasureAsync(turns, disk.RunAsync), // one at a time: a disk has one queue
                        "INSERT" => Rounds.MeasureAsync(turns, n => floor.RunAsync(atOnce, n / atOnce)),
                        _ => Task.FromResult(default(Cost)),
                    }
            );
            var beside = floorName.Length > 0;
            Report.Row(
                $"{name}, {atOnce} sessions",
                PerSecond(costs[0]),
                Report.Microseconds(costs[0].Microseconds),
                beside ? PerSecond(costs[1]) : "-",
                beside ? Report.Ratio(costs[1].Microseconds / costs[0].Microseconds) : "-",
                Report.Bytes(costs[0].Bytes)
            );
        }
    }

    private static ChangeWrite Change(SessionId session, long sequence)
    {
        var at = Changes.Start.AddMilliseconds(sequence);
        return new ChangeWrite(
            session.Key(),
            session,
            new StoredRow(sequence, at, Payload, SessionSerializer.Id, SessionSerializer.ChangeManifest, "writer"),
            Epoch: 1,
            sequence * 2,
            new SessionSummary(SessionStatus.Waiting, Changes.Start, at, IsActive: true, at.AddMinutes(1), ["fetch"], ["team a"])
        );
    }

    private static Task AppendAsync(StoreWriter writer, int atOnce, int appends) =>
        Task.WhenAll(
            Enumerable
                .Range(0, atOnce)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        var session = new SessionId(
                            "acme",
                            string.Create(CultureInfo.InvariantCulture, $"s{Interlocked.Increment(ref sessions)}")
                        );
                        for (var i = 1; i <= appends; i++)
                        {
                            if (await writer.WriteAsync(Change(session, i)) != WriteOutcome.Stored)
                            {
                                throw new InvalidOperationException("An append was refused.");
                            }
                        }
                    })
                )
        );

    private static string PerSecond(Cost cost) => (1e6 / cost.Microseconds).ToString("0", CultureInfo.InvariantCulture);

    /// <summary>What a commit takes from the disk at least.</summary>
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

    /// <summary>One prepared INSERT of the same bytes and its COMMIT, a connection each.</summary>
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

        public Task RunAsync(int atOnce, int count) =>
            Task.WhenAll(
                commands
                    .Take(atOnce)
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
