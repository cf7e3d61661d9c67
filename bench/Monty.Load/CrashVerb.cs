using System.Diagnostics;
using Monty.Testing;
using Monty.Testing.Stores;

namespace Monty.Load;

/// <summary>Kills an engine again and again, then reads the store.</summary>
internal static class CrashVerb
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var store = arguments.OneOf("store", Stores.Sqlite, Stores.Postgres);
        var work = new CrashWork(arguments.Number("sessions", 40), arguments.Number("calls", 30));
        var kills = arguments.Number("kills");
        using var temporary = new TempFolder();
        var logs = new LogFolder(
            Directory.CreateDirectory(arguments.Find("keep") is { } keep ? Path.GetFullPath(keep) : temporary.Path).FullName
        );
        if (Directory.EnumerateFileSystemEntries(logs.FullPath).Any())
        {
            throw new FormatException("--keep names an empty folder, or one that is not there yet.");
        }

        await using var server = store == Stores.Postgres ? await PostgreSqlServer.StartNewAsync() : null;
        var place = server?.ConnectionString ?? Path.Combine(logs.FullPath, "sessions.db");

        var started = Stopwatch.GetTimestamp();
        var killing = new Killing(kills, work, logs, server, w => DrivenProcess.Start(store, place, logs, w));
        await killing.RunAsync();
        Console.WriteLine(
            $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0} s, {killing.WorkersKilled} workers and {killing.ServersKilled} servers killed besides"
        );

        var verdict = new Verdict(killing.Work, logs);
        await using (var sessions = await Stores.OpenAsync(store, place))
        {
            await verdict.ReadAsync(sessions);
        }

        foreach (var wrong in killing.Problems.Concat(verdict.Problems).Take(50))
        {
            Console.WriteLine(wrong);
        }

        Console.WriteLine(
            $"kills {killing.Killed}, calls {verdict.Calls}, lost {verdict.Lost}, twice {verdict.Twice}, open {verdict.Open}"
        );
        return killing.Problems.Count + verdict.Problems.Count == 0 ? 0 : 1;
    }
}
