using System.Diagnostics;
using System.Globalization;
using Monty.Interop;

namespace Monty.Benchmarks;

/// <summary>Checks that sessions do not leak handles, processes, threads or memory.</summary>
internal static class CheckoutsCommand
{
    private const int Checkouts = 10_000;
    private const int CheckoutsPerWorker = 500; // Workers are also replaced regularly.
    private const int KillInterval = 250; // A canceled turn kills its worker.

    public static async Task RunAsync(BenchmarkOptions options)
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxCheckoutsPerWorker = CheckoutsPerWorker, MaxWorkers = 4 });
        Report.Header("handles", "children", "zombies", "threads", "resident", "managed");
        await CheckOutAsync(pool, Checkouts / 10);
        Print("after 1,000 to warm up");
        var started = Stopwatch.GetTimestamp();
        await CheckOutAsync(pool, Checkouts);
        var elapsed = Stopwatch.GetElapsedTime(started);
        Print("after 10,000 more");
        Console.WriteLine();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Checkouts} checkouts in {elapsed.TotalSeconds:0.0} s, four at a time; {pool.Statistics}"
            )
        );
    }

    private static Task CheckOutAsync(MontyPool pool, int count) =>
        Parallel.ForAsync(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (i, _) =>
            {
                using var session = await pool.OpenSessionAsync(HostTurns.Options, CancellationToken.None);
                if (i % KillInterval != 0)
                {
                    await session.FeedAsync("1+1", cancellationToken: CancellationToken.None);
                    return;
                }

                using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(2));
                try
                {
                    await session.FeedAsync("while True:\n    pass", cancellationToken: cancellation.Token);
                }
                catch (OperationCanceledException)
                {
                    // This checkout tests the cancellation.
                }
            }
        );

    private static void Print(string when)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var self = Process.GetCurrentProcess();
        var (children, zombies) = CountChildren(self.Id);
        Report.Row(
            when,
            Text(Directory.Exists("/proc/self/fd") ? Directory.GetFiles("/proc/self/fd").Length : self.HandleCount),
            Text(children),
            Text(zombies),
            Text(self.Threads.Count),
            Report.Bytes(self.WorkingSet64),
            Report.Bytes(GC.GetTotalMemory(forceFullCollection: true))
        );
    }

    private static (int Children, int Zombies) CountChildren(int parent)
    {
        if (!Directory.Exists("/proc/self"))
        {
            return (-1, -1);
        }

        var states = Directory
            .GetDirectories("/proc")
            .Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0]))
            .Select(ReadStatus)
            .Where(fields => fields is [_, var ppid, ..] && ppid == Text(parent))
            .Select(fields => fields[0])
            .ToList();
        return (states.Count, states.Count(s => s == "Z"));
    }

    /// <summary>Returns the state, the parent and the other fields of a process, or an empty array if the process has just ended.</summary>
    private static string[] ReadStatus(string process)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(process, "stat"));
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
