using System.Diagnostics;
using System.Globalization;
using Monty.Interop.Workers;
using Monty.Testing;

namespace Monty.Load;

/// <summary>An engine's process, which may be killed with its workers or without.</summary>
internal sealed class DrivenProcess : IDisposable
{
    private const string EngineName = "Monty.Load";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Process process;
    private readonly string runtime = RuntimeLocator.Find(null);

    private DrivenProcess(Process process) => this.process = process;

    public static DrivenProcess Start(string store, string place, LogFolder logs, CrashWork work)
    {
        string[] command =
        [
            Environment.ProcessPath!,
            "drive",
            store,
            place,
            logs.FullPath,
            work.Sessions.ToString(CultureInfo.InvariantCulture),
            work.Calls.ToString(CultureInfo.InvariantCulture),
        ];
        return new DrivenProcess(Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true })!);
    }

    /// <summary>Null while it runs.</summary>
    public int? ExitCode => process.HasExited ? process.ExitCode : null;

    /// <summary>Kills one of its workers by SIGKILL.</summary>
    /// <returns>False when it had none.</returns>
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
            return false; // it had just ended by itself
        }
    }

    /// <summary>Kills it by SIGKILL, and it alone; what it started must end by itself.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>The workers that are left without an engine after some patience, once it has ended.</summary>
    public async Task<IReadOnlyList<ProcessEntry>> LeftAsync()
    {
        await process.WaitForExitAsync();
        for (var started = Stopwatch.GetTimestamp(); ; await Task.Delay(10))
        {
            var left = ProcessTable
                .ByExecutable(runtime)
                .Where(p => !p.IsZombie && ProcessTable.Find(p.ParentId)?.Name != EngineName)
                .ToList();
            if (left.Count == 0 || Stopwatch.GetElapsedTime(started) > Patience)
            {
                return left;
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
