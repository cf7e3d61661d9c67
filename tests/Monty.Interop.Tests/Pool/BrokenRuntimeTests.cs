using System.Runtime.Versioning;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Pool;

/// <summary>What a caller sees when the runtime's path names something else, or a runtime that does not start.</summary>
[SupportedOSPlatform("linux")]
[Collection(ProcessCountingCollection.Name)]
public sealed class BrokenRuntimeTests : IDisposable
{
    private readonly LeakCheck leaks = new();
    private readonly TempFolder folder = new();

    [LinuxFact]
    public async Task A_path_without_a_file_is_named_with_the_way_out()
    {
        var missing = folder.File("nothing");

        var exception = await Should.ThrowAsync<MontyRuntimeNotFoundException>(() => Open(missing));

        exception.Message.ShouldContain($"the option RuntimePath names {missing}");
    }

    [LinuxFact]
    public async Task A_folder_is_no_runtime() =>
        (await Should.ThrowAsync<MontyRuntimeNotFoundException>(() => Open(folder.Path))).Message.ShouldContain(folder.Path);

    [LinuxTheory]
    [InlineData("not executable", UnixFileMode.UserRead)]
    [InlineData("executable, but no program", UnixFileMode.UserRead | UnixFileMode.UserExecute)]
    public async Task A_file_that_cannot_be_executed_is_named(string content, UnixFileMode mode)
    {
        var path = folder.File("monty");
        await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);
        File.SetUnixFileMode(path, mode);

        var failure = await Should.ThrowAsync<MontyWorkerException>(() => Open(path));

