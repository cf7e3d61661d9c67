using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Monty.Actors;

namespace Monty.Load;

/// <summary>The process that is measured: an engine on a store whose sessions all wait. It answers some of them and checks their results.</summary>
internal static class ResumeCommand
{
    private const int Answers = 1000;
    private const int WarmUp = 1000;
    private const int Callers = 8;
    private const int Timers = 100;
    private static readonly TimeSpan ResultTimeout = TimeSpan.FromMinutes(1);

    public static async Task<int> RunAsync(string store, string location, int sessions)
    {
        ParentProcess.EndWithIt();
        await using var storage = await Stores.OpenAsync(store, location);
        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions { Store = storage, Tools = [DurableTool.External("ask")] }
        );
        await ProveReadyAsync(engine);
        using var process = Process.GetCurrentProcess();
        var start = DateTime.Now - process.StartTime;
        var memory = ReadResidentBytes();

        var numbers = Enumerable.Range(0, sessions).ToArray();
        Random.Shared.Shuffle(numbers);
        var answered = Take(numbers, WarmUp + Answers, session => session.IsAnswerable);
        var problems = new ConcurrentQueue<string>();
        var warmUp = Math.Min(WarmUp, answered.Count / 2);
        var cold = await MeasureAsync(engine, answered.Take(warmUp), problems);
        var warm = await MeasureAsync(engine, answered.Skip(warmUp), problems);
        memory = Math.Max(memory, ReadResidentBytes());
        foreach (var session in Take(numbers, Timers, session => !session.IsAnswerable))
        {
            if (await FindTimerProblemAsync(engine, session.Id) is { } problem)
            {
                problems.Enqueue(problem);
            }
        }

        foreach (var problem in problems.Take(50))
        {
            Console.WriteLine(problem);
        }

        if (!problems.IsEmpty)
        {
            Console.WriteLine($"{problems.Count} sessions did not give the expected result.");
            return 1;
        }

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"the first answers of the process, while its code is compiled: p50 {Percentile(cold, 50):0.0} ms, p99 {Percentile(cold, 99):0.0} ms"
            )
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"sessions {sessions}, rss {memory / 1e6:0} MB, start {start.TotalSeconds:0.0} s, resume p50 {Percentile(warm, 50):0.0} ms, p99 {Percentile(warm, 99):0.0} ms"
            )
        );
        return 0;
    }

    /// <summary>Answers sessions with several callers at once.</summary>
    /// <returns>The times from sending the answer to the result, in milliseconds and ascending order.</returns>
    private static async Task<double[]> MeasureAsync(
        MontyEngine engine,
        IEnumerable<WaitingSession> sessions,
        ConcurrentQueue<string> problems
    )
    {
        var times = new ConcurrentBag<double>();
        await Parallel.ForEachAsync(
            sessions,
            new ParallelOptions { MaxDegreeOfParallelism = Callers },
            async (session, _) =>
            {
                var sent = Stopwatch.GetTimestamp();
                var problem = await ResumeAsync(engine, session);
                times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                if (problem is not null)
                {
                    problems.Enqueue(problem);
                }
            }
        );
        return [.. times.Order()];
    }

    /// <summary>Waits for the reply to a command that loads a session and changes nothing.</summary>
    private static async Task ProveReadyAsync(MontyEngine engine)
    {
        var reply = await engine.SendAsync(new WaitingSession(0).Id, new ReleaseCommand("ready", FailFeed: false));
        if (reply is not SessionReply.Refused { Reason: SessionRefusal.NotQuarantined })
        {
            throw new InvalidOperationException($"The engine is not ready: {reply}");
        }
    }

    private static List<WaitingSession> Take(int[] numbers, int count, Func<WaitingSession, bool> predicate) =>
        [.. numbers.Select(number => new WaitingSession(number)).Where(predicate).Take(count)];

    /// <summary>Answers a session and waits for its result.</summary>
    /// <returns>The problem, or null if the result is the expected one.</returns>
    private static async Task<string?> ResumeAsync(MontyEngine engine, WaitingSession session)
    {
        try
        {
            var reply = await engine.SendAsync(session.Id, session.LastAnswer).WaitAsync(ResultTimeout);
            if (reply is not SessionReply.Accepted)
            {
                return $"{session.Id}: the answer was not accepted: {reply}";
            }

            var outcome = await engine.WaitAsync(session.Id, WaitingSession.FeedId).WaitAsync(ResultTimeout);
            return outcome == session.Expected ? null : $"{session.Id}: ended with {outcome} instead of {session.Expected}";
        }
        catch (TimeoutException)
        {
            return $"{session.Id}: gave no result within {ResultTimeout} after its answer";
        }
    }

    /// <summary>Checks that a session still waits for its timer.</summary>
    private static async Task<string?> FindTimerProblemAsync(MontyEngine engine, SessionId session)
    {
        var view = await engine.FindAsync(session);
        return view is { Status: SessionStatus.Waiting, Calls: [{ Kind: CallKind.Timer }] }
            ? null
            : $"{session}: does not wait for its timer: {view}";
    }

    /// <summary>Returns the smallest time that at least the given share of all times does not exceed.</summary>
    private static double Percentile(double[] sorted, int percent) => sorted[(int)Math.Ceiling(sorted.Length * percent / 100.0) - 1];

    /// <summary>Returns the resident memory of this process, without its workers.</summary>
    private static long ReadResidentBytes()
    {
        var line = File.ReadLines("/proc/self/status").Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)); // "VmRSS:   123456 kB"
        return 1024
            * long.Parse(
                line["VmRSS:".Length..^"kB".Length],
                NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
                CultureInfo.InvariantCulture
            );
    }
}
