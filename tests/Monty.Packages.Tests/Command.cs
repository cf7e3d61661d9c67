using System.Diagnostics;
using Monty.Testing;

namespace Monty.Packages.Tests;

/// <summary>Runs commands like a user who has only the packages and the .NET SDK.</summary>
internal static class Command
{
    /// <summary>Runs a command to its end and returns its standard output.</summary>
    /// <param name="folder">The working directory, which also contains the restored packages.</param>
    /// <param name="program">The executable.</param>
    /// <param name="arguments">The arguments.</param>
    /// <exception cref="InvalidOperationException">The command failed. The message contains its output.</exception>
    public static Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder };
        start.Environment["NUGET_PACKAGES"] = Path.Combine(folder, "packages");
        start.Environment["DOTNET_CLI_HOME"] = folder;
        return RunAsync(start);
    }

    /// <summary>Runs a command, with the working directory and the environment variables that the caller has set.</summary>
    /// <inheritdoc cref="RunAsync(string, string, string[])"/>
    public static async Task<string> RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        foreach (var name in (string[])["MONTY_BIN", "CONFIGURATION", "CI"])
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false";

        // The servers of the compiler and MSBuild would outlive the test and keep its pipes open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(8 * TestTimeouts.Generous); // Some commands build the whole repository.
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            var error = process.StandardError.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            return process.ExitCode == 0
                ? await output
                : throw new InvalidOperationException(
                    $"{start.FileName} {string.Join(' ', start.ArgumentList)} failed with exit code {process.ExitCode}:\n{await output}{await error}"
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
