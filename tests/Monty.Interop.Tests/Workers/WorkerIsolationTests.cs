using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Monty.Interop.Wire;
using Monty.Interop.Workers;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Workers;

/// <summary>A worker gets three pipes and the lifeline from its host, and nothing else.</summary>
[SupportedOSPlatform("linux")]
[Collection(ProcessCountingCollection.Name)]
public sealed class WorkerIsolationTests : IDisposable
{
    private readonly CarelessHost host = MakeCareless();
    private readonly ScriptedWorker peer = new(PeerScript.Start.Sleep());
    private readonly LinuxWorkerProcess worker;

    public WorkerIsolationTests()
    {
        worker = LinuxWorkerProcess.Start(peer.Path);

        // The peer is /bin/sh until it has become sleep; only then are its handles the program's own. Nothing tells of an exec, so this polls.
        SpinWait.SpinUntil(() => Proc("comm") == "sleep\n", TestTimeouts.Generous).ShouldBeTrue("the peer did not start");
    }

    [LinuxFact]
    public void It_has_four_handles_and_they_are_pipes()
    {
        var handles = ProcessTable.Descriptors(worker.Id);

        handles.Keys.Order().ShouldBe([0, 1, 2, 3]);
        handles.Values.ShouldAllBe(target => target.StartsWith("pipe:"));
        handles.Values.Distinct().Count().ShouldBe(4);
    }

    [LinuxFact]
    public async Task It_has_an_empty_environment()
    {
        using var real = new WorkerConnection(LinuxWorkerProcess.Start(RuntimeLocator.Find(null)), TimeProvider.System, 1 << 20);
        real.EnqueueForOk(FeedEncoder.EncodeSetUp(SessionOptions.Default, withLimits: false));
        await real.SettleAsync(null, TestContext.Current.CancellationToken).AsTask().InTime(); // before its first answer it may not have begun to run: all is empty then

        (await File.ReadAllBytesAsync($"/proc/{real.ProcessId}/environ", TestContext.Current.CancellationToken)).ShouldBeEmpty();
        (await File.ReadAllTextAsync($"/proc/{real.ProcessId}/cmdline", TestContext.Current.CancellationToken)).ShouldBe(
            "monty\0subprocess\0"
        );
        Proc("environ").ShouldNotContain(CarelessHost.Secret);
    }

    [LinuxFact]
    public void It_writes_no_core_dumps() =>
        Regex.Match(Proc("limits"), @"Max core file size +(\d+) +(\d+)").Groups.Values.Skip(1).Select(g => g.Value).ShouldBe(["0", "0"]);

    [LinuxFact]
    public void It_has_a_process_group_of_its_own_so_that_Ctrl_C_reaches_the_host_only() =>
        ProcessTable.Find(worker.Id).ShouldNotBeNull().GroupId.ShouldBe(worker.Id);

    [LinuxFact]
    public void It_ignores_and_blocks_no_signal()
    {
        var status = Proc("status");

        Regex.Match(status, "SigIgn:\t([0-9a-f]+)").Groups[1].Value.ShouldBe("0000000000000000");
        Regex.Match(status, "SigBlk:\t([0-9a-f]+)").Groups[1].Value.ShouldBe("0000000000000000");
    }

    public void Dispose()
    {
        worker.Dispose();
        peer.Dispose();
        host.Dispose();
    }

    private static CarelessHost MakeCareless()
    {
        try
        {
            return new CarelessHost();
        }
        catch (UnauthorizedAccessException exception)
        {
            Assert.Skip(exception.Message);
            throw;
        }
    }

    private string Proc(string file) => File.ReadAllText($"/proc/{worker.Id}/{file}");
}
