using System.Diagnostics;
using System.Globalization;
using Monty.Testing;
using Monty.Testing.Stores;

namespace Monty.Load;

/// <summary>
/// Measures an engine on a store with many waiting sessions: its start, its memory, and the time until an answered session has given its result.
/// </summary>
/// <remarks>One process opens the sessions and ends. Another process starts the measured engine on the same store.</remarks>
internal static class WaitingCommand
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var store = arguments.OneOf("store", Stores.Sqlite, Stores.Postgres);
        var sessions = arguments.Number("sessions");
        using var folder = new TempFolder();
        await using var server = store == Stores.Postgres ? await PostgreSqlServer.StartNewAsync() : null;
        var location = server?.ConnectionString ?? folder.File("sessions.db");
        foreach (var command in new[] { "prepare", "resume" })
        {
            var started = Stopwatch.GetTimestamp();
            var exitCode = await RunProcessAsync(command, store, location, sessions.ToString(CultureInfo.InvariantCulture));
            if (exitCode != 0)
            {
                await Console.Error.WriteLineAsync($"The process that ran '{command}' failed with exit code {exitCode}.");
                return 1;
            }

            if (command == "prepare")
            {
                Console.WriteLine($"{sessions} sessions wait, after {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
            }
        }

        return 0;
    }

    private static async Task<int> RunProcessAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardInput = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
