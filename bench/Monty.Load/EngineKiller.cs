using System.Diagnostics;
using Monty.Testing.Stores;

namespace Monty.Load;

/// <summary>Starts an engine and kills it at random times during its work, until it has been killed often enough. The last engine finishes the work.</summary>
/// <remarks>If an engine finishes the work before the last kill, sessions are added to the work.</remarks>
internal sealed class EngineKiller(
    int kills,
    CrashWork initialWork,
    LogFolder logs,
    PostgreSqlServer? server,
    Func<CrashWork, EngineProcess> startEngine
)
{
    private const int AckLineBytes = 22;
    private const int EffectLineBytes = 80;
    private static readonly TimeSpan StallTimeout = TimeSpan.FromMinutes(2);
    private readonly List<string> problems = [];
    private readonly int addedSessions = initialWork.Sessions;

    /// <summary>The work, including the sessions that were added.</summary>
    public CrashWork Work { get; private set; } = initialWork;

    /// <summary>The number of engines that were killed.</summary>
    public int Killed { get; private set; }

    public int WorkersKilled { get; private set; }

    public int ServersKilled { get; private set; }

    /// <summary>The unexpected behavior that was found.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>The approximate number of effects and accepted commands. Repeated attempts count again.</summary>
    private long Progress => (LogFolder.Length(logs.Effects) / EffectLineBytes) + (LogFolder.Length(logs.Acks) / AckLineBytes);

    public async Task RunAsync()
    {
        var shouldContinue = true;
        while (shouldContinue)
        {
            using var engine = startEngine(Work);
            if (Killed < kills)
            {
                shouldContinue = await KillAsync(engine);
            }
            else
            {
                await WaitForEndAsync(engine);
                shouldContinue = false;
            }

            if (!shouldContinue && engine.ExitCode is null)
            {
                await engine.KillAsync();
            }

            var orphans = await engine.FindOrphanedWorkersAsync();
            problems.AddRange(orphans.Select(p => $"process {p.Id} ({p.Name}) was still running after its engine had ended"));
        }

        if (Killed < kills)
        {
            problems.Add($"the engine should have been killed {kills} times, but was killed {Killed} times");
        }
    }

    /// <summary>Waits for a random time and kills the engine.</summary>
    /// <returns>False if the engine failed before that.</returns>
    private async Task<bool> KillAsync(EngineProcess engine)
    {
        var isAtStart = Killed % 4 == 3;
        await WaitForProgressAsync(engine, isAtStart ? TimeSpan.FromMilliseconds(Random.Shared.Next(800)) : StallTimeout);
        if (Killed % 3 == 1)
        {
            await KillWorkerAsync(engine);
        }

        var isServerDown = server is not null && Killed % 3 == 2 && await KillServerAsync(server, engine);
        var hasEnded = engine.ExitCode is not null;
        if (hasEnded)
        {
            Work = Work with { Sessions = Work.Sessions + addedSessions };
        }
        else
        {
            await engine.KillAsync();
            Killed++;
        }

        if (isServerDown)
        {
            await server!.StartAsync();
        }

        return !hasEnded || CheckExitCode(engine);
    }

    /// <summary>Kills the server. Every second time it is started again, and the engine continues for a moment.</summary>
    /// <returns>True if the server is down.</returns>
    private async Task<bool> KillServerAsync(PostgreSqlServer postgreSql, EngineProcess engine)
    {
        await postgreSql.KillAsync();
        ServersKilled++;
        if (Killed % 2 == 1)
        {
            return true;
        }

        await postgreSql.StartAsync();
        await WaitForProgressAsync(engine, TimeSpan.FromMilliseconds(Random.Shared.Next(800)));
        return false;
    }

    /// <summary>Kills the next worker that is running, and lets the engine react for a moment.</summary>
    private async Task KillWorkerAsync(EngineProcess engine)
    {
        for (var started = Stopwatch.GetTimestamp(); !engine.KillWorker(); await Task.Delay(1))
        {
            if (engine.ExitCode is not null || Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(2))
            {
                return;
            }
        }

        WorkersKilled++;
        await WaitForProgressAsync(engine, TimeSpan.FromMilliseconds(Random.Shared.Next(200)));
    }

    /// <summary>Waits until the engine has done a random share of the remaining work, or until the time has elapsed.</summary>
    private async Task WaitForProgressAsync(EngineProcess engine, TimeSpan maxTime)
    {
        var remaining =
            Work.TotalCalls
            - LogFolder.Read(logs.Effects).Concat(LogFolder.Read(logs.Acks)).Select(words => string.Join(' ', words)).Distinct().Count();
        var target = Progress + ((0.2 + Random.Shared.NextDouble()) * remaining * 0.5 / (kills - Killed + 1));
        var progress = Progress;
        var started = Stopwatch.GetTimestamp();
        var detectsStall = maxTime == StallTimeout;
        while (progress < target && engine.ExitCode is null && Stopwatch.GetElapsedTime(started) < maxTime)
        {
            await Task.Delay(1);
            if (progress != Progress)
            {
                progress = Progress;
                started = detectsStall ? Stopwatch.GetTimestamp() : started;
            }
        }

        if (detectsStall && Stopwatch.GetElapsedTime(started) >= StallTimeout)
        {
            ReportStall();
        }
    }

    private async Task WaitForEndAsync(EngineProcess engine)
    {
        var progress = Progress;
        var changed = Stopwatch.GetTimestamp();
        while (engine.ExitCode is null && Stopwatch.GetElapsedTime(changed) < StallTimeout)
        {
            await Task.Delay(20);
            if (progress != Progress)
            {
                progress = Progress;
                changed = Stopwatch.GetTimestamp();
            }
        }

        if (engine.ExitCode is null)
        {
            ReportStall();
        }
        else
        {
            CheckExitCode(engine);
        }
    }

    private void ReportStall() => problems.Add($"the engine made no progress for {StallTimeout.TotalMinutes} minutes");

    private bool CheckExitCode(EngineProcess engine)
    {
        if (engine.ExitCode != 0)
        {
            problems.Add($"the engine failed with exit code {engine.ExitCode}");
        }

        return engine.ExitCode == 0;
    }
}
