using System.Diagnostics;
using System.Globalization;
using Monty.Actors;
using Monty.Actors.Sqlite;
using Monty.Testing;

namespace Monty.Benchmarks;

/// <summary>Measures the start of a process with an engine on a new SQLite file until its first session is stored.</summary>
internal static class FirstWriteCommand
{
    /// <summary>The argument that makes this program start an engine on the file that follows, open a session, and exit.</summary>
    public const string ChildCommand = "open-session";

    public static async Task RunAsync(BenchmarkOptions options)
    {
        var sides = new (string Name, Func<Task<Cost>> Run)[]
        {
            (".NET alone", () => StartAsync([StartCommand.ExitCommand])),
            ("first durable write", () => WriteAsync()),
            ("  with DOTNET_TieredPGO=0", () => WriteAsync(("DOTNET_TieredPGO", "0"))),
            ("  with DOTNET_TieredCompilation=0", () => WriteAsync(("DOTNET_TieredCompilation", "0"))),
        };
        foreach (var (_, run) in sides)
        {
            await run(); // The first run fills the disk cache.
        }

        var samples = await Rounds.SamplesAsync(options.Rounds, [.. sides.Select(s => s.Run)]);
        Console.WriteLine(
            "From the start of a new process until the reply to the first command, on a new SQLite file. Files are in the disk cache."
        );
        Report.Header("min", "median", "max");
        foreach (var (side, costs) in sides.Zip(samples))
        {
            Report.Row(
                side.Name,
                Milliseconds(costs.Min(c => c.Microseconds)),
                Milliseconds(Rounds.Median(costs, c => c.Microseconds)),
                Milliseconds(costs.Max(c => c.Microseconds))
            );
        }
    }

    /// <summary>Starts an engine on a new file, opens a session, says so, and exits without stopping the engine.</summary>
    public static async Task OpenSessionAsync(string path)
    {
        var store = await SqliteStore.OpenAsync(path);
        var engine = await MontyEngine.StartAsync(new MontyEngineOptions { Store = store });
        var reply = await engine.SendAsync(new SessionId("acme", "first"), new OpenCommand("open", new SessionSetup()));
        Console.WriteLine(reply is SessionReply.Accepted ? "stored" : reply.ToString());
        await engine.DisposeAsync();
        await store.DisposeAsync();
    }

    private static async Task<Cost> WriteAsync(params (string Name, string Value)[] environment)
    {
        using var folder = new TempFolder();
        return await StartAsync([ChildCommand, folder.File("sessions.db")], environment);
    }

    /// <summary>Starts this program again. Returns the time until its first line, or until its end if it prints nothing.</summary>
    private static async Task<Cost> StartAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync();
        var cost = new Cost(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        await process.WaitForExitAsync();
        return process.ExitCode == 0 && line is null or "stored"
            ? cost
            : throw new InvalidOperationException($"The process ended with exit code {process.ExitCode} and said: {line}");
    }

    private static string Milliseconds(double microseconds) => (microseconds / 1000).ToString("0", CultureInfo.InvariantCulture) + " ms";
}
