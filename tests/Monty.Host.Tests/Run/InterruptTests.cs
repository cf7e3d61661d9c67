using System.Runtime.Versioning;
using System.Text.Json;
using Monty.Host.Tests.Support;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Host.Tests.Run;

[SupportedOSPlatform("linux")]
public sealed class InterruptTests
{
    private const string Endless = "print('started')\nwhile True: pass";

    [Theory]
    [InlineData(Signals.Interrupt, 130)]
    [InlineData(Signals.Terminate, 143)]
    public async Task A_signal_ends_an_endless_script_and_its_worker(int signal, int exitCode)
    {
        using var host = HostProcess.Start("-c", Endless);
        await host.WaitForLineAsync("started");
        var worker = ProcessTable.ChildrenOf(host.Id).ShouldHaveSingleItem().Id;

        host.Signal(signal);

        (await host.EndAsync()).ShouldBe(new HostResult(exitCode, "", "interrupted: the worker was stopped\n"));
        ProcessTable.Find(worker).ShouldBeNull();
    }

    [Fact]
    public async Task Ctrl_C_ends_a_script_that_prints_continuously()
    {
        using var host = HostProcess.Start("-c", "print('started')\nwhile True: print('x')");
        await host.WaitForLineAsync("started");

        host.Signal(Signals.Interrupt);

        var result = await host.EndAsync();
        result.ExitCode.ShouldBe(130);
        result.Error.ShouldBe("interrupted: the worker was stopped\n");
    }

    [Fact]
    public async Task A_second_signal_ends_a_host_whose_output_is_blocked()
    {
        using var host = HostProcess.Start("-c", "print('started')\nwhile True: print('x' * 1000)");
        await host.WaitForLineAsync("started");
        var worker = ProcessTable.ChildrenOf(host.Id).ShouldHaveSingleItem().Id;
        using var end = ProcessWatch.Open(host.Id);
        using (var gone = ProcessWatch.Open(worker))
        {
            host.Signal(Signals.Interrupt);
            gone.WaitForEnd(TestTimeouts.Generous).ShouldBeTrue("the first signal ends the worker");
        }

        try
        {
            host.Signal(Signals.Terminate);
        }
        catch (InvalidOperationException)
        {
            // The process has already ended, because its output did not fill the pipe before the first signal arrived.
        }

        end.WaitForEnd(TestTimeouts.Generous).ShouldBeTrue("the second signal ends the host, although its output is blocked");
    }

    [Fact]
    public async Task Ctrl_C_ends_the_wait_for_a_tool()
    {
        using var folder = new TempFolder();
        var tools = folder.Write("t.json", """{"slow": {"return": 1, "delay_ms": 3600000}}""");
        using var host = HostProcess.Start("--tools", tools, "-c", "print('started')\nslow()");
        await host.WaitForLineAsync("started");
        var worker = ProcessTable.ChildrenOf(host.Id).ShouldHaveSingleItem().Id;

        host.Signal(Signals.Interrupt);

        var result = await host.EndAsync();
        result.ExitCode.ShouldBe(130);
        result.ErrorWithoutCalls.ShouldBe("interrupted: the worker was stopped\n");
        ProcessTable.Find(worker).ShouldBeNull();
    }

    [Fact]
    public async Task The_JSON_result_of_an_interrupted_run_has_its_own_exit_reason()
    {
        using var folder = new TempFolder();
        var tools = folder.Write("t.json", """{"ready": {"return": 1}}""");
        using var host = HostProcess.Start("--json", "--tools", tools, "-c", "print('started')\nready()\nwhile True: pass");
        await host.WaitForErrorLineAsync("ready()");

        host.Signal(Signals.Interrupt);

        var result = await host.EndAsync();
        result.ExitCode.ShouldBe(130);
        var json = JsonDocument.Parse(result.Output).RootElement;
        json.GetProperty("exit_reason").GetString().ShouldBe("interrupted");
        json.GetProperty("prints").GetString().ShouldBe("started\n");
    }
}
