using System.Runtime.Versioning;
using Google.Protobuf;
using Monty.Interop.Wire;
using Monty.Interop.Workers;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Workers;

/// <summary>Peers that are not workers, or have stopped being one. Each causes the documented exception and leaves nothing behind.</summary>
[SupportedOSPlatform("linux")]
public abstract class BrokenPeerTests
{
    private const int Killed = 128 + 9;

    private static ParentRequest Feed => new() { Feed = new Feed { Code = "1" } };

    private static ParentRequest Large => new() { Feed = new Feed { Code = new string('#', 4 * 1024 * 1024) } };

    [LinuxFact]
    public async Task A_peer_that_speaks_something_else_broke_the_protocol()
    {
        var failure = await FailureOf(PeerScript.Start.SendRaw("HTTP/1.1 200 OK\r\n"u8).ReadInSilence());

        failure.Failure.ShouldBe(WorkerFailure.BrokenProtocol);
        failure.ExitCode.ShouldBe(Killed);
        failure.Message.ShouldContain("a frame of 1347703880 bytes, over the limit of 268435456");
    }

    [LinuxTheory]
    [InlineData(uint.MaxValue)]
    [InlineData(0x8000_0000)]
    [InlineData(0x1000_0001)]
    public async Task A_length_over_the_limit_broke_the_protocol(uint length)
    {
        var failure = await FailureOf(PeerScript.Start.SendPrefix(length).ReadInSilence());

        failure.Failure.ShouldBe(WorkerFailure.BrokenProtocol);
        failure.Message.ShouldContain($"a frame of {length} bytes");
    }

    [LinuxFact]
    public async Task The_largest_length_is_waited_for_without_memory_for_it()
    {
        var leaks = new LeakCheck();
        using (var peer = new ScriptedWorker(PeerScript.Start.SendPrefix(FrameParser.MaxBodyBytes).SendRaw(1, 2, 3).ReadInSilence()))
        using (var worker = Open(peer))
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var failure = await Should.ThrowAsync<MontyWorkerException>(() => Turn(worker, TestTimeouts.MeantToPass));
            (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(FrameParser.MaxBodyBytes / 16);
            failure.Failure.ShouldBe(WorkerFailure.TimedOut);
            worker.IsBroken.ShouldBeTrue();
        }

        leaks.AssertNothingIsLeft();
    }

    [LinuxFact]
    public Task A_peer_that_ends_at_once_crashed() => AssertCrashed(PeerScript.Start, exitCode: 0);

    [LinuxFact]
    public Task A_peer_that_ends_inside_a_prefix_crashed() => AssertCrashed(PeerScript.Start.SendRaw(7, 0).Exit(3), exitCode: 3);

    [LinuxFact]
    public Task A_peer_that_ends_inside_a_frame_crashed() =>
        AssertCrashed(PeerScript.Start.SendPrefix(100).SendRaw(1, 2, 3).Exit(7), exitCode: 7);

    [LinuxFact]
    public Task A_peer_that_is_killed_before_it_answers_crashed() => AssertCrashed(PeerScript.Start.AwaitInput().Crash(), Killed);

    [LinuxFact]
    public Task A_peer_that_is_killed_inside_a_frame_crashed() =>
        AssertCrashed(PeerScript.Start.AwaitInput().SendPrefix(5).SendRaw(1).Crash(), Killed);

    [LinuxFact]
    public Task A_peer_that_closes_its_output_and_stays_crashed() => AssertCrashed(PeerScript.Start.CloseOutput().Sleep(), Killed);

    [LinuxFact]
    public async Task A_peer_that_is_killed_after_its_answer_fails_the_next_turn_only()
    {
        var leaks = new LeakCheck();
        using (var peer = new ScriptedWorker(PeerScript.Start.AwaitInput().Send(PeerEvents.CompleteNone).AwaitInput().Crash()))
        using (var worker = Open(peer))
        {
            (await Turn(worker)).KindCase.ShouldBe(ChildEvent.KindOneofCase.Complete);
            var failure = await Should.ThrowAsync<MontyWorkerException>(() => Turn(worker));
            failure.Failure.ShouldBe(WorkerFailure.Crashed);
            failure.ExitCode.ShouldBe(Killed);
            failure.TurnMayHaveRun.ShouldBeTrue();
        }

        leaks.AssertNothingIsLeft();
    }

