using System.Diagnostics;
using Monty.Testing.Stores;

namespace Monty.Load;

/// <summary>Starts an engine and kills it at random moments, spread over its work, until it may end by itself. Where the work was done before, there is more of it.</summary>
internal sealed class Killing(int kills, CrashWork first, LogFolder logs, PostgreSqlServer? server, Func<CrashWork, DrivenProcess> start)
{
    private const int AckLineBytes = 22;
    private const int EffectLineBytes = 80;
    private static readonly TimeSpan Stuck = TimeSpan.FromMinutes(2);
    private readonly List<string> problems = [];
    private readonly int moreSessions = first.Sessions;

    /// <summary>The work, which grew by as many sessions as it had at first whenever it was done before the last kill.</summary>
    public CrashWork Work { get; private set; } = first;

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
            using var engine = start(Work);
            var goesOn = Killed < kills ? await KillAsync(engine) : await WaitForEndAsync(engine);
            if (!goesOn && engine.ExitCode is null)
            {
                await engine.KillAsync();
            }

            problems.AddRange((await engine.LeftAsync()).Select(p => $"process {p.Id} ({p.Name}) was left after its engine had ended"));
            if (!goesOn)
            {
                break;
            }
        }

        if (Killed < kills)
        {
            problems.Add($"the engine was to be killed {kills} times, and was {Killed} times");
        }
    }

    /// <summary>Waits for a moment and kills; false when it ended before, and not because all was done.</summary>
    private async Task<bool> KillAsync(DrivenProcess engine)
    {
        var isAtStart = Killed % 4 == 3;
        await PassAsync(engine, isAtStart ? TimeSpan.FromMilliseconds(Random.Shared.Next(800)) : Stuck);
        if (Killed % 3 == 1)
        {
            await KillWorkerAsync(engine);
        }

        var serverIsDown = false;
        if (server is not null && Killed % 3 == 2)
        {
            await server.KillAsync();
            ServersKilled++;
            serverIsDown = Killed % 2 == 1; // the engine does not see it again, or goes on with it for a moment
            if (!serverIsDown)
            {
                await server.StartAsync();
                await PassAsync(engine, TimeSpan.FromMilliseconds(Random.Shared.Next(800)));
            }
        }

        var isOver = engine.ExitCode is not null;
        if (isOver)
        {
            Work = Work with { Sessions = Work.Sessions + moreSessions };
        }
        else
        {
            await KillEngineAsync(engine);
        }

        if (serverIsDown)
        {
            await server!.StartAsync();
        }

        return !isOver || EndedWell(engine);
    }

    private async Task KillEngineAsync(DrivenProcess engine)
    {
        await engine.KillAsync();
        Killed++;
    }

    /// <summary>Kills the next worker that there is; its engine sees it for a moment.</summary>
    private async Task KillWorkerAsync(DrivenProcess engine)
    {
        for (var began = Stopwatch.GetTimestamp(); !engine.KillWorker(); await Task.Delay(1))
        {
            if (engine.ExitCode is not null || Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(2))
            {
                return;
            }
        }

        WorkersKilled++;
        await PassAsync(engine, TimeSpan.FromMilliseconds(Random.Shared.Next(200)));
    }

    /// <summary>Lets some time pass, or a random share of the work that is left.</summary>
    private async Task PassAsync(DrivenProcess engine, TimeSpan most)
    {
        var left =
            Work.TotalCalls
            - LogFolder.Read(logs.Effects).Concat(LogFolder.Read(logs.Acks)).Select(words => string.Join(' ', words)).Distinct().Count();
        var share = Done + ((0.2 + Random.Shared.NextDouble()) * left * 0.5 / (kills - Killed + 1));
        var (done, began) = (Done, Stopwatch.GetTimestamp());
        while (done < share && engine.ExitCode is null && Stopwatch.GetElapsedTime(began) < most)
        {
            await Task.Delay(1);
            if (done != Done)
            {
                done = Done;
                began = most == Stuck ? Stopwatch.GetTimestamp() : began; // what goes on is not stuck
            }
        }

        if (most == Stuck && Stopwatch.GetElapsedTime(began) >= Stuck)
        {
            problems.Add($"the engine's work stood still for {Stuck.TotalMinutes} minutes");
        }
    }

    /// <summary>Always false: nothing is left to kill.</summary>
    private async Task<bool> WaitForEndAsync(DrivenProcess engine)
    {
        var (done, changed) = (Done, Stopwatch.GetTimestamp());
        while (engine.ExitCode is null && Stopwatch.GetElapsedTime(changed) < Stuck)
        {
            await Task.Delay(20);
            if (done != Done)
            {
                done = Done;
                changed = Stopwatch.GetTimestamp();
            }
        }

        if (engine.ExitCode is null)
        {
            problems.Add($"the engine's work stood still for {Stuck.TotalMinutes} minutes");
        }
        else
        {
            EndedWell(engine);
        }

        return false;
    }

    private bool EndedWell(DrivenProcess engine)
    {
        if (engine.ExitCode != 0)
        {
            problems.Add($"the engine ended by itself with exit code {engine.ExitCode}");
        }

        return engine.ExitCode == 0;
    }

    /// <summary>About how many effects and answers there were; those of attempts that were made again count again.</summary>
    private long Done => (LogFolder.Length(logs.Effects) / EffectLineBytes) + (LogFolder.Length(logs.Acks) / AckLineBytes);
}
