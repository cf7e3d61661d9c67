using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Monty.Interop.Workers;

namespace Monty.Benchmarks;

/// <summary>The C baseline of bench/baseline/turns.c, which runs the same turns with blocking reads and writes and nothing else.</summary>
internal sealed class CBaseline
{
    private const string Source = "bench/baseline/turns.c";
    private readonly string program;

    private CBaseline(string program) => this.program = program;

    /// <summary>Compiles the baseline. If this is not possible, prints the reason and returns null.</summary>
    public static async Task<CBaseline?> TryBuildAsync()
    {
        if (FindSource() is not { } source)
        {
            Console.WriteLine(
                $"There is no C baseline: {Source} was not found above {AppContext.BaseDirectory}. Run this program in a clone of the repository."
            );
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
                // This compiler is not installed. The next one may be.
            }
        }

        Console.WriteLine("There is no C baseline: no C compiler (cc, gcc, clang) was found on PATH. Install one to get the ratio.");
        return null;
    }

    /// <summary>Runs one mode on its own worker, after a warm-up with the same number of turns.</summary>
    /// <returns>The mean time of one turn.</returns>
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
            : throw new InvalidOperationException($"{file} failed with exit code {process.ExitCode}. Its error message is above.");
    }
}
