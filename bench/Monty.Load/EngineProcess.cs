using System.Diagnostics;
using System.Globalization;
using Monty.Interop.Workers;
using Monty.Testing;

namespace Monty.Load;

/// <summary>A process that runs an engine. The process and its workers can be killed separately.</summary>
internal sealed class EngineProcess : IDisposable
{
    private const string EngineName = "Monty.Load";
    private static readonly TimeSpan OrphanTimeout = TimeSpan.FromSeconds(20);
    private readonly Process process;
    private readonly string runtime = RuntimeLocator.Find(null);

    private EngineProcess(Process process) => this.process = process;

    public static EngineProcess Start(string store, string location, LogFolder logs, CrashWork work)
    {
        string[] command =
        [
            Environment.ProcessPath!,
            "drive",
            store,
            location,
            logs.FullPath,
            work.Sessions.ToString(CultureInfo.InvariantCulture),
            work.Calls.ToString(CultureInfo.InvariantCulture),
        ];
        return new EngineProcess(Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true })!);
    }

    /// <summary>The exit code, or null while the process is running.</summary>
    public int? ExitCode => process.HasExited ? process.ExitCode : null;

    /// <summary>Kills a random worker of the engine with SIGKILL.</summary>
    /// <returns>False if the engine has no worker.</returns>
    public bool KillWorker()
    {
        var running = ProcessTable.ChildrenOf(process.Id).Where(p => !p.IsZombie).ToList();
        if (running.Count == 0)
        {
            return false;
        }

        try
        {
            using var worker = ProcessWatch.Open(running[Random.Shared.Next(running.Count)].Id);
            worker.Kill();
            return true;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // The worker has just ended.
        }
    }

    /// <summary>Kills only the engine with SIGKILL. Its workers must end without help.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Waits for the engine to end, and returns the workers that are still running without an engine after a timeout.</summary>
    public async Task<IReadOnlyList<ProcessEntry>> FindOrphanedWorkersAsync()
    {
        await process.WaitForExitAsync();
        for (var started = Stopwatch.GetTimestamp(); ; await Task.Delay(10))
        {
            var orphans = ProcessTable
                .ByExecutable(runtime)
                .Where(p => !p.IsZombie && ProcessTable.Find(p.ParentId)?.Name != EngineName)
                .ToList();
            if (orphans.Count == 0 || Stopwatch.GetElapsedTime(started) > OrphanTimeout)
            {
                return orphans;
            }
        }
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
