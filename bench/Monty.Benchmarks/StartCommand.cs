using System.Diagnostics;
using System.Globalization;
using Monty.Interop;
using Monty.Interop.Workers;

namespace Monty.Benchmarks;

/// <summary>Measures the start of <c>run -c '1+1'</c> and its parts, compared with the command of the upstream project.</summary>
internal static class StartCommand
{
    /// <summary>An argument that makes this program exit immediately, to measure the start of .NET.</summary>
    public const string ExitCommand = "nothing";

    private const string Code = "1+1";

    public static async Task RunAsync(BenchmarkOptions options)
    {
        var runtime = RuntimeLocator.Find(null);
        var host = Path.Combine(AppContext.BaseDirectory, "montynet");
        var sides = new List<(string Name, Func<Task<Cost>> Run)>
        {
            ("upstream: monty -c '1+1'", () => ProcessAsync(runtime, ["-c", Code])),
            ("a worker, from a warm client", WorkerAsync),
            (".NET alone", () => ProcessAsync(Environment.ProcessPath!, [ExitCommand])),
            ("command line alone: --version", () => ProcessAsync(host, ["--version"])),
            ("run -c '1+1'", () => ProcessAsync(host, ["run", "-c", Code])),
            ("  with DOTNET_TieredPGO=0", () => ProcessAsync(host, ["run", "-c", Code], ("DOTNET_TieredPGO", "0"))),
            ("  with DOTNET_TieredCompilation=0", () => ProcessAsync(host, ["run", "-c", Code], ("DOTNET_TieredCompilation", "0"))),
        };
        foreach (var file in options.Files)
        {
            sides.Add((file, () => ProcessAsync(file, ["run", "-c", Code])));
        }

        foreach (var (_, run) in sides)
        {
            await run(); // The first run fills the disk cache.
        }

        var samples = await Rounds.SamplesAsync(options.Rounds, [.. sides.Select(s => s.Run)]);
        Report.Header("min", "median", "to upstream");
        var upstream = samples[0].Min(c => c.Microseconds);
        foreach (var (side, costs) in sides.Zip(samples))
        {
            var fastest = costs.Min(c => c.Microseconds);
            Report.Row(
                side.Name,
                Milliseconds(fastest),
                Milliseconds(Rounds.Median(costs, c => c.Microseconds)),
                Report.Ratio(fastest / upstream)
            );
        }
    }

    private static async Task<Cost> ProcessAsync(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        var cost = new Cost(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        return process.ExitCode == 0
            ? cost
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed with exit code {process.ExitCode}.");
    }

    private static async Task<Cost> WorkerAsync()
    {
        var started = Stopwatch.GetTimestamp();
        using (var pool = new MontyPool())
        {
            await pool.RunAsync(Code);
        }

        return new Cost(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
    }

    private static string Milliseconds(double microseconds) => (microseconds / 1000).ToString("0.0", CultureInfo.InvariantCulture) + " ms";
}
