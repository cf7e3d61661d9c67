using System.Diagnostics;
using System.Text;
using Monty.Testing;

namespace Monty.Host.Tests.Support;

/// <summary>Runs the built executable as a process, as a shell would.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process process;

    private HostProcess(Process process) => this.process = process;

    public static string Executable { get; } =
        Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "montynet.exe" : "montynet");

    public int Id => process.Id;

    public StreamReader Output => process.StandardOutput;

    public StreamWriter Input => process.StandardInput;

    /// <summary>Runs the command <c>run</c> to its end.</summary>
    public static Task<HostResult> RunAsync(params string[] arguments) => RunWithInputAsync(default, arguments);

    /// <summary>Runs the command <c>run</c> to its end, with bytes on standard input.</summary>
    public static async Task<HostResult> RunWithInputAsync(ReadOnlyMemory<byte> input, params string[] arguments)
    {
        using var host = Start(arguments);
        await host.Input.BaseStream.WriteAsync(input);
        return await host.EndAsync();
    }

    /// <summary>Runs the command <c>repl</c> to its end, with lines from a pipe.</summary>
    public static async Task<HostResult> ReplAsync(string lines, params string[] arguments)
    {
        using var host = StartProgram(Executable, ["repl", .. arguments]);
        await host.Input.WriteAsync(lines);
        return await host.EndAsync();
    }

    public static HostProcess Start(params string[] arguments) => StartProgram(Executable, ["run", .. arguments]);

    public static HostProcess StartProgram(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        return new HostProcess(Process.Start(start)!);
    }

    /// <summary>Waits for a line of standard output that contains a text, and returns the line.</summary>
    public Task<string> WaitForLineAsync(string text) => WaitForLineAsync(Output, text);

    /// <summary>Waits for a text on standard output that need not end with a line break, such as a prompt.</summary>
    public async Task WaitForTextAsync(string text)
    {
        using var timeout = new CancellationTokenSource(TestTimeouts.Generous);
        var seen = new StringBuilder();
        var next = new char[1];
        while (await Output.ReadAsync(next, timeout.Token) > 0)
        {
            if (seen.Append(next[0]).ToString().EndsWith(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidOperationException($"The stream ended without '{text}'.");
    }

    /// <summary>Waits for a line of standard output that equals a text.</summary>
    public async Task WaitForExactLineAsync(string text)
    {
        while (await WaitForLineAsync(text) != text)
        {
            // Another line contains the text, such as a line that was typed.
        }
    }

    /// <summary>Waits for a line of standard error that contains a text, and returns the line.</summary>
    public Task<string> WaitForErrorLineAsync(string text) => WaitForLineAsync(process.StandardError, text);

    public void Signal(int number) => Signals.Send(process.Id, number);

    /// <summary>Closes standard input, waits for the process to end, and returns its remaining output.</summary>
    public async Task<HostResult> EndAsync()
    {
        Input.Close();
        using var timeout = new CancellationTokenSource(TestTimeouts.Generous);
        var output = Output.ReadToEndAsync(timeout.Token);
        var error = process.StandardError.ReadToEndAsync(timeout.Token);
        await process.WaitForExitAsync(timeout.Token);
        return new HostResult(process.ExitCode, await output, await error);
    }

    /// <summary>Waits for a process to end whose standard output the test has closed.</summary>
    public async Task<HostResult> EndAfterOutputIsClosedAsync()
    {
        using var timeout = new CancellationTokenSource(TestTimeouts.Generous);
        var error = await process.StandardError.ReadToEndAsync(timeout.Token);
        await process.WaitForExitAsync(timeout.Token);
        return new HostResult(process.ExitCode, "", error);
    }

    private static async Task<string> WaitForLineAsync(StreamReader stream, string text)
    {
        using var timeout = new CancellationTokenSource(TestTimeouts.Generous);
        while (await stream.ReadLineAsync(timeout.Token) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new InvalidOperationException($"The stream ended without a line with '{text}'.");
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }
}

/// <summary>The exit code and output of a process.</summary>
internal sealed record HostResult(int ExitCode, string Output, string Error)
{
    /// <summary>Standard error without the lines about calls.</summary>
    public string ErrorWithoutCalls =>
        string.Concat(ErrorLines.Where(l => !l.StartsWith("[call] ", StringComparison.Ordinal)).Select(l => l + "\n"));

    /// <summary>The lines about calls, in order.</summary>
    public IReadOnlyList<string> Calls =>
        [.. ErrorLines.Where(l => l.StartsWith("[call] ", StringComparison.Ordinal)).Select(l => l["[call] ".Length..])];

    private IEnumerable<string> ErrorLines => Error.TrimEnd('\n').Split('\n').Where(l => l.Length > 0);
}
