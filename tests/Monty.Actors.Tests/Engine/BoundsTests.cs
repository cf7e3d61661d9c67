using System.Collections.Concurrent;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests that values, counts and durations beyond a limit fail only their feed or command.</summary>
public sealed class BoundsTests : IAsyncDisposable
{
    private static readonly SessionId Id = new("tenant", "session");
    private readonly MemoryStore store = new(new SessionStoreOptions { MaxChangeBytes = 10_000 });
    private readonly ConcurrentQueue<(string Message, Exception? Failure)> problems = [];

    [Fact]
    public async Task An_answer_that_is_too_large_raises_an_exception_and_the_handler_does_not_run_again()
    {
        var runs = 0;
        await using var engine = await StartAsync(
            DurableTool.Handled(
                "read",
                (_, _) =>
                {
                    runs++;
                    return new(new string('x', 20_000));
                }
            )
        );

        var outcome = await engine.RunAsync(Id, "try:\n    read()\nexcept RuntimeError as e:\n    s = str(e)\ns", cancellationToken: Token);

        outcome.ShouldBe(
            new FeedOutcome.Completed(
                "the host's answer cannot be stored: the change has at least 20002 bytes, and the store accepts at most 10000"
            )
        );
        (runs, problems.Count).ShouldBe((1, 0));
    }

