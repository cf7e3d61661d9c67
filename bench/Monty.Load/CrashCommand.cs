using System.Diagnostics;
using Monty.Testing;
using Monty.Testing.Stores;

namespace Monty.Load;

/// <summary>Kills an engine repeatedly, and then checks the store.</summary>
internal static class CrashCommand
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var store = arguments.OneOf("store", Stores.Sqlite, Stores.Postgres, Stores.SqlSqlite, Stores.SqlPostgres);
        var work = new CrashWork(arguments.Number("sessions", 40), arguments.Number("calls", 30));
        if (work.Calls < CrashWork.MinCalls)
        {
            throw new FormatException($"--calls must be at least {CrashWork.MinCalls}.");
        }

        var kills = arguments.Number("kills");
        using var temporary = new TempFolder();
        var folder = arguments.Find("keep") is { } keep ? Path.GetFullPath(keep) : temporary.Path;
        var logs = new LogFolder(Directory.CreateDirectory(folder).FullName);
        if (Directory.EnumerateFileSystemEntries(logs.FullPath).Any())
        {
            throw new FormatException($"The folder {folder} given with --keep is not empty. Name an empty or a new folder.");
        }

        await using var server = Stores.NeedsServer(store) ? await PostgreSqlServer.StartNewAsync() : null;
        var location = server?.ConnectionString ?? Path.Combine(logs.FullPath, "sessions.db");

        var started = Stopwatch.GetTimestamp();
        var killer = new EngineKiller(kills, work, logs, server, w => EngineProcess.Start(store, location, logs, w));
        await killer.RunAsync();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var verdict = new Verdict(killer.Work, logs);
        await using (var sessions = await Stores.OpenAsync(store, location))
        {
            verdict.Check(await Verdict.ReadHistoriesAsync(sessions, killer.Work));
        }

        Console.WriteLine(
            $"{seconds:0} s, {killer.WorkersKilled} workers and {killer.ServersKilled} servers were also killed, "
                + $"{verdict.Quarantines} quarantines were released"
        );
        var findings = verdict.Findings;
        foreach (var problem in killer.Problems.Concat(findings.Problems).Take(50))
        {
            Console.WriteLine(problem);
        }

        Console.WriteLine(
            $"kills {killer.Killed}, calls {verdict.Calls}, lost {findings.Lost}, twice {findings.Duplicated}, open {findings.Open}"
        );
        return killer.Problems.Count + findings.Problems.Count == 0 ? 0 : 1;
    }
}
