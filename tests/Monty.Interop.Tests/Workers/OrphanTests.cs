using System.Globalization;
using System.Runtime.Versioning;
using Monty.Interop.Workers;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Workers;

/// <summary>A worker lives exactly as long as its host needs it, whatever happens to the host.</summary>
[SupportedOSPlatform("linux")]
[Collection(ProcessCountingCollection.Name)]
public sealed class OrphanTests
{
    [LinuxTheory]
    [InlineData("looping")]
    [InlineData("suspended")]
    [InlineData("idle")]
    public async Task A_worker_ends_when_its_host_is_killed(string state)
    {
        using var host = TestHost.Start(state);
        var worker = int.Parse(await host.ReadLineAsync(TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
        using var watch = ProcessWatch.Open(worker);
        watch.WaitForEnd(TestTimeouts.MeantToPass).ShouldBeFalse("the worker runs as long as its host does");

        host.Kill();

        watch.WaitForEnd(TestTimeouts.Generous).ShouldBeTrue("the worker outlived its host");
    }

    [LinuxFact]
    public async Task A_worker_goes_on_when_the_thread_that_started_it_ends()
    {
        using var pool = new MontyPool();
        MontySession? session = null;
        NativeThread? starter = null;
        var thread = new Thread(() =>
        {
            starter = NativeThread.Current;
            session = pool.OpenSessionAsync().AsTask().GetAwaiter().GetResult();
        });
        thread.Start();
        thread.Join();
        starter!.WaitForEnd(TestTimeouts.Generous).ShouldBeTrue("the kernel did not end the thread");
        GC.Collect();
        GC.WaitForPendingFinalizers();

        using (session)
        {
            (await session!.FeedAsync("40 + 2", cancellationToken: TestContext.Current.CancellationToken)).Value.ShouldBe(42);
        }
    }

    [LinuxFact]
    public async Task A_worker_goes_on_when_the_thread_that_feeds_it_ends_before_the_answer()
    {
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync(cancellationToken: TestContext.Current.CancellationToken);
        var answer = new TaskCompletionSource<MontyValue>(TaskCreationOptions.RunContinuationsAsynchronously);
        var feed = new FeedOptions { Tools = [MontyTool.Sync("wait", (_, _) => new ValueTask<MontyValue>(answer.Task))] };
        NativeThread? starter = null;
        Task<MontyResult>? run = null;
        var thread = new Thread(() =>
        {
            starter = NativeThread.Current;
            run = session.FeedAsync("wait() + 1", feed);
        });
        thread.Start();
        thread.Join();
        starter!.WaitForEnd(TestTimeouts.Generous).ShouldBeTrue("the kernel did not end the thread");

        answer.SetResult(1);

        (await run!.WaitAsync(TestTimeouts.Generous, TestContext.Current.CancellationToken)).Value.ShouldBe(2);
    }

    [LinuxFact]
    public void What_a_wrapper_left_behind_ends_with_the_disposing_of_its_worker()
    {
        using var peer = new ScriptedWorker(PeerScript.Start.LeaveChildBehind().Exit(5));
        using var worker = LinuxWorkerProcess.Start(peer.Path);
        worker.WaitForExit(TestTimeouts.Generous).ShouldBe(5);
        var left = ProcessTable.InGroup(worker.Id).ShouldHaveSingleItem();
        using var watch = ProcessWatch.Open(left.Id);
        watch.WaitForEnd(TimeSpan.Zero).ShouldBeFalse();

        worker.Dispose();

        watch.WaitForEnd(TestTimeouts.Generous).ShouldBeTrue("the wrapper's child outlived the worker");
    }

    [LinuxFact]
    public async Task A_host_that_ignores_the_end_of_its_children_can_dump_and_close_its_workers()
    {
        using var host = TestHost.Start("unwaited", ignoringChildren: true);

        (await host.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("closed while ignoring children");
        (await host.WaitForExitAsync(TestContext.Current.CancellationToken)).ShouldBe(0);
    }
}
