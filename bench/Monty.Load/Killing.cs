using System.Diagnostics;
using Monty.Testing.Journals;

namespace Monty.Load;

/// <summary>Starts an engine and kills it at random moments, spread over its work, until it may end by itself.</summary>
internal sealed class Killing(int kills, CrashWork work, LogFolder logs, PostgreSqlServer? server, Func<DrivenProcess> start)
{
    private const int AckLineBytes = 22;
    private const int EffectLineBytes = 80;
    private static readonly TimeSpan Stuck = TimeSpan.FromMinutes(2);
    private readonly List<string> problems = [];

    /// <summary>How many engines were killed.</summary>
    public int Killed { get; private set; }

    public int WorkersKilled { get; private set; }

    public int ServersKilled { get; private set; }

    /// <summary>What went otherwise than it must.</summary>
    public IReadOnlyList<string> Problems => problems;

    public async Task RunAsync()
    {
        while (true)
        {
            using var engine = start();
            var goesOn = Killed < kills ? await KillAsync(engine) : await WaitForEndAsync(engine);
            if (!goesOn && engine.ExitCode is null) await engine.KillAsync();
            problems.AddRange((await engine.LeftAsync()).Select(p => $"process {p.Id} ({p.Name}) was left after its engine had ended"));
            if (!goesOn) break;
        }

        if (Killed < kills) problems.Add($"the work was done after {Killed} of {kills} kills; give it more sessions or calls");
    }

    /// <summary>Waits for a moment and kills; false when it ended before.</summary>
    private async Task<bool> KillAsync(DrivenProcess engine)
    {
        if (!await WaitForMomentAsync(engine)) return false;
        if (Killed % 3 == 1) await KillWorkerAsync(engine);

        if (server is not null && Killed % 3 == 2)
        {
            await server.KillAsync();
            ServersKilled++;
            if (Killed % 2 == 0)
            {
                await server.StartAsync(); // the engine goes on with the server for a moment
                await Task.Delay(Random.Shared.Next(1500));
            }
        }

        if (engine.ExitCode is not null) return Ended(engine);
        await engine.KillAsync();
        Killed++;
        if (server is not null && Killed % 3 == 0 && Killed % 2 == 0) await server.StartAsync();
        return true;
    }

    /// <summary>Kills the next worker that there is; its engine sees it for a moment.</summary>
    private async Task KillWorkerAsync(DrivenProcess engine)
    {
        for (var began = Stopwatch.GetTimestamp(); !engine.KillWorker(); await Task.Delay(1))
        {
            if (engine.ExitCode is not null || Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(2)) return;
        }

        WorkersKilled++;
        await Task.Delay(Random.Shared.Next(200));
    }

    /// <summary>Every fourth moment is at the engine's start, the others when so much more work is done.</summary>
    private async Task<bool> WaitForMomentAsync(DrivenProcess engine)
    {
        if (Killed % 4 == 3)
        {
            await Task.Delay(Random.Shared.Next(800));
            return engine.ExitCode is null || Ended(engine);
        }

        var done = Done + ((0.2 + Random.Shared.NextDouble()) * work.TotalCalls * 0.7 / kills);
        for (var began = Stopwatch.GetTimestamp(); Done < done; await Task.Delay(5))
        {
            if (engine.ExitCode is not null) return Ended(engine);
            if (Stopwatch.GetElapsedTime(began) <= Stuck) continue;
            problems.Add($"the engine's work stood still for {Stuck.TotalMinutes} minutes");
            return false;
        }

        return true;
    }

    private async Task<bool> WaitForEndAsync(DrivenProcess engine)
    {
        var (done, changed) = (Done, Stopwatch.GetTimestamp());
        while (engine.ExitCode is null && Stopwatch.GetElapsedTime(changed) < Stuck)
        {
            await Task.Delay(20);
            if (done != Done) (done, changed) = (Done, Stopwatch.GetTimestamp());
        }

        if (engine.ExitCode is null) problems.Add($"the engine's work stood still for {Stuck.TotalMinutes} minutes");
        return engine.ExitCode is not null && Ended(engine);
    }

    /// <summary>Always false: nothing is left to kill.</summary>
    private bool Ended(DrivenProcess engine)
    {
        if (engine.ExitCode != 0) problems.Add($"the engine ended by itself with exit code {engine.ExitCode}");
        return false;
    }

    /// <summary>About how many calls have ended.</summary>
    private long Done => (LogFolder.Length(logs.Effects) / EffectLineBytes) + (LogFolder.Length(logs.Acks) / AckLineBytes);
}
