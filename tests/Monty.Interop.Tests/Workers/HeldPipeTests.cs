using System.Runtime.Versioning;
using Monty.Interop.Wire;
using Monty.Interop.Workers;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Workers;

/// <summary>Covers workers that leave a descendant behind. It holds their pipes open, and because it has a session of its own, killing the process group does not end it.</summary>
[SupportedOSPlatform("linux")]
public abstract class HeldPipeTests
{
    private const int Killed = 128 + 9;

    private static PeerScript Held => PeerScript.Start.LeaveHolderBehind();

    private static ParentRequest Feed => new() { Feed = new Feed { Code = "1" } };

    private static ParentRequest Large => new() { Feed = new Feed { Code = new string('#', 4 * 1024 * 1024) } };

    [LinuxFact]
    public async Task A_turn_ends_at_its_timeout()
    {
        var failure = await FailureOf(Held.Sleep(), TestTimeouts.MeantToPass);

        (failure.Failure, failure.ExitCode).ShouldBe((WorkerFailure.TimedOut, Killed));
    }

    [LinuxFact]
    public async Task A_large_request_that_is_not_read_ends_at_its_timeout()
    {
        var failure = await FailureOf(Held.Sleep(), TestTimeouts.MeantToPass, Large);

        (failure.Failure, failure.TurnMayHaveRun).ShouldBe((WorkerFailure.TimedOut, false));
    }

    [LinuxFact]
    public async Task A_worker_that_ended_by_itself_crashed()
    {
        var failure = await FailureOf(Held.WriteError("the end").Exit(3));

        (failure.Failure, failure.ExitCode, failure.StandardError).ShouldBe((WorkerFailure.Crashed, 3, "the end"));
    }

    [LinuxFact]
    public async Task A_worker_that_ended_while_a_large_request_was_written_crashed()
    {
        var failure = await FailureOf(Held.AwaitInput().Exit(3), request: Large);

        (failure.Failure, failure.ExitCode).ShouldBe((WorkerFailure.Crashed, 3));
    }

    [LinuxFact]
    public async Task The_output_of_a_worker_before_its_end_is_read()
    {
        var failure = await FailureOf(Held.AwaitInput().Send(PeerEvents.Fatal("child panicked: oops")).Exit(101));

        failure.Message.ShouldContain("child panicked: oops");
    }

    [LinuxFact]
    public async Task A_holder_that_goes_on_printing_ends_at_the_timeout()
    {
        var failure = await FailureOf(PeerScript.Start.LeaveFloodingHolderBehind(PeerEvents.Print("x")).Sleep(), TestTimeouts.MeantToPass);

        failure.Failure.ShouldBe(WorkerFailure.TimedOut);
    }

    [LinuxFact]
    public async Task A_holder_that_repeats_last_words_ends_at_the_timeout()
    {
        var failure = await FailureOf(PeerScript.Start.LeaveFloodingHolderBehind(PeerEvents.Fatal("x")).Sleep(), TestTimeouts.MeantToPass);

        failure.Failure.ShouldBe(WorkerFailure.TimedOut);
    }

    [LinuxFact]
    public async Task A_turn_ends_with_the_callers_token()
    {
        var leaks = new LeakCheck();
        using var cancellation = new CancellationTokenSource();
        using (var peer = new ScriptedWorker(Held.AwaitInput().Send(PeerEvents.Print("started")).Sleep()))
        using (var worker = Open(peer))
        {
            worker.Enqueue(Feed);

            var cancelled = await Should.ThrowAsync<OperationCanceledException>(() =>
                worker.ReceiveAsync(_ => cancellation.Cancel(), null, cancellation.Token).InTime()
            );

            cancelled.CancellationToken.ShouldBe(cancellation.Token);
        }

        leaks.AssertNothingIsLeft();
    }

    [LinuxFact]
    public async Task Disposing_during_a_turn_ends_the_turn()
    {
        var leaks = new LeakCheck();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (var peer = new ScriptedWorker(Held.AwaitInput().Send(PeerEvents.Print("started")).Sleep()))
        {
            var worker = Open(peer);
            worker.Enqueue(Feed);
            var turn = Task.Run(() => worker.ReceiveAsync(_ => started.SetResult(), null, CancellationToken.None).AsTask());
            await started.Task.InTime();

            await Task.Run(worker.Dispose).InTime();

            (await Should.ThrowAsync<MontyWorkerException>(() => turn.InTime())).Failure.ShouldBe(WorkerFailure.Abandoned);
        }

        leaks.AssertNothingIsLeft();
    }

