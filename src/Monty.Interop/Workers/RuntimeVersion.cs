using System.ComponentModel;
using System.Diagnostics;

namespace Monty.Interop.Workers;

/// <summary>Asks the runtime which version it is: dumps of one version are not loaded into another.</summary>
internal static class RuntimeVersion
{
    private const int MaxCharacters = 200;

    /// <summary>What <c>monty --version</c> prints, such as <c>monty-runtime 0.0.23</c>.</summary>
    /// <exception cref="MontyWorkerException">It could not be started, or did not say its version in time.</exception>
    public static async Task<string> AskAsync(string runtimePath, TimeSpan timeout, TimeProvider time)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var process = Start(runtimePath);
        try
        {
            process.BeginErrorReadLine(); // and nobody looks: a full pipe would stop it
            var said = new char[MaxCharacters];
            var count = await process.StandardOutput.ReadBlockAsync(said, deadline.Token).ConfigureAwait(false);
            if (count == MaxCharacters)
            {
                throw CreateNoVersionException(runtimePath, "but wrote more than that");
            }

            await process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
            return process.ExitCode == 0 && new string(said, 0, count).Trim() is { Length: > 0 } version
                ? version
                : throw CreateNoVersionException(runtimePath, $"(exit code {process.ExitCode})", process.ExitCode);
        }
        catch (OperationCanceledException)
        {
            throw CreateNoVersionException(runtimePath, $"within {timeout}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static Process Start(string runtimePath)
    {
        var start = new ProcessStartInfo(runtimePath, ["--version"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new MontyWorkerException(
                WorkerFailure.NotStarted,
                $"The Monty runtime {runtimePath} could not be started: {exception.Message}. Check that it is an executable for this system."
            );
        }
    }

    private static MontyWorkerException CreateNoVersionException(string runtimePath, string how, int? exitCode = null) =>
        new(WorkerFailure.NotStarted, $"The Monty runtime {runtimePath} did not say its version {how}; dumps need it.", exitCode);
}
