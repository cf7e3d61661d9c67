using System.Text;

namespace Monty.Interop.Workers;

/// <summary>Asks the runtime for its version. A dump can only be loaded into the version that made it.</summary>
internal static class RuntimeVersion
{
    private const int MaxBytes = 200;
    private static readonly TimeSpan ExitGrace = TimeSpan.FromSeconds(1);

    /// <summary>Returns the output of <c>monty --version</c>, such as <c>monty-runtime 0.0.23</c>.</summary>
    /// <exception cref="MontyWorkerException">It could not be started, or did not print its version in time.</exception>
    public static async Task<string> AskAsync(string runtimePath, TimeSpan timeout, TimeProvider time)
    {
        using var process = WorkerProcess.Start(runtimePath, "--version");
        var isOverdue = false;
        var timer = time.CreateTimer(_ => Stop(), null, timeout, Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(false))
        {
            var output = await Task
                .Factory.StartNew(
                    () => ReadToEnd(process),
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
                    TaskScheduler.Default
                )
                .ConfigureAwait(false);
            if (output.Length > MaxBytes)
            {
                throw CreateException(runtimePath, $"printed more than {MaxBytes} bytes");
            }

            var exitCode = process.WaitForExit(ExitGrace);
            if (Volatile.Read(ref isOverdue))
            {
                throw CreateException(runtimePath, $"did not print its version within {timeout}");
            }

            return exitCode is 0 or Posix.UnknownExitCode && Encoding.UTF8.GetString(output).Trim() is { Length: > 0 } version
                ? version
                : throw CreateException(
                    runtimePath,
                    $"did not print its version (exit code {exitCode})",
                    exitCode,
                    process.StandardErrorTail
                );
        }

        void Stop()
        {
            Volatile.Write(ref isOverdue, true);
            process.Kill();
        }
    }

    /// <summary>Reads the output up to its end, or to the first byte that is too many.</summary>
    private static byte[] ReadToEnd(WorkerProcess process)
    {
        Span<byte> output = stackalloc byte[MaxBytes + 1];
        var count = 0;
        while (count < output.Length)
        {
            process.Wait(forWriting: false, Timeout.Infinite);
            var read = process.Read(output[count..]);
            if (read == 0)
            {
                break;
            }

            count += Math.Max(read, 0);
        }

        return output[..count].ToArray();
    }

    private static MontyWorkerException CreateException(
        string runtimePath,
        string problem,
        int? exitCode = null,
        string standardError = ""
    ) =>
        new(
            WorkerFailure.NotStarted,
            $"The Monty runtime {runtimePath} {problem}, and dumps need it. Check that RuntimePath, MONTY_BIN or PATH lead to the Monty runtime.",
            exitCode,
            standardError
        );
}
