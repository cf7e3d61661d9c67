using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Monty.Interop.Workers;

namespace Monty.Benchmarks;

/// <summary>The C loop of bench/baseline/turns.c: the same turns with blocking reads and writes and nothing else.</summary>
internal sealed class CBaseline
{
    private const string Source = "bench/baseline/turns.c";
    private readonly string program;

    private CBaseline(string program) => this.program = program;

    /// <summary>Compiles the loop; null, and a line that says why, where that cannot be done.</summary>
    public static async Task<CBaseline?> TryBuildAsync()
    {
        if (FindSource() is not { } source)
        {
            Console.WriteLine($"No C baseline: {Source} is in no folder above {AppContext.BaseDirectory}. Run this program from a clone.");
            return null;
        }

        var root = Path.GetFullPath(Path.Combine(source, "../../.."));
        var program = Path.Combine(root, "artifacts", "bench", "turns");
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        foreach (var compiler in (string[])["cc", "gcc", "clang"])
        {
            try
            {
                await RunAsync(compiler, "-O2", "-o", program, source);
                return new CBaseline(program);
            }
            catch (Win32Exception)
            {
                // Not installed: the next one may be.
            }
        }

        Console.WriteLine("No C baseline: there is no C compiler on PATH (cc, gcc, clang). Install one for the ratio.");
        return null;
    }

    /// <summary>Runs one mode on a worker of its own, after as many turns to warm up.</summary>
    /// <returns>The mean of one turn in microseconds.</returns>
    public async Task<Cost> MeasureAsync(string mode, int turns)
    {
        var line = await RunAsync(program, RuntimeLocator.Find(null), mode, turns.ToString(CultureInfo.InvariantCulture));
        return new Cost(double.Parse(line.Split(' ')[^2], CultureInfo.InvariantCulture));
    }

    private static string? FindSource()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var source = Path.Combine(folder.FullName, Source);
            if (File.Exists(source))
            {
                return source;
            }
        }

        return null;
    }

    private static async Task<string> RunAsync(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output.Trim()
            : throw new InvalidOperationException($"{file} ended with exit code {process.ExitCode}; its error is above.");
    }
}
