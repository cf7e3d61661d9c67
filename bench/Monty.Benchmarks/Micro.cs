using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Monty.Benchmarks;

/// <summary>Micro-benchmarks of the codecs: BenchmarkDotNet in this process, so that nothing is restored or built while it runs.</summary>
internal static class Micro
{
    /// <summary>Arguments are BenchmarkDotNet's, such as <c>--filter *Event*</c>; none runs all.</summary>
    public static int Run(string[] arguments)
    {
        var config = ManualConfig
            .CreateMinimumViable()
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "../../../benchmarks"));
        var summaries = BenchmarkSwitcher
            .FromAssembly(typeof(Micro).Assembly)
            .Run(arguments.Length == 0 ? ["--filter", "*"] : arguments, config)
            .ToList();
        return summaries.Count > 0 && summaries.All(s => !s.HasCriticalValidationErrors) ? 0 : 1;
    }
}
