using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests forks of durable sessions on the real runtime.</summary>
public sealed class ForkTests : IAsyncDisposable
{
    private static readonly SessionId Id = new("tenant", "session");
    private static readonly SessionId Fork = new("tenant", "fork");
    private static readonly ForkCommand Command = new("the fork", "fork");
    private readonly MemoryStore store = new();

    public static TheoryData<StoreOperation, CrashMoment, int, string> Points
    {
        get
        {
            var points = new TheoryData<StoreOperation, CrashMoment, int, string>();
            foreach (var moment in (CrashMoment[])[CrashMoment.Before, CrashMoment.After])
            {
                points.Add(StoreOperation.Write, moment, 0, "fork");
                points.Add(StoreOperation.FindSnapshot, moment, 0, "fork");
                points.Add(StoreOperation.FindHighest, moment, 0, "fork");
                points.Add(StoreOperation.FindHighest, moment, 0, "session");
                points.Add(StoreOperation.FindHighest, moment, 1, "session");
                points.Add(StoreOperation.Read, moment, 0, "session");
                points.Add(StoreOperation.Read, moment, 1, "session");
            }

            return points;
        }
    }

    [Fact]
    public async Task Both_sessions_continue_independently_and_their_calls_have_different_keys()
    {
        List<string> keys = [];
        await using var engine = await StartAsync(
            DurableTool.Handled(
                "charge",
                (call, _) =>
                {
                    lock (keys)
                    {
                        keys.Add(call.IdempotencyKey);
                    }

                    return new(call.Call.Arguments[0]);
                }
            )
        );
        await engine.RunAsync(Id, "x = charge(1)\nprint('once')", cancellationToken: Token);
        var turns = engine.Workers.Checkouts;

        (await engine.SendAsync(Id, Command, Token)).ShouldBe(new SessionReply.Accepted(7, 1) { Sequence = 1 });

        engine.Workers.Checkouts.ShouldBe(turns, "nothing is replayed");
        (await engine.RunAsync(Id, "x += charge(10)\nx", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(11));
        (await engine.RunAsync(Fork, "x += charge(100)\nx", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(101));
        (await engine.RunAsync(Id, "x", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(11));
        keys.ShouldBe(["tenant/session/1/0", "tenant/session/2/0", "tenant/fork/2/0"]);
        var history = await engine.HistoryAsync(Fork);
        history.Take(6).ShouldBe((await engine.HistoryAsync(Id)).Take(6));
        history[6].ShouldBe(new SessionForked("session", 6, "the fork"));
        (await engine.HistoryAsync(Id)).ShouldNotContain(e => e is SessionForked);
    }

    [Fact]
    public async Task Command_ids_of_the_session_can_be_used_again_in_its_fork()
    {
        await using var engine = await StartAsync();
        await engine.RunAsync(Id, "n = 1", "first", Token);
        await engine.RunAsync(Id, "n", "second", Token);
        await engine.SendAsync(Id, Command, Token);

        (await engine.RunAsync(Fork, "n += 1\nn", "second", Token)).ShouldBe(new FeedOutcome.Completed(2));
        (await engine.RunAsync(Fork, "n += 1\nn", "second", Token)).ShouldBe(new FeedOutcome.Completed(2), "it is applied once");
        (await engine.RunAsync(Fork, "n += 1\nn", "the fork", Token)).ShouldBe(new FeedOutcome.Completed(3));
        (await engine.RunAsync(Id, "n", "second", Token)).ShouldBe(new FeedOutcome.Completed(1));
        (await Should.ThrowAsync<SessionRefusedException>(() => engine.RunAsync(Id, "n", "first", Token))).Reason.ShouldBe(
            SessionRefusal.IdTaken
        );
    }

    [Fact]
    public async Task Kept_signals_and_labels_are_in_both_sessions_and_a_follower_sees_the_fork()
    {
        await using var engine = await StartAsync();
        await engine.SendAsync(Id, new OpenCommand("open", new SessionSetup { Labels = ["trips"] }), Token);
        await engine.SendAsync(Id, new SignalCommand("early", "go", 7), Token);
        var seen = engine.EventAsync(Fork, e => e is SessionForked);

        await engine.SendAsync(Id, Command, Token);

        (await seen).ShouldBe(new SessionForked("session", 2, "the fork"));
        foreach (var session in (SessionId[])[Fork, Id])
        {
            (await engine.RunAsync(session, "await receive('go')", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(7));
        }

        (await store.ListAsync(new SessionQuery("tenant") { Label = "trips", Status = SessionStatus.Idle }, Token))
            .Select(s => s.Session)
            .ShouldBe([Fork, Id]);
    }

    [Fact]
    public async Task A_fork_of_a_fork_outlives_its_engine_and_is_rebuilt_from_its_history_if_its_dump_is_of_another_runtime()
    {
        var second = new SessionId("tenant", "second");
        await using (var engine = await StartAsync(DurableTool.External("ask")))
        {
            await engine.RunAsync(
                Id,
                "class Box:\n    def __init__(self): self.n = 7\nbox = Box()\nprint(new_id())",
                cancellationToken: Token
            );
            await engine.SendAsync(Id, Command, Token);
            await engine.RunAsync(Fork, "box.n += 30", cancellationToken: Token);
            (await engine.SendAsync(Fork, new ForkCommand("again", "second"), Token)).ShouldBeOfType<SessionReply.Accepted>();
            await engine.SendAsync(second, new FeedCommand("feed", "box.n + ask(1)"), Token);
        }

        await using var foreign = new RewrittenStore(store) { Dump = d => d with { Runtime = "monty 0.0.1" } };
        await using var next = await StartAsync(foreign, DurableTool.External("ask"));
        await next.SendAsync(second, new AnswerCommand("a", 3, 0, MontyAnswer.Return(5)), Token);

        (await next.HistoryAsync(second))[^1].ShouldBe(new FeedEnded(new FeedOutcome.Completed(42)));
        (await next.RunAsync(Fork, "box.n", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(37));
        (await next.RunAsync(Id, "box.n", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(7));
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task A_crash_leaves_the_whole_fork_or_none_and_a_repeated_command_creates_one_fork(
        StoreOperation operation,
        CrashMoment moment,
        int skip,
        string session
    )
    {
        await using var crashing = new CrashingStore(store);
        await using var engine = await StartAsync(crashing);
        await engine.RunAsync(Id, "x = 1", cancellationToken: Token);
        await engine.PassivateAsync(Id);
        var crashed = crashing.CrashAt(operation, moment, skip, new SessionId("tenant", session));

        var reply = await SendAsync(engine);

        crashed.IsCompleted.ShouldBeTrue("the point was passed");
        reply.ShouldBe(
            operation == StoreOperation.Write && moment == CrashMoment.After
                ? new SessionReply.Repeated(4, Recorded: null)
                : new SessionReply.Accepted(4, 1) { Sequence = 1 }
        );
        (await engine.RunAsync(Fork, "x += 1\nx", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(2));
        (await engine.HistoryAsync(Fork)).Count(e => e is SessionForked).ShouldBe(1);
        (await engine.RunAsync(Id, "x", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(1));
    }

    [Fact]
    public async Task A_fork_command_that_is_sent_again_is_repeated_even_if_both_sessions_changed()
    {
        await using var engine = await StartAsync(DurableTool.External("ask"));
        await engine.RunAsync(Id, "x = 1", cancellationToken: Token);
        await engine.SendAsync(Id, Command, Token);
        await engine.SendAsync(Id, new FeedCommand("busy", "ask()"), Token);
        await engine.RunAsync(Fork, "x = 2", cancellationToken: Token);

        (await engine.SendAsync(Id, Command, Token)).ShouldBe(new SessionReply.Repeated(6, Recorded: null));
        (await RefusedAsync(engine, Id, new ForkCommand("another", "fork"))).ShouldBe(SessionRefusal.Busy);
        await engine.SendAsync(Id, new CloseCommand("close"), Token);
        await engine.SendAsync(Fork, new CloseCommand("close"), Token);

        (await engine.SendAsync(Id, Command, Token)).ShouldBe(new SessionReply.Repeated(7, Recorded: null));
    }

    [Fact]
    public async Task An_impossible_fork_is_refused_and_nothing_changes()
    {
        await using var engine = await StartAsync(DurableTool.External("ask"));
        (await RefusedAsync(engine, Id, Command)).ShouldBe(SessionRefusal.NotFound);
        await engine.RunAsync(Id, "x = 1", "feed", Token);
        (await RefusedAsync(engine, Id, new ForkCommand("", "fork"))).ShouldBe(SessionRefusal.Invalid);
        (await RefusedAsync(engine, Id, new ForkCommand("f", "other/fork"))).ShouldBe(
            SessionRefusal.Invalid,
            "no name leads to another tenant"
        );
        (await RefusedAsync(engine, Id, new ForkCommand("f", ""))).ShouldBe(SessionRefusal.Invalid);
        (await RefusedAsync(engine, Id, new ForkCommand("feed", "fork"))).ShouldBe(SessionRefusal.IdTaken, "the id was a feed's");
        (await RefusedAsync(engine, Id, new ForkCommand("f", "session"))).ShouldBe(SessionRefusal.Exists);

        await engine.SendAsync(Id, new FeedCommand("busy", "ask()"), Token);
        (await RefusedAsync(engine, Id, Command)).ShouldBe(SessionRefusal.Busy);
        await engine.SendAsync(Id, new CloseCommand("close"), Token);
        (await RefusedAsync(engine, Id, Command)).ShouldBe(SessionRefusal.Closed);
        (await store.FindAsync(Fork, Token)).ShouldBeNull();
    }

    [Fact]
    public async Task A_quarantined_session_is_not_forked_before_it_is_released()
    {
        await using (var engine = await StartAsync())
        {
            await engine.RunAsync(Id, "print('one')\nx = 1", cancellationToken: Token);
        }

        await using var broken = new RewrittenStore(store)
        {
            Dump = d => d with { Runtime = "monty 0.0.1" },
            Event = e => e is TextPrinted ? new TextPrinted("two\n") : e,
        };
        await using (var engine = await StartAsync(broken))
        {
            (await RefusedAsync(engine, Id, Command)).ShouldBe(SessionRefusal.Quarantined);
        }

        await using var next = await StartAsync();
        await next.SendAsync(Id, new ReleaseCommand("release", FailFeed: false), Token);
        (await next.SendAsync(Id, Command, Token)).ShouldBeOfType<SessionReply.Accepted>();

        (await next.RunAsync(Fork, "x", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(1));
    }

    [Fact]
    public async Task A_fork_that_does_not_fit_into_one_append_is_refused()
    {
        await using var small = new MemoryStore(new SessionStoreOptions { MaxChangeBytes = 8_000 });
        await using var engine = await StartAsync(small);
        for (var feed = 0; feed < 4; feed++)
        {
            await engine.RunAsync(Id, "print('x' * 3000)", cancellationToken: Token);
        }

        var refused = (await engine.SendAsync(Id, Command, Token)).ShouldBeOfType<SessionReply.Refused>();

        refused.Reason.ShouldBe(SessionRefusal.TooLarge);
        refused.Message.ShouldStartWith("The fork cannot be stored: the change has at least 9");
        (await small.FindAsync(Fork, Token)).ShouldBeNull();
        (await engine.RunAsync(Id, "1", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(1));
    }

    [Fact]
    public async Task A_fork_has_its_own_seals()
    {
        var options = new MontyEngineOptions { Store = store, SealKeys = [new SealKey(1, new byte[32])] };
        await using (var engine = await MontyEngine.StartAsync(options, Token))
        {
            await engine.RunAsync(Id, "x = 1", cancellationToken: Token);
            await engine.SendAsync(Id, Command, Token);
        }

        await using var next = await MontyEngine.StartAsync(options, Token);
        (await next.RunAsync(Fork, "x", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(1));
    }

    [Fact]
    public async Task Sessions_that_are_forked_into_each_other_do_not_wait_for_each_other()
    {
        await using var engine = await StartAsync();
        await engine.RunAsync(Id, "x = 1", cancellationToken: Token);
        await engine.SendAsync(Id, Command, Token);

        var refusals = await Task.WhenAll(
                Enumerable
                    .Range(0, 50)
                    .SelectMany(i =>
                        new[]
                        {
                            RefusedAsync(engine, Id, new ForkCommand($"{i}", "fork")),
                            RefusedAsync(engine, Fork, new ForkCommand($"{i}", "session")),
                        }
                    )
            )
            .WaitAsync(TestTimeouts.Generous, Token);

        refusals.ShouldAllBe(r => r == SessionRefusal.Exists);
    }

    [Fact]
    public async Task A_session_that_is_opened_while_a_fork_takes_its_name_is_one_of_the_two()
    {
        await using var engine = await StartAsync();
        await engine.RunAsync(Id, "x = 1", cancellationToken: Token);

        var replies = await Task.WhenAll(
            engine.SendAsync(Id, Command, Token),
            engine.SendAsync(Fork, new OpenCommand("open", new SessionSetup()), Token)
        );

        replies.Count(r => r is SessionReply.Accepted).ShouldBe(1);
        replies.OfType<SessionReply.Refused>().ShouldHaveSingleItem().Reason.ShouldBe(SessionRefusal.Exists);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<MontyEngine> StartAsync(params DurableTool[] tools) => StartAsync(store, tools);

    private static Task<MontyEngine> StartAsync(SessionStore store, params DurableTool[] tools) =>
        MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = store,
                Tools = tools,
                AnswerFirstAfter = TimeSpan.FromDays(1),
            },
            Token
        ); // a command is acknowledged only after its turn

    /// <summary>Sends the fork command until it is acknowledged. The first read of the session's history may fail.</summary>
    private static async Task<SessionReply> SendAsync(MontyEngine engine)
    {
        while (true)
        {
            try
            {
                return await engine.SendAsync(Id, Command, Token);
            }
            catch (SessionStoreException)
            {
                // It is unknown whether the command was applied, so it is sent again under its id.
            }
        }
    }

    private static async Task<SessionRefusal> RefusedAsync(MontyEngine engine, SessionId session, SessionCommand command) =>
        (await engine.SendAsync(session, command, Token)).ShouldBeOfType<SessionReply.Refused>().Reason;
}
