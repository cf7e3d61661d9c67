using System.Diagnostics;
using System.Globalization;
using Monty.Actors;
using Monty.Actors.PostgreSql;
using Monty.Actors.Sqlite;
using Monty.Testing;
using Monty.Testing.Stores;

namespace Monty.Benchmarks;

/// <summary>Pages of listings over a million sessions of one tenant (--turns sets how many).</summary>
internal static class ListingsVerb
{
    public static async Task RunAsync(BenchmarkOptions options)
    {
        using var folder = new TempFolder();
        await using var server = await PostgreSqlServer.StartNewAsync();
        const int MaxCommitWrites = 5_000;
        await MeasureAsync(
            "SQLite",
            await SqliteStore.OpenAsync(folder.File("sessions.db"), new SqliteStoreOptions { MaxCommitWrites = MaxCommitWrites }),
            options.Turns
        );
        await MeasureAsync(
            "PostgreSQL",
            await PostgreSqlStore.OpenAsync(
                new PostgreSqlStoreOptions { ConnectionString = server.ConnectionString, MaxCommitWrites = MaxCommitWrites }
            ),
            options.Turns
        );
    }

    private static async Task MeasureAsync(string name, SessionStore store, int sessions)
    {
        await using (store)
        {
            var started = Stopwatch.GetTimestamp();
            for (var first = 0; first < sessions; first += 5_000)
            {
                store.Write([.. Enumerable.Range(first, Math.Min(5_000, sessions - first)).Select(Session)]);
            }

            var filled = Stopwatch.GetElapsedTime(started);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {sessions} sessions in {filled.TotalSeconds:0.0} s"));
            Report.Header("first page", "middle page", "found");
            var all = new SessionQuery("acme");
            foreach (
                var (filter, query) in ((string, SessionQuery)[])
                    [
                        ("no filter", all),
                        ("status, 1 in 5", all with { Status = SessionStatus.Waiting }),
                        ("label, half of all", all with { Label = "red" }),
                        ("label, 1 in 10,000", all with { Label = "rare" }),
                        ("waiting on, 1 in 10", all with { WaitingOn = "pay" }),
                        ("label, waiting on, status", all with { Label = "red", WaitingOn = "pay", Status = SessionStatus.Idle }),
                        ("label and another status", all with { Label = "rare", Status = SessionStatus.Closed }),
                        ("age, 1 in 10", all with { UnchangedSince = Changes.Start.AddMinutes(1) }),
                        ("age, none: walks all", all with { UnchangedSince = Changes.Start.AddMinutes(-1) }),
                        (
                            "status and age, none: walks 1 in 5",
                            all with
                            {
                                Status = SessionStatus.Waiting,
                                UnchangedSince = Changes.Start.AddMinutes(-1),
                            }
                        ),
                    ]
            )
            {
                var (firstPage, found) = await PageAsync(store, query);
                var (middle, _) = await PageAsync(store, query with { After = Name(sessions / 2) });
                Report.Row(
                    filter,
                    Report.Microseconds(firstPage),
                    Report.Microseconds(middle),
                    found.ToString(CultureInfo.InvariantCulture)
                );
            }

            await RowAsync("due, 100 earliest", () => store.ListDueAsync(DateTimeOffset.MaxValue, null, 100, CancellationToken.None));
            await RowAsync(
                "active, 100 in the middle",
                () => store.ListActiveAsync(new SessionId("acme", Name(sessions / 2)), 100, CancellationToken.None)
            );
            await RowAsync("one session", () => store.FindAsync(new SessionId("acme", Name(sessions / 3)), CancellationToken.None));
            Console.WriteLine();
        }
    }

    private static async Task RowAsync<T>(string name, Func<Task<T>> read) =>
        Report.Row(name, Report.Microseconds((await TimeAsync(read)).Taken));

    private static async Task<(double Taken, int Found)> PageAsync(SessionStore store, SessionQuery query)
    {
        var (taken, page) = await TimeAsync(() => store.ListAsync(query, CancellationToken.None));
        return (taken, page.Count);
    }

    /// <summary>The median of seven.</summary>
    private static async Task<(double Taken, T Result)> TimeAsync<T>(Func<Task<T>> read)
    {
        List<double> times = [];
        var result = await read();
        for (var i = 0; i < 7; i++)
        {
            var started = Stopwatch.GetTimestamp();
            result = await read();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }

        times.Sort();
        return (times[3], result);
    }

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"session-{(uint)i * 2654435761u:x8}"); // spread, as random names are

    private static ChangeWrite Session(int i) =>
        Changes.Change(
            new SessionId("acme", Name(i)),
            1,
            summary: Changes.Summary(
                (SessionStatus)(i % 5),
                Changes.Start.AddMinutes(i % 10),
                isActive: i % 20 == 0,
                dueAt: i % 3 == 0 ? Changes.Start.AddSeconds(i) : null,
                waitingOn: i % 10 == 0 ? ["pay"] : [],
                labels: [i % 2 == 0 ? "red" : "blue", .. (string[])(i % 10_000 == 0 ? ["rare"] : [])]
            )
        );
}