    [Theory]
    [InlineData("x = 'x' * 20_000\nx")]
    [InlineData("ask('x' * 20_000)")]
    public async Task A_turn_whose_results_are_too_large_fails_its_feed_and_leaves_the_variables_before_it(string code)
    {
        await using var engine = await StartAsync(DurableTool.External("ask"));
        await engine.RunAsync(Id, "x = 1", cancellationToken: Token);

        var failed = (await engine.RunAsync(Id, code, cancellationToken: Token)).ShouldBeOfType<FeedOutcome.Failed>();

        (failed.Origin, failed.Error.Type).ShouldBe((FailureOrigin.Limit, "RuntimeError"));
        failed.Error.Message.ShouldNotBeNull().ShouldStartWith("the events of the turn cannot be stored: the change has at least 2000");
        (await engine.RunAsync(Id, "x", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(1));
        problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_command_that_is_too_large_is_refused_and_handlers_continue()
    {
        var (runs, started, go) = (0, new TaskCompletionSource(), new TaskCompletionSource());
        await using var engine = await StartAsync(
            DurableTool.External("ask", isAsync: true),
            DurableTool.Handled(
                "work",
                async (_, _) =>
                {
                    runs++;
                    started.TrySetResult();
                    await go.Task;
                    return "done";
                },
                isAsync: true
            )
        );
        await engine.SendAsync(Id, new OpenCommand("open", new SessionSetup()), Token);
        await engine.SendAsync(Id, new FeedCommand("feed", "import asyncio\nawait asyncio.gather(ask(), work())"), Token);
        await started.Task;
        MontyValue large = new string('x', 20_000);

        foreach (
            SessionCommand command in (SessionCommand[])
                [new AnswerCommand("a", 1, 0, MontyAnswer.Return(large)), new SignalCommand("s", "go", large)]
        )
        {
            var refused = (await engine.SendAsync(Id, command, Token)).ShouldBeOfType<SessionReply.Refused>();
            refused.Reason.ShouldBe(SessionRefusal.TooLarge);
            refused.Message.ShouldStartWith("The command cannot be stored: the change has at least 20002");
        }

        (
            await engine.SendAsync(Id, new AnswerCommand("a", 1, 0, MontyAnswer.Return("small")), Token)
        ).ShouldBeOfType<SessionReply.Accepted>();
        go.SetResult();
        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed(new MontyList(["small", "done"])));
        (runs, problems.Count).ShouldBe((1, 0));
    }

    [Fact]
    public async Task A_session_continues_after_a_thousand_suspensions()
    {
        await using var large = new MemoryStore();
        await using var engine = await MontyEngine.StartAsync(new MontyEngineOptions { Store = large }, Token);
        for (var feed = 0; feed < 3; feed++)
        {
            (await engine.RunAsync(Id, "n = 0\nfor _ in range(600):\n    n += len(new_id())\nn", cancellationToken: Token)).ShouldBe(
                new FeedOutcome.Completed(600 * 36)
            );
        }
    }

    [Fact]
    public async Task A_session_can_set_its_own_limit_of_suspensions()
    {
        await using var engine = await StartAsync();
        await engine.SendAsync(Id, new OpenCommand("open", new SessionSetup { Limits = new MontyLimits { MaxSuspensions = 5 } }), Token);

        (await engine.RunAsync(Id, "for _ in range(9): now()", cancellationToken: Token))
            .ShouldBeOfType<FeedOutcome.Failed>()
            .Error.Message.ShouldBe("suspension limit 5 exceeded");

        new SessionSetup().EffectiveLimits.ShouldBe(new MontyLimits { MaxSuspensions = int.MaxValue, MaxSuspensionsPerFeed = 10_000 });
        new SessionSetup { Limits = new MontyLimits { MaxSuspensionsPerFeed = 7 } }.EffectiveLimits.ShouldBe(
            new MontyLimits { MaxSuspensions = int.MaxValue, MaxSuspensionsPerFeed = 7 }
        );
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    public async Task An_exception_of_a_handler_is_reported_in_full_but_the_script_sees_only_its_type(bool isReadOnly, int attempts)
    {
        await using var engine = await StartAsync(
            DurableTool.Handled("read", (_, _) => throw new FileNotFoundException("no /srv/secret")) with
            {
                IsReadOnly = isReadOnly,
                MaxAttempts = attempts,
                RetryDelay = TimeSpan.Zero,
            }
        );

        var failed = (await engine.RunAsync(Id, "read()", cancellationToken: Token)).ShouldBeOfType<FeedOutcome.Failed>();

        (failed.Error.Type, failed.Error.Message).ShouldBe(("FileNotFoundError", "FileNotFoundException"));
        problems.Select(p => p.Failure?.Message).ShouldBe(Enumerable.Repeat("no /srv/secret", attempts));
        problems.First().Message.ShouldContain("read");
        await foreach (var stored in engine.ReadAsync(Id, 0, Token))
        {
            stored.Event.ToString().ShouldNotContain("secret");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_Python_exception_of_a_handler_is_sent_in_full_or_not_at_all(bool isReadOnly)
    {
        await using var engine = await StartAsync(
            DurableTool.Handled("good", (_, _) => throw new PythonException("ValueError", "try 3 instead")) with
            {
                IsReadOnly = isReadOnly,
            },
            DurableTool.Handled("bad", (_, _) => throw new PythonException("ValueError", "half \ud800")) with
            {
                IsReadOnly = isReadOnly,
            }
        );

        (await engine.RunAsync(Id, "good()", cancellationToken: Token))
            .ShouldBeOfType<FeedOutcome.Failed>()
            .Error.TypeAndMessage.ShouldBe("ValueError: try 3 instead");
        (await engine.RunAsync(Id, "bad()", cancellationToken: Token))
            .ShouldBeOfType<FeedOutcome.Failed>()
            .Error.TypeAndMessage.ShouldStartWith(
                "TypeError: the host's answer cannot be sent: The message of an exception contains a lone surrogate"
            );
        problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("look() + look() + look()")]
    [InlineData("work()\nlook() + look() + look()")]
    public async Task A_turn_has_one_deadline_for_all_its_calls(string code)
    {
        var time = new FakeTime();
        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = store,
                TimeProvider = time,
                TurnTimeout = TimeSpan.FromMinutes(1),
                CommandTimeout = TimeSpan.FromHours(1), // the clock jumps faster than actors answer
                Tools =
                [
                    DurableTool.Handled("work", (_, _) => new(1)),
                    DurableTool.Handled(
                        "look",
                        (_, _) =>
                        {
                            time.Advance(TimeSpan.FromSeconds(25));
                            return new(1);
                        }
                    ) with
                    {
                        IsReadOnly = true,
                    },
                ],
            },
            Token
        );

        (await engine.RunAsync(Id, code, cancellationToken: Token))
            .ShouldBeOfType<FeedOutcome.Failed>()
            .Error.TypeAndMessage.ShouldBe("TimeoutError: the turn passed its deadline");
        (await engine.RunAsync(Id, "1", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(1));
    }

    [Fact]
    public async Task A_read_only_tool_that_does_not_answer_in_time_is_abandoned()
    {
        var time = new FakeTime();
        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = store,
                TimeProvider = time,
                Tools =
                [
                    DurableTool.Handled(
                        "look",
                        async (_, _) =>
                        {
                            await new TaskCompletionSource().Task;
                            return 1;
                        }
                    ) with
                    {
                        IsReadOnly = true,
                        Timeout = TimeSpan.FromSeconds(7),
                    },
                ],
            },
            Token
        );
        var armed = time.WhenArmed(TimeSpan.FromSeconds(7));
        var run = engine.RunAsync(Id, "try:\n    look()\nexcept TimeoutError as e:\n    s = str(e)\ns", cancellationToken: Token);
        await armed.InTime();
        time.Advance(TimeSpan.FromSeconds(7));

        (await run.InTime()).ShouldBe(new FeedOutcome.Completed("look did not answer in time"));
    }

    [Fact]
    public async Task A_read_only_tool_may_have_a_timeout_that_is_longer_than_timers_allow()
    {
        await using var engine = await StartAsync(
            DurableTool.Handled("look", (_, _) => new(1)) with
            {
                IsReadOnly = true,
                Timeout = TimeSpan.FromDays(3650),
            }
        );

        (await engine.RunAsync(Id, "look()", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(1));
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<MontyEngine> StartAsync(params DurableTool[] tools) =>
        MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = store,
                Tools = tools,
                OnProblem = (message, failure) => problems.Enqueue((message, failure)),
            },
            Token
        );
}
