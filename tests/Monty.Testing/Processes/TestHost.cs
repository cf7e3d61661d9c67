using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;

namespace Monty.Testing;

/// <summary>Runs Monty.Testing.Host as a separate process, which a test may kill.</summary>
[SupportedOSPlatform("linux")]
public sealed class TestHost : IDisposable
{
    private readonly Process process;

    private TestHost(Process process) => this.process = process;

    /// <summary>Starts the host in a mode (see its Program.cs).</summary>
    /// <param name="mode">The mode: looping, suspended, idle or unwaited.</param>
    /// <param name="ignoringChildren">True to ignore SIGCHLD in the host, as some supervisors do. The kernel then discards the exit codes of its children.</param>
    public static TestHost Start(string mode, bool ignoringChildren = false)
    {
        var executable = Path.Combine(AppContext.BaseDirectory, "Monty.Testing.Host");
        var start = ignoringChildren
            ? new ProcessStartInfo("/usr/bin/env", ["--ignore-signal=CHLD", executable, mode])
            : new ProcessStartInfo(executable, [mode]);
        start.RedirectStandardOutput = true;
        return new TestHost(Process.Start(start)!);
    }

    /// <summary>Starts the host as a writer of a store.</summary>
    /// <param name="store">The kind of store: <c>sqlite</c> or <c>postgresql</c>.</param>
    /// <param name="place">The file of a SQLite store, or the connection string of a PostgreSQL store.</param>
    public static TestHost StartWriting(string store, string place) =>
        new(
            Process.Start(
                new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Monty.Testing.Host"), ["write", store, place])
                {
                    RedirectStandardOutput = true,
                }
            )!
        );

    /// <summary>Reads the remaining lines of output, until the host ends.</summary>
    public async Task<IReadOnlyList<string>> ReadToEndAsync(CancellationToken cancellationToken) =>
        (
            await process
                .StandardOutput.ReadToEndAsync(cancellationToken)
                .WaitAsync(TestTimeouts.Generous, cancellationToken)
                .ConfigureAwait(false)
        ).Split('\n');

    /// <summary>Reads the next line of output: the process id of a worker, or a word.</summary>
    /// <exception cref="EndOfStreamException">The host ended without another line.</exception>
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

    /// <summary>Waits until the host ends, and returns its exit code.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken).WaitAsync(TestTimeouts.Generous, cancellationToken).ConfigureAwait(false);
        return process.ExitCode;
    }

    /// <summary>Sends the host a signal, such as <c>STOP</c>, and waits until it has arrived.</summary>
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

    /// <summary>Kills the host with SIGKILL. The processes that it started are not killed.</summary>
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
