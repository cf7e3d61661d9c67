using System.Diagnostics;

namespace Monty.Interop.Workers;

/// <summary>Asks the runtime which version it is: dumps of one version are not loaded into another.</summary>
internal static class RuntimeVersion
{
    /// <summary>What <c>monty --version</c> prints, such as <c>monty-runtime 0.0.23</c>.</summary>
    public static async Task<string> AskAsync(string runtimePath, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(runtimePath, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment.Clear();
        using var process = Process.Start(start)!;
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return process.ExitCode == 0 && output.Trim() is { Length: > 0 and < 200 } version
                ? version
                : throw new MontyWorkerException(WorkerFailure.NotStarted, $"The Monty runtime {runtimePath} did not say its version (exit code {process.ExitCode}); dumps need it.", process.ExitCode);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
