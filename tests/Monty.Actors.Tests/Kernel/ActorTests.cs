using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Kernel;

/// <summary>What the kernel promises to the session and call actors built on it.</summary>
public sealed class ActorTests
{
    [Fact]
    public async Task Messages_of_a_sender_are_handled_in_order_and_one_at_a_time()
    {
        var (seen, inside, most) = (new List<int>(), 0, 0);
        var actor = new Probe(
            8,
            async message =>
            {
                most = Math.Max(most, Interlocked.Increment(ref inside));
                await Task.Yield();
                seen.Add(message);
                Interlocked.Decrement(ref inside);
            }
        );

        for (var i = 0; i < 1000; i++)
        {
            (await actor.SendAsync(i, default).InTime()).ShouldBeTrue();
        }

        await actor.StopAsync().InTime();

        seen.ShouldBe(Enumerable.Range(0, 1000));
        most.ShouldBe(1);
    }

    [Fact]
    public async Task Messages_of_many_senders_are_all_handled()
    {
        var sum = 0;
        var actor = new Probe(
            4,
            message =>
            {
                sum += message;
                return ValueTask.CompletedTask;
            }
        );

        await Task.WhenAll(
                Enumerable
                    .Range(0, 8)
                    .Select(_ =>
                        Task.Run(async () =>
                        {
                            for (var i = 0; i < 500; i++)
                            {
                                await actor.SendAsync(1, default);
                            }
                        })
                    )
            )
            .InTime();
        await actor.StopAsync().InTime();

        sum.ShouldBe(4000);
    }

    [Fact]
    public async Task A_full_mailbox_makes_its_senders_wait()
    {
        var gate = new TaskCompletionSource();
        var entered = new TaskCompletionSource();
        var actor = new Probe(
            1,
            async _ =>
            {
                entered.TrySetResult();
                await gate.Task;
            }
        );
        await actor.SendAsync(1, default).InTime();
        await entered.Task.InTime();
        await actor.SendAsync(2, default).InTime();

        var waiting = actor.SendAsync(3, default);
        actor.TrySend(4).ShouldBeFalse();
        waiting.IsCompleted.ShouldBeFalse();
        using var giveUp = new CancellationTokenSource();
        var cancelled = actor.SendAsync(5, giveUp.Token);
        await giveUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => cancelled.InTime());
        gate.SetResult();

        (await waiting.InTime()).ShouldBeTrue();
        await actor.StopAsync().InTime();
        actor.Handled.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_failure_ends_it_and_what_was_left_is_told_so()
    {
        var gate = new TaskCompletionSource();
        var actor = new Probe(
            8,
            async message =>
            {
                await gate.Task;
                if (message == 2)
                {
                    throw new InvalidDataException("two");
                }
            }
        );
        for (var i = 1; i <= 4; i++)
        {
            await actor.SendAsync(i, default).InTime();
        }

        gate.SetResult();

        (await Should.ThrowAsync<InvalidDataException>(() => actor.Completion.InTime())).Message.ShouldBe("two");

        actor.Dropped.ShouldBe([(3, "two"), (4, "two")]);
        (await actor.SendAsync(5, default).InTime()).ShouldBeFalse("it takes no more");
        actor.Ended.ShouldBe(1);
    }

    [Fact]
    public async Task Stopping_handles_what_is_there()
    {
        var gate = new TaskCompletionSource();
        var actor = new Probe(8, async _ => await gate.Task);
        for (var i = 1; i <= 4; i++)
        {
            await actor.SendAsync(i, default).InTime();
        }

        var stopped = actor.StopAsync();
        (await actor.SendAsync(5, default).InTime()).ShouldBeFalse();
        gate.SetResult();
        await stopped.InTime();

        actor.Handled.ShouldBe([1, 2, 3, 4]);
        actor.Dropped.ShouldBeEmpty();
    }

    [Fact]
    public async Task Stopping_from_within_waits_until_no_message_is_left()
    {
        Probe? actor = null;
        var gate = new TaskCompletionSource();
        actor = new Probe(
            8,
            async _ =>
            {
                await gate.Task;
                actor!.StopItself();
            }
        );
        for (var i = 1; i <= 3; i++)
        {
            actor.TrySend(i);
        }

        gate.SetResult();
        await actor.Completion.InTime();

        (await actor.SendAsync(4, default).InTime()).ShouldBeFalse();
        actor.Handled.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Killing_cancels_what_it_does_and_drops_the_rest()
    {
        var entered = new TaskCompletionSource();
        Probe? actor = null;
        actor = new Probe(
            8,
            async _ =>
            {
                entered.TrySetResult();
                await Never.EndsAsync(actor!.KilledToken);
            }
        );
        for (var i = 1; i <= 3; i++)
        {
            await actor.SendAsync(i, default).InTime();
        }

        await entered.Task.InTime();

        await actor.KillAsync().InTime();

        actor.Dropped.ShouldBe([(2, null), (3, null)]);
    }

    [Fact]
    public async Task One_that_was_never_sent_anything_ends_too()
    {
        var (stopped, killed) = (new Probe(1), new Probe(1));

        await stopped.StopAsync().InTime();
        await killed.KillAsync().InTime();
        await killed.KillAsync().InTime();

        (stopped.Ended, killed.Ended).ShouldBe((1, 1));
    }

    /// <summary>An actor that does what a test says and remembers what it met.</summary>
    private sealed class Probe(int capacity, Func<int, ValueTask>? receive = null, Action? onEnd = null) : Actor<int>(capacity)
    {
        private readonly List<int> handled = [];

        public IReadOnlyList<int> Handled
        {
            get
            {
                lock (handled)
                {
                    return [.. handled];
                }
            }
        }

        public List<(int Message, string? Failure)> Dropped { get; } = [];

        public int Ended { get; private set; }

        public CancellationToken KilledToken => Killed;

        public void StopItself() => StopIfIdle();

        protected override async ValueTask ReceiveAsync(int message)
        {
            if (receive is not null)
            {
                await receive(message);
            }

            lock (handled)
            {
                handled.Add(message);
            }
        }

        protected override void Drop(int message, Exception? failure) => Dropped.Add((message, failure?.Message));

        protected override ValueTask EndAsync(Exception? failure)
        {
            Ended++;
            onEnd?.Invoke();
            return ValueTask.CompletedTask;
        }
    }
}
