using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Monty.Benchmarks;

/// <summary>Runs the micro-benchmarks of the codecs with BenchmarkDotNet in this process, so nothing is restored or built during the run.</summary>
internal static class MicroBenchmarks
{
    /// <summary>Runs the benchmarks.</summary>
    /// <param name="arguments">The arguments of BenchmarkDotNet, such as <c>--filter *Event*</c>. Without arguments, all benchmarks run.</param>
    public static int Run(string[] arguments)
    {
        var config = ManualConfig
            .CreateMinimumViable()
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "../../../benchmarks"));
        var summaries = BenchmarkSwitcher
            .FromAssembly(typeof(MicroBenchmarks).Assembly)
            .Run(arguments.Length == 0 ? ["--filter", "*"] : arguments, config)
            .ToList();
        return summaries.Count > 0 && summaries.All(s => !s.HasCriticalValidationErrors) ? 0 : 1;
    }
}