    [LinuxFact]
    public async Task Every_call_after_a_failure_tells_the_same_failure()
    {
        using var peer = new ScriptedWorker(PeerScript.Start.WriteError("the first cause").Exit(7));
        using var worker = Open(peer);
        var first = await Should.ThrowAsync<MontyWorkerException>(() => Turn(worker));

        var second = await Should.ThrowAsync<MontyWorkerException>(() => Turn(worker));

        second.Message.ShouldBe(first.Message);
        (second.Failure, second.ExitCode, second.StandardError).ShouldBe((WorkerFailure.Crashed, 7, "the first cause"));
        second.ShouldNotBeSameAs(first);
    }

    [LinuxFact]
    public async Task Silence_past_the_deadline_kills()
    {
        var failure = await FailureOf(PeerScript.Start.ReadInSilence(), TestTimeouts.MeantToPass);

        failure.Failure.ShouldBe(WorkerFailure.TimedOut);
        failure.ExitCode.ShouldBe(Killed);
    }

    [LinuxFact]
    public async Task The_clock_of_the_deadline_is_the_one_given()
    {
        var time = new FakeTime();
        using var peer = new ScriptedWorker(PeerScript.Start.ReadInSilence());
        using var worker = new WorkerConnection(Start(peer.Path), time, 1L << 30);

        var turn = Turn(worker, TimeSpan.FromDays(1));
        await time.WhenArmed(TimeSpan.FromDays(1)).WaitAsync(TestTimeouts.Generous, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromDays(1) - TimeSpan.FromTicks(1));
        turn.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromTicks(1));

