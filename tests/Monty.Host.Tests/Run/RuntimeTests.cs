using Monty.Host.Tests.Support;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Run;

public sealed class RuntimeTests
{
    [Fact]
    public async Task A_missing_runtime_is_named()
    {
        var result = await HostProcess.RunAsync("-c", "1", "--runtime", "/nowhere/monty");

        result.ShouldBe(
            new HostResult(
                3,
                "",
                "error: There is no runtime /nowhere/monty, which --runtime names. Correct the path, or leave the option away to take the one that came with the program.\n"
            )
        );
    }

    [Fact]
    public async Task A_runtime_that_is_no_program_is_named()
    {
        using var folder = new TempFolder();
        var file = folder.Write("monty", "text");

        var result = await HostProcess.RunAsync("-c", "1", "--runtime", file);

        result.ExitCode.ShouldBe(3);
        result.Error.ShouldStartWith($"error: The Monty runtime {file} could not be started: ");
    }

    [Fact]
    public async Task A_program_that_is_no_runtime_is_named()
    {
        var result = await HostProcess.RunAsync("-c", "1", "--runtime", "/bin/true");

        result.ExitCode.ShouldBe(3);
        result.Error.ShouldStartWith("error: The Monty worker ended unexpectedly with exit code 0.");
        result.Error.TrimEnd('\n').ShouldNotContain("\n");
    }

    [Fact]
    public async Task Running_out_of_memory_ends_the_worker_and_keeps_what_was_printed()
    {
        var result = await HostProcess.RunAsync("--max-memory", "30MB", "-c", "x = 'a' * 20_000_000\nprint('before')\nx");

        result.ExitCode.ShouldBe(3);
        result.Output.ShouldBe("before\n");
        result.Error.ShouldStartWith("error: The Monty worker ran out of memory (exit code 65)");
        result.Error.TrimEnd('\n').ShouldNotContain("\n");
    }
}
