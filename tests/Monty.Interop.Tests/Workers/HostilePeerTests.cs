using System.Runtime.Versioning;
using Monty.Interop.Wire;
using Monty.Interop.Workers;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Workers;

/// <summary>Covers malicious peers. None may block the host, use its memory, or affect the next borrower of a worker.</summary>
[SupportedOSPlatform("linux")]
public sealed class HostilePeerTests
{
    [LinuxFact]
    public async Task A_flood_of_prints_ends_at_the_deadline()
    {
        using var peer = new ScriptedWorker(PeerScript.Start.Send(PeerEvents.CompleteNone).SendForEver(PeerEvents.Print("x")));
        using var worker = Open(peer);

        var failure = await Should.ThrowAsync<MontyWorkerException>(() =>
            Flooded(worker, TestTimeouts.MeantToPass, CancellationToken.None).InTime()
        );

        failure.Failure.ShouldBe(WorkerFailure.TimedOut);
    }

    [LinuxFact]
    public async Task A_flood_of_prints_ends_with_the_callers_token()
    {
        using var peer = new ScriptedWorker(PeerScript.Start.Send(PeerEvents.CompleteNone).SendForEver(PeerEvents.Print("x")));
        using var worker = Open(peer);
        using var cancellation = new CancellationTokenSource(TestTimeouts.MeantToPass);

        await Should.ThrowAsync<OperationCanceledException>(() => Flooded(worker, null, cancellation.Token).InTime());
    }

    [LinuxFact]
    public async Task A_print_before_the_answer_to_a_reset_reaches_no_sink()
    {
        using var peer = new ScriptedWorker(
            PeerScript.Start.AwaitInput().Send(PeerEvents.Print("theirs"), PeerEvents.Ok, PeerEvents.CompleteNone).ReadInSilence()
        );
        using var worker = Open(peer);
        worker.EnqueueForOk(new ParentRequest { Reset = new Unit() });
        worker.Enqueue(Feed);
        var printed = new List<string>();

        var failure = await Should.ThrowAsync<MontyWorkerException>(() =>
            worker.ReceiveAsync(printed.Add, TestTimeouts.Generous, CancellationToken.None).AsTask()
        );

        failure.Failure.ShouldBe(WorkerFailure.BrokenProtocol);
        printed.ShouldBeEmpty();
    }

    [LinuxFact]
    public async Task A_worker_that_left_its_process_group_is_killed_all_the_same()
    {
        using var peer = new ScriptedWorker(PeerScript.Start.AwaitInput().LeaveGroup(PeerEvents.Ok));
        var worker = Open(peer);
        worker.Enqueue(Feed);
        await worker.ReceiveAsync(null, TestTimeouts.Generous, CancellationToken.None);

        await Task.Run(worker.Dispose).InTime();
    }

    [LinuxFact]
    public async Task A_deadline_that_fires_late_does_not_reach_the_next_borrower()
    {
        var time = new LateTime();
        using var peer = new ScriptedWorker(PeerScript.Start.AwaitInput().Pause().Send(PeerEvents.Ok).ReadInSilence());
        using var worker = new WorkerConnection(WorkerProcess.Start(peer.Path), time, 1L << 30);
        worker.Enqueue(Feed);

        await worker.ReceiveAsync(null, TimeSpan.FromMinutes(1), CancellationToken.None).InTime();
        var brokenBefore = worker.IsBroken;
        time.FireWhatIsLeft();

        worker.IsBroken.ShouldBe(brokenBefore);
    }

    private static ParentRequest Feed => new() { Feed = new Feed { Code = "1" } };

    private static WorkerConnection Open(ScriptedWorker peer) => new(WorkerProcess.Start(peer.Path), TimeProvider.System, 1L << 30);

    /// <summary>A turn whose prints start at once and are received more slowly than they arrive.</summary>
    private static Task<WorkerEvent> Flooded(WorkerConnection worker, TimeSpan? deadline, CancellationToken cancellationToken) =>
        Task.Run(async () =>
        {
            worker.Enqueue(Feed);
            await worker.ReceiveAsync(null, TestTimeouts.Generous, CancellationToken.None);
            worker.Enqueue(Feed);
            return await worker.ReceiveAsync(_ => Thread.SpinWait(2000), deadline, cancellationToken);
        });

    /// <summary>A clock whose timers are always disposed while their callback runs.</summary>
    private sealed class LateTime : TimeProvider
    {
        private Action? left;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            left = () => callback(state);
            return new LateTimer(this);
        }

        public void FireWhatIsLeft() => Interlocked.Exchange(ref left, null)?.Invoke();

        private sealed class LateTimer(LateTime time) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
                // Like the system's: it does not wait.
            }

            public ValueTask DisposeAsync()
            {
                time.FireWhatIsLeft();
                return ValueTask.CompletedTask;
            }
        }
    }
}
