using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;

namespace Monty.Testing;

/// <summary>Monty.Testing.Host as a process of its own, which a test may kill.</summary>
[SupportedOSPlatform("linux")]
public sealed class TestHost : IDisposable
{
    private readonly Process process;

    private TestHost(Process process) => this.process = process;

    /// <summary>Starts it in a mode (see its Program.cs).</summary>
    /// <param name="mode">looping, suspended, idle or unwaited.</param>
    /// <param name="ignoringChildren">Whether SIGCHLD is ignored in it, as some supervisors leave it: the kernel then throws exit codes away.</param>
    public static TestHost Start(string mode, bool ignoringChildren = false)
    {
        var executable = Path.Combine(AppContext.BaseDirectory, "Monty.Testing.Host");
        var start = ignoringChildren
            ? new ProcessStartInfo("/usr/bin/env", ["--ignore-signal=CHLD", executable, mode])
            : new ProcessStartInfo(executable, [mode]);
        start.RedirectStandardOutput = true;
        return new TestHost(Process.Start(start)!);
    }

    /// <summary>Starts it to own a store and write to it: <c>sqlite</c> and a file, or <c>postgresql</c> and how to connect.</summary>
    public static TestHost StartWriting(string store, string place) =>
        new(
            Process.Start(
                new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Monty.Testing.Host"), ["write", store, place])
                {
                    RedirectStandardOutput = true,
                }
            )!
        );

    /// <summary>The lines that it wrote until it ended.</summary>
    public async Task<IReadOnlyList<string>> ReadToEndAsync(CancellationToken cancellationToken) =>
        (
            await process
                .StandardOutput.ReadToEndAsync(cancellationToken)
                .WaitAsync(TestTimeouts.Generous, cancellationToken)
                .ConfigureAwait(false)
        ).Split('\n');

    /// <summary>The next line of its output: the worker's process id, or a word.</summary>
    /// <exception cref="EndOfStreamException">It ended without a word.</exception>
    public async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = await process
            .StandardOutput.ReadLineAsync(cancellationToken)
            .AsTask()
            .WaitAsync(TestTimeouts.Generous, cancellationToken)
            .ConfigureAwait(false);
        if (line is not null)
        {
            return line;
        }

        var exitCode = await WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        throw new EndOfStreamException(string.Create(CultureInfo.InvariantCulture, $"The host ended with code {exitCode}."));
    }

    /// <summary>Waits for its end and takes its exit code.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken).WaitAsync(TestTimeouts.Generous, cancellationToken).ConfigureAwait(false);
        return process.ExitCode;
    }

    /// <summary>Sends it a signal, such as <c>STOP</c>, and waits until it has arrived.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().WaitAsync(TestTimeouts.Generous).ConfigureAwait(false);
        if (signal == "STOP")
        {
            await TestTasks
                .UntilAsync(() =>
                    File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/stat"))
                        .Contains(") T ", StringComparison.Ordinal)
                )
                .ConfigureAwait(false);
        }
    }

    /// <summary>Ends it by SIGKILL, alone: what it started is left to itself.</summary>
    public void Kill() => process.Kill();

    /// <inheritdoc/>
    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.StandardOutput.Dispose();
        process.Dispose();
    }
}
