using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests that a command waits for turns without a limit, and for the store up to the timeout of the options.</summary>
public sealed class CommandTimeoutTests : IAsyncDisposable
{
    private static readonly SessionId Id = new("tenant", "session");
    private static readonly TimeSpan TimeToProbe = TimeSpan.FromSeconds(30);
    private readonly MemoryStore store = new();
    private readonly FakeTime time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_command_behind_a_long_turn_waits_for_its_end()
    {
        var held = new TaskCompletionSource<MontyValue>(TaskCreationOptions.RunContinuationsAsynchronously);
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hold = DurableTool.Handled(
            "hold",
            (_, _) =>
            {
                called.TrySetResult();
                return new(held.Task);
            }
        ) with
        {
            IsReadOnly = true,
            Timeout = TimeSpan.FromDays(1),
        };
        await using var engine = await StartAsync(store, hold);
        await engine.SendAsync(Id, new OpenCommand("open", new SessionSetup()), Token);
        var feed = engine.SendAsync(Id, new FeedCommand("feed", "hold()"), Token);
        await called.Task.InTime(); // the time in which a worker must start is over
        for (var probe = 0; probe < 5; probe++)
        {
            await time.WhenArmed(TimeToProbe).InTime(); // the previous probe was answered
            time.Advance(TimeToProbe);
        }

        held.SetResult(42);

        (await feed.InTime()).ShouldBeOfType<SessionReply.Accepted>();
        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed(42));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_command_whose_store_hangs_or_keeps_failing_fails_after_the_timeout_and_may_be_sent_again(bool hangs)
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var broken = new RewrittenStore(store)
        {
            BeforeWrite = change =>
            {
                if (held.Task.IsCompleted || change.Events[0] is SessionOpened)
                {
                    return;
                }

                if (!hangs)
                {
                    throw new SessionStoreException("The disk is full.");
                }

                held.Task.GetAwaiter().GetResult();
            },
        };
        await using var engine = await StartAsync(broken);
        await engine.SendAsync(Id, new OpenCommand("open", new SessionSetup()), Token);
        var signal = new SignalCommand("signal", "go", 1);
        var sent = engine.SendAsync(Id, signal, Token);
        await AdvanceUntilAsync(sent);

        (await Should.ThrowAsync<SessionStoreException>(sent.InTime())).Message.ShouldContain("Send it again under the same id");
        held.SetResult();
        var again = SendUntilAnsweredAsync(engine, signal);
        await AdvanceUntilAsync(again); // the store is tried again after a wait
        (await again).ShouldNotBeOfType<SessionReply.Refused>();
        (await engine.HistoryAsync(Id)).OfType<SignalReceived>().ShouldHaveSingleItem();
    }

    /// <summary>Moves the clock in steps until a task has ended. The actors arm their timers on threads of their own.</summary>
    private Task AdvanceUntilAsync(Task task) =>
        TestTasks.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            return task.IsCompleted;
        });

    private static async Task<SessionReply> SendUntilAnsweredAsync(MontyEngine engine, SessionCommand command)
    {
        while (true)
        {
            try
            {
                return await engine.SendAsync(Id, command, Token);
            }
            catch (SessionStoreException)
            {
                // The clock moved past the timeout before the store was tried again.
            }
        }
    }

    private Task<MontyEngine> StartAsync(SessionStore on, params DurableTool[] tools) =>
        MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = on,
                Tools = tools,
                TimeProvider = time,
                TurnTimeout = TimeSpan.FromDays(1),
                IdleTimeout = TimeSpan.FromDays(1),
                AnswerFirstAfter = TimeSpan.FromDays(1),
                CommandTimeout = TimeSpan.FromSeconds(40),
            },
            Token
        );
}