    [LinuxFact]
    public async Task Disposing_between_two_turns_leaves_nothing()
    {
        var leaks = new LeakCheck();
        using (var peer = new ScriptedWorker(Held.AwaitInput().Send(PeerEvents.CompleteNone).Sleep()))
        {
            var worker = Open(peer);
            (await Turn(worker)).KindCase.ShouldBe(ChildEvent.KindOneofCase.Complete);

            await Task.Run(worker.Dispose).InTime();
        }

        leaks.AssertNothingIsLeft();
    }

    [LinuxFact]
    public async Task A_worker_that_ended_while_idle_is_detected()
    {
        using var peer = new ScriptedWorker(Held.AwaitInput().Send(PeerEvents.CompleteNone).Exit(0));
        using var worker = Open(peer);
        await Turn(worker);

        // .NET learns of the end of a process from a thread of its own, which may be late.
        Exception? found = null;
        SpinWait.SpinUntil(() => (found = Record.Exception(worker.CheckUnused)) is not null, TestTimeouts.Generous).ShouldBeTrue();

        found.ShouldBeOfType<MontyWorkerException>().Failure.ShouldBe(WorkerFailure.Crashed);
    }

    internal abstract WorkerProcess Start(string path);

    private static Task<WorkerEvent> Turn(WorkerConnection worker, TimeSpan? timeout = null, ParentRequest? request = null)
    {
        worker.Enqueue(request ?? Feed);
        return worker.ReceiveAsync(null, timeout, CancellationToken.None).InTime();
    }

    private WorkerConnection Open(ScriptedWorker peer) => new(Start(peer.Path), TimeProvider.System, 1L << 30);

    private async Task<MontyWorkerException> FailureOf(PeerScript script, TimeSpan? timeout = null, ParentRequest? request = null)
    {
        var leaks = new LeakCheck();
        MontyWorkerException failure;
        using (var peer = new ScriptedWorker(script))
        {
            using (var worker = Open(peer))
            {
                failure = await Should.ThrowAsync<MontyWorkerException>(() => Turn(worker, timeout, request));
            }

            leaks.AssertNothingIsLeft();
        }

        return failure;
    }
}

/// <summary>Covers the same for a runtime that is asked for its version.</summary>
[SupportedOSPlatform("linux")]
[Collection(ProcessCountingCollection.Name)]
public sealed class HeldVersionTests
{
    [LinuxFact]
    public async Task A_version_is_read_although_a_descendant_holds_the_pipe()
    {
        var leaks = new LeakCheck();
        using var peer = new ScriptedWorker(PeerScript.Start.LeaveHolderBehind().SendRaw("monty-runtime 1\n"u8).Exit(0));

        (await RuntimeVersion.AskAsync(peer.Path, TestTimeouts.Generous, TimeProvider.System).InTime()).ShouldBe("monty-runtime 1");

        leaks.AssertNothingIsLeft();
    }

    [LinuxFact]
    public async Task A_runtime_that_does_not_end_is_abandoned_at_the_timeout()
    {
        var leaks = new LeakCheck();
        var time = new FakeTime();
        using var peer = new ScriptedWorker(PeerScript.Start.LeaveHolderBehind().WriteError("busy").Sleep());

        var asking = RuntimeVersion.AskAsync(peer.Path, TimeSpan.FromSeconds(9), time);
        await time.WhenArmed(TimeSpan.FromSeconds(9)).InTime();
        time.Advance(TimeSpan.FromSeconds(9));

        (await Should.ThrowAsync<MontyWorkerException>(() => asking.InTime())).Message.ShouldContain(
            "did not print its version within 00:00:09"
        );
        leaks.AssertNothingIsLeft();
    }
}

/// <inheritdoc/>
[SupportedOSPlatform("linux")]
[Collection(ProcessCountingCollection.Name)]
public sealed class LinuxHeldPipeTests : HeldPipeTests
{
    internal override WorkerProcess Start(string path) => LinuxWorkerProcess.Start(path);
}

/// <inheritdoc/>
[SupportedOSPlatform("linux")]
[Collection(ProcessCountingCollection.Name)]
public sealed class PortableHeldPipeTests : HeldPipeTests
{
    internal override WorkerProcess Start(string path) => PortableWorkerProcess.Start(path);
}