        (await Should.ThrowAsync<MontyWorkerException>(() => turn)).Failure.ShouldBe(WorkerFailure.TimedOut);
    }

    [LinuxFact]
    public async Task Silence_ends_with_the_callers_token()
    {
        var leaks = new LeakCheck();
        using var cancellation = new CancellationTokenSource();
        using (var peer = new ScriptedWorker(PeerScript.Start.AwaitInput().Send(PeerEvents.Print("started")).ReadInSilence()))
        using (var worker = Open(peer))
        {
            worker.Enqueue(Feed);
            var turn = worker.ReceiveAsync(_ => cancellation.Cancel(), null, cancellation.Token).AsTask();

            var cancelled = await Should.ThrowAsync<OperationCanceledException>(() =>
                turn.WaitAsync(TestTimeouts.Generous, TestContext.Current.CancellationToken)
            );
            cancelled.CancellationToken.ShouldBe(cancellation.Token);
            (await Should.ThrowAsync<MontyWorkerException>(() => Turn(worker))).Failure.ShouldBe(WorkerFailure.Cancelled);
        }

        leaks.AssertNothingIsLeft();
    }

    [LinuxFact]
    public async Task A_peer_that_never_reads_is_killed_at_the_deadline_of_a_large_request()
    {
        var failure = await FailureOf(PeerScript.Start.Sleep(), TestTimeouts.MeantToPass, Large);

        failure.Failure.ShouldBe(WorkerFailure.TimedOut);
        failure.TurnMayHaveRun.ShouldBeFalse();
    }

    [LinuxFact]
    public async Task A_death_that_shows_while_a_large_request_is_written_keeps_its_cause()
    {
        var failure = await FailureOf(PeerScript.Start.AwaitInput().Send(PeerEvents.Fatal("the last words")).Exit(65), request: Large);

        failure.Failure.ShouldBe(WorkerFailure.OutOfMemory);
        failure.ExitCode.ShouldBe(65);
    }

    [LinuxFact]
    public async Task A_large_request_is_written_while_the_peer_reads_it()
    {
        var leaks = new LeakCheck();
        using (
            var peer = new ScriptedWorker(
                PeerScript.Start.AwaitBytes(Large.CalculateSize() + FrameParser.PrefixBytes).Send(PeerEvents.CompleteNone)
            )
        )
        using (var worker = Open(peer))
        {
            (await Turn(worker, request: Large)).KindCase.ShouldBe(ChildEvent.KindOneofCase.Complete);
        }

        leaks.AssertNothingIsLeft();
    }

    [LinuxFact]
    public async Task Requests_flushed_one_after_the_other_arrive_in_that_order()
    {
        using var peer = new ScriptedWorker(
            PeerScript.Start.AwaitBytes(3 * (Large.CalculateSize() + FrameParser.PrefixBytes)).Send(PeerEvents.CompleteNone)
        );
        using var worker = Open(peer);

        for (var i = 0; i < 2; i++)
        {
            worker.Enqueue(Large);
            worker.Flush();
        }

        (await Turn(worker, request: Large)).KindCase.ShouldBe(ChildEvent.KindOneofCase.Complete);
    }

    [LinuxFact]
    public async Task A_wrapper_whose_child_holds_the_pipes_is_killed_with_that_child()
    {
        var failure = await FailureOf(PeerScript.Start.SleepInChild(), TestTimeouts.MeantToPass);

        failure.Failure.ShouldBe(WorkerFailure.TimedOut);
    }

    [LinuxFact]
    public async Task An_event_of_an_unknown_kind_broke_the_protocol()
    {
        var unknown = await FailureOf(PeerScript.Start.SendFrame([0x62, 0x00]).ReadInSilence());
        var none = await FailureOf(PeerScript.Start.SendFrame([]).ReadInSilence());

        (unknown.Failure, none.Failure).ShouldBe((WorkerFailure.BrokenProtocol, WorkerFailure.BrokenProtocol));
        unknown.Message.ShouldContain("an event of an unknown kind");
    }

    [LinuxFact]
    public async Task A_body_that_is_no_protobuf_broke_the_protocol()
    {
        var failure = await FailureOf(PeerScript.Start.SendFrame([0xFF, 0xFF, 0xFF, 0xFF]).ReadInSilence());

        failure.Failure.ShouldBe(WorkerFailure.BrokenProtocol);
    }

    [LinuxFact]
    public async Task More_than_a_hundred_nested_messages_broke_the_protocol()
    {
        byte[] body = [0x12, 0x00];
        for (var i = 0; i < 60; i++)
        {
            body = Wrap(0x5A, Wrap(0x0A, body));
        }

        var failure = await FailureOf(PeerScript.Start.SendFrame(Wrap(0x32, Wrap(0x0A, body))).ReadInSilence());

        failure.Failure.ShouldBe(WorkerFailure.BrokenProtocol);
    }

    [LinuxFact]
    public async Task An_answer_to_a_feed_that_answers_no_feed_broke_the_protocol()
    {
        ChildEvent[] misfits =
        [
            PeerEvents.Ok,
            new ChildEvent { DumpResult = new DumpResult() },
            new ChildEvent { Complete = new Interop.Wire.Complete() },
            new ChildEvent { Error = new Error() },
            new ChildEvent
            {
                FunctionCall = new Interop.Wire.FunctionCall
                {
                    FunctionName = "f",
                    ObjectId = new Uuid { Data = ByteString.CopyFrom(1, 2) },
                },
            },
            new ChildEvent { OsCall = new Interop.Wire.OsCall() },
            new ChildEvent { Complete = PeerEvents.CompleteNone.Complete, TotalExecutionMicros = ulong.MaxValue },
        ];
        foreach (var misfit in misfits)
        {
            using var peer = new ScriptedWorker(PeerScript.Start.Send(misfit).ReadInSilence());
            using var worker = Open(peer);
            var reply = await Turn(worker);

            var failure = Should.Throw<MontyWorkerException>(() => worker.Decode(reply, new FeedNames(), out _), misfit.ToString());

            failure.Failure.ShouldBe(WorkerFailure.BrokenProtocol, misfit.ToString());
            failure.ExitCode.ShouldBe(Killed);
            worker.IsBroken.ShouldBeTrue();
        }
    }

    [LinuxFact]
    public async Task An_answer_to_a_configure_that_is_not_Ok_broke_the_protocol()
    {
        using var peer = new ScriptedWorker(PeerScript.Start.Send(PeerEvents.CompleteNone).ReadInSilence());
        using var worker = Open(peer);
        worker.EnqueueForOk(new ParentRequest { Configure = new Configure() });

        var failure = await Should.ThrowAsync<MontyWorkerException>(() =>
            worker.SettleAsync(TestTimeouts.Generous, TestContext.Current.CancellationToken).AsTask()
        );

        failure.Failure.ShouldBe(WorkerFailure.BrokenProtocol);
        failure.Message.ShouldContain("expected Ok, received Complete");
    }

    [LinuxTheory]
    [InlineData(4, WorkerFailure.VersionMismatch)]
    [InlineData(65, WorkerFailure.OutOfMemory)]
    [InlineData(76, WorkerFailure.BrokenProtocol)]
    [InlineData(3, WorkerFailure.Crashed)]
    [InlineData(101, WorkerFailure.Crashed)]
    [InlineData(134, WorkerFailure.Crashed)]
    public async Task The_exit_code_says_what_happened(int exitCode, WorkerFailure expected)
    {
        var failure = await FailureOf(PeerScript.Start.AwaitInput().Exit(exitCode));

        failure.Failure.ShouldBe(expected);
        failure.ExitCode.ShouldBe(exitCode);
    }

    [LinuxFact]
    public async Task Another_protocol_version_names_both_versions_and_the_way_out()
    {
        const string Fatal = "unsupported protocol version 2 (server supports protocol version 3, monty-runtime 9.9.9)";

        var failure = await FailureOf(PeerScript.Start.AwaitInput().Send(PeerEvents.Fatal(Fatal)).Exit(4));

        failure.Failure.ShouldBe(WorkerFailure.VersionMismatch);
        failure.Message.ShouldContain("protocol version 2, which this client needs");
        failure.Message.ShouldContain(Fatal);
        failure.Message.ShouldEndWith("Use the runtime that this version of the client pins.");
    }

    [LinuxFact]
    public async Task The_last_words_of_a_peer_are_in_the_message()
    {
        var failure = await FailureOf(
            PeerScript
                .Start.AwaitInput()
                .Send(PeerEvents.Print("half a "), PeerEvents.Fatal("child panicked: oops"))
                .WriteError("thread 'main' panicked\n")
                .Exit(101)
        );

        failure.Message.ShouldContain("child panicked: oops");
        failure.Message.ShouldContain("thread 'main' panicked");
        failure.StandardError.ShouldBe("thread 'main' panicked");
    }

    [LinuxFact]
    public async Task A_flood_of_standard_error_blocks_nothing_and_only_its_end_is_kept()
    {
        using var peer = new ScriptedWorker(
            PeerScript
                .Start.FloodError(3_000_000)
                .Send(PeerEvents.CompleteNone)
                .AwaitInput()
                .FloodError(3_000_000)
                .WriteError("the end")
                .Exit(9)
        );
        using var worker = Open(peer);

        (await Turn(worker)).KindCase.ShouldBe(ChildEvent.KindOneofCase.Complete);
        var failure = await Should.ThrowAsync<MontyWorkerException>(() => Turn(worker));

        failure.ExitCode.ShouldBe(9);
        failure.StandardError.Length.ShouldBe(4096);
        failure.StandardError.ShouldEndWith("xthe end");
    }

    [LinuxFact]
    public async Task Disposing_during_a_turn_ends_the_turn()
    {
        var leaks = new LeakCheck();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (var peer = new ScriptedWorker(PeerScript.Start.AwaitInput().Send(PeerEvents.Print("started")).ReadInSilence()))
        {
            var worker = Open(peer);
            worker.Enqueue(Feed);
            var turn = Task.Run(() => worker.ReceiveAsync(_ => started.SetResult(), null, CancellationToken.None).AsTask());
            await started.Task.WaitAsync(TestTimeouts.Generous, TestContext.Current.CancellationToken);

            worker.Dispose();

            var failure = await Should.ThrowAsync<MontyWorkerException>(() =>
                turn.WaitAsync(TestTimeouts.Generous, TestContext.Current.CancellationToken)
            );
            failure.Failure.ShouldBe(WorkerFailure.Abandoned);
            worker.Dispose();
        }

        leaks.AssertNothingIsLeft();
    }

    [LinuxFact]
    public async Task Disposing_from_the_print_callback_ends_the_turn_there()
    {
        var leaks = new LeakCheck();
        using (
            var peer = new ScriptedWorker(
                PeerScript.Start.Send(PeerEvents.Print("one"), PeerEvents.Print("two"), PeerEvents.CompleteNone).ReadInSilence()
            )
        )
        {
            var worker = Open(peer);
            var printed = new List<string>();
            worker.Enqueue(Feed);

            var turn = Task.Run(async () =>
                await worker.ReceiveAsync(
                    text =>
                    {
                        printed.Add(text);
                        worker.Dispose();
                    },
                    null,
                    CancellationToken.None
                )
            );

            (
                await Should.ThrowAsync<MontyWorkerException>(() =>
                    turn.WaitAsync(TestTimeouts.Generous, TestContext.Current.CancellationToken)
                )
            ).Failure.ShouldBe(WorkerFailure.Abandoned);
            printed.ShouldBe(["one"]);
        }

        leaks.AssertNothingIsLeft();
    }

    [LinuxFact]
    public async Task Fifty_broken_peers_leave_no_handle_and_no_process()
    {
        await FailureOf(PeerScript.Start);
        var leaks = new LeakCheck();
        PeerScript[] scripts =
        [
            PeerScript.Start,
            PeerScript.Start.Crash(),
            PeerScript.Start.SendPrefix(uint.MaxValue).ReadInSilence(),
            PeerScript.Start.SendPrefix(9).Exit(1),
            PeerScript.Start.FloodError(100_000).Exit(65),
        ];

        for (var round = 0; round < 50; round++)
        {
            await FailureOf(scripts[round % scripts.Length]);
        }

        leaks.AssertNothingIsLeft();
    }

    [LinuxFact]
    public async Task Disposing_an_idle_worker_takes_its_process_and_handles_away()
    {
        var leaks = new LeakCheck();
        for (var round = 0; round < 20; round++)
        {
            using var peer = new ScriptedWorker(PeerScript.Start.Send(PeerEvents.CompleteNone).ReadInSilence());
            using var worker = Open(peer);
            await Turn(worker);
        }

        leaks.AssertNothingIsLeft();
    }

    internal abstract WorkerProcess Start(string path);

    private static byte[] Wrap(byte tag, byte[] body)
    {
        using var written = new MemoryStream();
        using var output = new CodedOutputStream(written);
        output.WriteRawTag(tag);
        output.WriteBytes(ByteString.CopyFrom(body));
        output.Flush();
        return written.ToArray();
    }

    private static async Task<WorkerEvent> Turn(WorkerConnection worker, TimeSpan? deadline = null, ParentRequest? request = null)
    {
        worker.Enqueue(request ?? Feed);
        return await worker
            .ReceiveAsync(null, deadline, CancellationToken.None)
            .AsTask()
            .WaitAsync(TestTimeouts.Generous, TestContext.Current.CancellationToken);
    }

    private WorkerConnection Open(ScriptedWorker peer) => new(Start(peer.Path), TimeProvider.System, 1L << 30);

    /// <summary>Runs one turn with the peer, which must fail, and checks that nothing is left behind.</summary>
    private async Task<MontyWorkerException> FailureOf(PeerScript script, TimeSpan? deadline = null, ParentRequest? request = null)
    {
        var leaks = new LeakCheck();
        MontyWorkerException failure;
        using (var peer = new ScriptedWorker(script))
        using (var worker = Open(peer))
        {
            failure = await Should.ThrowAsync<MontyWorkerException>(async () =>
                worker.Decode(await Turn(worker, deadline, request), new FeedNames(), out _)
            );
            worker.IsBroken.ShouldBeTrue();
        }

        leaks.AssertNothingIsLeft();
        return failure;
    }

    private async Task AssertCrashed(PeerScript script, int exitCode)
    {
        var failure = await FailureOf(script);
        failure.Failure.ShouldBe(WorkerFailure.Crashed);
        failure.ExitCode.ShouldBe(exitCode);
        failure.Message.ShouldStartWith($"The Monty worker ended unexpectedly with exit code {exitCode}");
    }
}

/// <inheritdoc/>
[SupportedOSPlatform("linux")]
[Collection(ProcessCountingCollection.Name)]
public sealed class LinuxBrokenPeerTests : BrokenPeerTests
{
    internal override WorkerProcess Start(string path) => LinuxWorkerProcess.Start(path);
}

/// <inheritdoc/>
[SupportedOSPlatform("linux")]
[Collection(ProcessCountingCollection.Name)]
public sealed class PortableBrokenPeerTests : BrokenPeerTests
{
    internal override WorkerProcess Start(string path) => PortableWorkerProcess.Start(path);
}