        failure.Failure.ShouldBe(WorkerFailure.NotStarted);
        failure.ExitCode.ShouldBeNull();
        failure.Message.ShouldContain(path);
    }

    [LinuxFact]
    public async Task Another_program_ended_unexpectedly()
    {
        var failure = await Should.ThrowAsync<MontyWorkerException>(() => Open("/bin/true"));

        (failure.Failure, failure.ExitCode).ShouldBe((WorkerFailure.Crashed, 0));
        failure.Message.ShouldBe(
            "The Monty worker ended unexpectedly with exit code 0. It was only being started: check that RuntimePath, MONTY_BIN or PATH lead to the Monty runtime."
        );
    }

    [LinuxFact]
    public async Task A_program_that_repeats_its_input_broke_the_protocol()
    {
        using var peer = new ScriptedWorker(PeerScript.Start.Echo());

        (await Should.ThrowAsync<MontyWorkerException>(() => Open(peer.Path))).Failure.ShouldBe(WorkerFailure.BrokenProtocol);
    }

    [LinuxFact]
    public async Task A_runtime_of_another_version_is_named()
    {
        using var peer = new ScriptedWorker(
            PeerScript
                .Start.AwaitInput()
                .Send(PeerEvents.Fatal("unsupported protocol version 2 (server supports protocol version 1)"))
                .Exit(4)
        );

        var failure = await Should.ThrowAsync<MontyWorkerException>(() => Open(peer.Path));

        failure.Failure.ShouldBe(WorkerFailure.VersionMismatch);
        failure.Message.ShouldContain("server supports protocol version 1");
    }

    [LinuxFact]
    public async Task A_runtime_that_stays_silent_is_killed_when_its_start_is_overdue()
    {
        var time = new FakeTime();
        using var peer = new ScriptedWorker(PeerScript.Start.ReadInSilence());
        using var pool = new MontyPool(
            new MontyPoolOptions
            {
                RuntimePath = peer.Path,
                TimeProvider = time,
                StartTimeout = TimeSpan.FromMinutes(7),
            }
        );

        var opening = pool.OpenSessionAsync(cancellationToken: TestContext.Current.CancellationToken).AsTask();
        await time.WhenArmed(TimeSpan.FromMinutes(7)).WaitAsync(TestTimeouts.Generous, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromMinutes(7));

        (await Should.ThrowAsync<MontyWorkerException>(() => opening)).Failure.ShouldBe(WorkerFailure.TimedOut);
        pool.Statistics.Live.ShouldBe(0);
    }

    [LinuxFact]
    public async Task Opening_a_session_on_a_silent_runtime_can_be_cancelled()
    {
        using var peer = new ScriptedWorker(PeerScript.Start.ReadInSilence());
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = peer.Path });
        using var cancellation = new CancellationTokenSource();

        var opening = pool.OpenSessionAsync(cancellationToken: cancellation.Token).AsTask();
        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() =>
            opening.WaitAsync(TestTimeouts.Generous, TestContext.Current.CancellationToken)
        );
        pool.Statistics.Live.ShouldBe(0);
    }

    [LinuxFact]
    public async Task A_waiter_is_not_left_waiting_for_a_runtime_that_does_not_start()
    {
        using var peer = new ScriptedWorker(PeerScript.Start.AwaitInput().Exit(1));
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = peer.Path, MaxWorkers = 1 });

        var all = Enumerable.Range(0, 5).Select(_ => Task.Run(() => pool.OpenSessionAsync().AsTask())).ToList();

        foreach (var one in all)
        {
            await Should.ThrowAsync<MontyWorkerException>(() =>
                one.WaitAsync(TestTimeouts.Generous, TestContext.Current.CancellationToken)
            );
        }

        (pool.Statistics.Live, pool.Statistics.Waiting).ShouldBe((0, 0));
    }

    [LinuxFact]
    public async Task Fifty_failing_starts_leave_no_handle_and_no_process()
    {
        using var peer = new ScriptedWorker(PeerScript.Start.AwaitInput().Crash());
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = peer.Path, MaxWorkers = 2 });

        for (var round = 0; round < 50; round++)
        {
            await Should.ThrowAsync<MontyWorkerException>(() => pool.OpenSessionAsync().AsTask());
        }

        leaks.AssertNothingIsLeft();
    }

    [LinuxFact]
    public async Task Real_workers_that_are_killed_leave_no_handle_and_no_process()
    {
        using (var pool = new MontyPool())
        {
            for (var round = 0; round < 20; round++)
            {
                using var session = await pool.OpenSessionAsync(cancellationToken: TestContext.Current.CancellationToken);
                await session.FeedAsync("1", cancellationToken: TestContext.Current.CancellationToken);
                using (var watch = ProcessWatch.Open(ProcessTable.OwnChildren[^1].Id))
                {
                    watch.Kill();
                }

                var failure = await Should.ThrowAsync<MontyWorkerException>(() =>
                    session.FeedAsync("1", cancellationToken: TestContext.Current.CancellationToken)
                );
                (failure.Failure, failure.ExitCode).ShouldBe((WorkerFailure.Crashed, 137));
            }

            (pool.Statistics.Started, pool.Statistics.Discarded).ShouldBe((20, 20));
        }

        leaks.AssertNothingIsLeft();
    }

    [LinuxFact]
    public async Task A_worker_that_died_at_rest_is_replaced_unseen()
    {
        using var pool = new MontyPool();
        await pool.RunAsync("1", cancellationToken: TestContext.Current.CancellationToken);
        using (var watch = ProcessWatch.Open(ProcessTable.OwnChildren[^1].Id))
        {
            watch.Kill();
            watch.WaitForEnd(TestTimeouts.Generous).ShouldBeTrue();
        }

        (await pool.RunAsync("40 + 2", cancellationToken: TestContext.Current.CancellationToken)).Value.ShouldBe(42);
        (pool.Statistics.Started, pool.Statistics.Discarded, pool.Statistics.Live).ShouldBe((2, 1, 1));
    }

    public void Dispose()
    {
        folder.Dispose();
        leaks.AssertNothingIsLeft();
    }

    private static async Task Open(string path)
    {
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = path });
        using var session = await pool.OpenSessionAsync(cancellationToken: TestContext.Current.CancellationToken)
            .AsTask()
            .WaitAsync(TestTimeouts.Generous, TestContext.Current.CancellationToken);
    }
}
