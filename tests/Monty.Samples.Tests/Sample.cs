using System.Diagnostics;
using System.Text;
using Monty.Testing;

namespace Monty.Samples.Tests;

/// <summary>Runs a program of <c>samples/</c> as a process.</summary>
internal static class Sample
{
    /// <summary>Runs a sample to its end and returns its standard output.</summary>
    /// <exception cref="InvalidOperationException">The sample failed.</exception>
    public static async Task<string> RunAsync(string name, string input = "", params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, name), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(TestTimeouts.Generous);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            var error = process.StandardError.ReadToEndAsync(timeout.Token);
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(timeout.Token);
            return process.ExitCode == 0
                ? await output
                : throw new InvalidOperationException(
                    $"The sample {name} failed with exit code {process.ExitCode}:\n{await output}{await error}"
                );
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
