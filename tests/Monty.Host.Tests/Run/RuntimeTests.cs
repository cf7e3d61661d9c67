using Monty.Host.Tests.Support;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Run;

public sealed class RuntimeTests
{
    [Fact]
    public async Task The_message_about_a_missing_runtime_names_its_path()
    {
        var result = await HostProcess.RunAsync("-c", "1", "--runtime", "/nowhere/monty");

        result.ShouldBe(
            new HostResult(
                3,
                "",
                "error: The runtime cannot be started: the file /nowhere/monty given with --runtime does not exist. Correct the path, or omit the option to use the runtime shipped with this program.\n"
            )
        );
    }

    [Fact]
    public async Task A_runtime_that_is_not_executable_is_reported()
    {
        using var folder = new TempFolder();
        var file = folder.Write("monty", "text");

        var result = await HostProcess.RunAsync("-c", "1", "--runtime", file);

        result.ExitCode.ShouldBe(3);
        result.Error.ShouldStartWith($"error: The Monty runtime {file} could not be started: ");
    }

    [Fact]
    public async Task A_program_that_is_not_the_runtime_is_reported()
    {
        var result = await HostProcess.RunAsync("-c", "1", "--runtime", "/bin/true");

        result.ExitCode.ShouldBe(3);
        result.Error.ShouldStartWith("error: The Monty worker ended unexpectedly with exit code 0.");
        result.Error.TrimEnd('\n').ShouldNotContain("\n");
    }

    [Fact]
    public async Task Running_out_of_memory_ends_the_worker_and_keeps_the_printed_text()
    {
        var result = await HostProcess.RunAsync("--max-memory", "30MB", "-c", "x = 'a' * 20_000_000\nprint('before')\nx");

        result.ExitCode.ShouldBe(3);
        result.Output.ShouldBe("before\n");
        result.Error.ShouldStartWith("error: The Monty worker ran out of memory (exit code 65)");
        result.Error.TrimEnd('\n').ShouldNotContain("\n");
    }
}
