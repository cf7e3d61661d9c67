using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Monty.Testing;
using Npgsql;

namespace Monty.Load;

/// <summary>The work that all compared systems do.</summary>
/// <param name="Steps">The number of calls in one workflow.</param>
/// <param name="Concurrency">The number of parallel workflows.</param>
/// <param name="Workflows">The total number of workflows.</param>
internal sealed record PeerWork(int Steps, int Concurrency, int Workflows)
{
    public int Calls => Steps * Workflows;
}

/// <summary>Runs the scripts of other systems on the same server.</summary>
internal static partial class Peers
{
    private static readonly TimeSpan ScriptTimeout = TimeSpan.FromMinutes(5);

    /// <summary>Prints the rate of each system, and the ratio of our rate to the best of them.</summary>
    public static async Task RunAsync(string folder, string connectionString, PeerWork work, double ours)
    {
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            Console.WriteLine($"The other systems cannot run: {folder} has no node_modules. Run npm install there.");
            return;
        }

        var best = 0.0;
        foreach (var script in (string[])["dbos.mjs", "restate.mjs", "langgraph.mjs"])
        {
            using var restate = script == "restate.mjs" ? await RestateServer.StartAsync(folder) : null;
            var (output, code) = await RunScriptAsync(folder, script, connectionString, work);
            // Only the last line is the result. The lines before it are from the libraries of the script.
            Console.WriteLine(code == 0 ? output.Split('\n')[^1] : $"{script} failed with exit code {code}: {output}");
            if (code == 0 && Rate().Match(output) is { Success: true } match)
            {
                best = Math.Max(best, double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
            }
        }

        if (best > 0)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ratio to the best of them {ours / best:0.00}"));
        }
    }

    private static async Task<(string Output, int Code)> RunScriptAsync(
        string folder,
        string script,
        string connectionString,
        PeerWork work
    )
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        var start = new ProcessStartInfo("node", [script])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PGURL"] = string.Create(
            CultureInfo.InvariantCulture,
            $"postgresql://{connection.Username}@{connection.Host}:{connection.Port}/{connection.Database}"
        );
        start.Environment["STEPS"] = work.Steps.ToString(CultureInfo.InvariantCulture);
        start.Environment["CONC"] = work.Concurrency.ToString(CultureInfo.InvariantCulture);
        start.Environment["WORKFLOWS"] = work.Workflows.ToString(CultureInfo.InvariantCulture);
        using var process = Process.Start(start)!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(ScriptTimeout);
            await process.WaitForExitAsync();
            return (process.ExitCode == 0 ? output.Trim() : $"{output}{await errors}", process.ExitCode);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            return ($"it ran for more than {ScriptTimeout.TotalMinutes} minutes", -1);
        }
    }

    [GeneratedRegex(@": (\d+) \w+ steps/s")]
    private static partial Regex Rate();

    /// <summary>The server of Restate, with a temporary folder for its data.</summary>
    private sealed class RestateServer(Process process, TempFolder data) : IDisposable
    {
        public static async Task<RestateServer> StartAsync(string folder)
        {
            var data = new TempFolder();
            var start = new ProcessStartInfo(Path.Combine(folder, "node_modules", ".bin", "restate-server"), ["--base-dir", data.Path])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            var server = new RestateServer(Process.Start(start)!, data);
            _ = server.DrainAsync();
            using var client = new HttpClient();
            for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1); await Task.Delay(100))
            {
                try
                {
                    if (
                        (await client.GetAsync(new Uri("http://127.0.0.1:9070/health"))).IsSuccessStatusCode
                        && (await client.GetAsync(new Uri("http://127.0.0.1:8080/restate/health"))).IsSuccessStatusCode
                    )
                    {
                        break;
                    }
                }
                catch (HttpRequestException)
                {
                    // The server is not ready yet.
                }
            }

            return server;
        }

        public void Dispose()
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
            data.Dispose();
        }

        private Task<string[]> DrainAsync() =>
            Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }
}
