using Monty.Interop;
using Monty.Testing.Engine;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests type checks before the feeds of durable sessions, on the real runtime.</summary>
public sealed class TypeCheckTests : IAsyncDisposable
{
    private static readonly SessionId Id = new("tenant", "session");
    private static readonly DurableTool Charge = DurableTool.Handled(MontyTool.From((long cents) => cents * 2, "charge"));
    private readonly MemoryStore store = new();

    [Fact]
    public async Task A_wrong_argument_is_rejected_before_anything_runs_and_the_session_stays_idle()
    {
        await using var engine = await StartAsync(Charge);
        await OpenAsync(engine);
        await engine.RunAsync(Id, "n = 20", cancellationToken: Token);

        var rejected = (
            await engine.RunAsync(Id, "n = 1\nprint('ran')\ncharge('a lot')", "bad", Token)
        ).ShouldBeOfType<FeedOutcome.Rejected>();

        rejected.Diagnostics.ShouldStartWith("main.py:3:8: error[invalid-argument-type]");
        (await engine.HistoryAsync(Id))
            .TakeLast(2)
            .Select(e => e is FeedStarted started ? started with { SentAt = null } : e)
            .ShouldBe([new FeedStarted("bad", 2, "n = 1\nprint('ran')\ncharge('a lot')", [], null), new FeedEnded(rejected)]);
        (await engine.RunAsync(Id, "n = 1\nprint('ran')\ncharge('a lot')", "bad", Token)).ShouldBe(rejected);
        (await store.FindAsync(Id, Token)).ShouldNotBeNull().Summary.Status.ShouldBe(SessionStatus.Idle);
        (await engine.RunAsync(Id, "charge(n) + 2", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(42));
    }

    [Fact]
    public async Task A_session_without_the_option_runs_the_same_code()
    {
        await using var engine = await StartAsync();

        (await engine.RunAsync(Id, "x: int = 'text'\nx", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed("text"));
        (await engine.RunAsync(Id, "y: int = x\ny.upper()", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed("TEXT"));
    }

    [Fact]
    public async Task Warnings_do_not_reject_a_feed()
    {
        await using var engine = await StartAsync();
        await OpenAsync(engine);

        (await engine.RunAsync(Id, "x = 1  # type: ignore\nx", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(1));
    }

    [Fact]
    public async Task Definitions_of_earlier_feeds_are_known_after_a_rejection_and_in_the_next_engine()
    {
        await using (var engine = await StartAsync(DurableTool.External("ask")))
        {
            await OpenAsync(engine);
            await RejectedAsync(engine, Id, "nope", "unresolved-reference"); // the first feed, for which no interpreter exists yet
            await DefineAsync(engine);
            await engine.SendAsync(Id, new FeedCommand("waits", "late = doubled(ask('n'))"), Token);
        }

        await using var next = await StartAsync(DurableTool.External("ask"));
        await next.SendAsync(Id, new AnswerCommand("a", 4, 0, MontyAnswer.Return(4)), Token);

        await NamesAreKnownAsync(next, Id);
        await next.PassivateAsync(Id);
        await RejectedAsync(next, Id, "late.upper()", "unresolved-attribute");
    }

    [Fact]
    public async Task A_rebuild_does_not_check_types_again_and_definitions_are_known_after_it()
    {
        await using (var engine = await StartAsync(DurableTool.External("ask")))
        {
            await OpenAsync(engine);
            await RejectedAsync(engine, Id, "nope", "unresolved-reference");
            await DefineAsync(engine);
            await engine.SendAsync(Id, new FeedCommand("waits", "late = doubled(ask('n'))"), Token);
        }

        // Code that was accepted then would be rejected now.
        var changed = DurableTool.External("ask") with
        {
            Stub = "def ask(number: int) -> int: ...",
        };
        await using var foreign = new RewrittenStore(store) { Dump = d => d with { Runtime = "monty 0.0.1" } };
        await using var next = await StartAsync(foreign, changed);
        await next.SendAsync(Id, new AnswerCommand("a", 4, 0, MontyAnswer.Return(4)), Token);

        await NamesAreKnownAsync(next, Id);
        await RejectedAsync(next, Id, "ask('n')", "invalid-argument-type");
        (await next.HistoryAsync(Id)).ShouldNotContain(e => e is SessionQuarantined);
    }

    [Fact]
    public async Task A_fork_knows_the_definitions_before_it()
    {
        var fork = new SessionId("tenant", "fork");
        await using var engine = await StartAsync();
        await OpenAsync(engine);
        await DefineAsync(engine);
        await engine.RunAsync(Id, "late = 8", cancellationToken: Token);

        await engine.SendAsync(Id, new ForkCommand("the fork", "fork"), Token);

        await NamesAreKnownAsync(engine, fork);
    }

    [Fact]
    public async Task Tools_without_a_stub_accept_anything_and_tools_with_a_stub_only_its_types()
    {
        await using var engine = await StartAsync(
            DurableTool.External("ask_any"),
            DurableTool.External("later", isAsync: true),
            DurableTool.External("ask") with
            {
                Stub = "def ask(question: str) -> bool: ...",
            }
        );
        await OpenAsync(engine);

        await RejectedAsync(engine, Id, "ask(1)", "invalid-argument-type");
        await RejectedAsync(engine, Id, "ask('a').upper()", "unresolved-attribute");
        await engine.SendAsync(Id, new FeedCommand("feed", "ask_any(1, two='x').upper() + (await later(3)).upper()"), Token);
        await engine.SendAsync(Id, new AnswerCommand("a", 3, 0, MontyAnswer.Return("a")), Token);
        await engine.SendAsync(Id, new AnswerCommand("b", 3, 1, MontyAnswer.Return("b")), Token);

        (await engine.WaitAsync(Id, "feed", Token)).ShouldBe(new FeedOutcome.Completed("AB"));
    }

    [Theory]
    [InlineData("await sleep('a while')", "invalid-argument-type")]
    [InlineData("sleep(1).real", "unresolved-attribute")]
    [InlineData("await receive(1)", "invalid-argument-type")]
    [InlineData("now(1)", "too-many-positional-arguments")]
    [InlineData("new_id() + 1", "unsupported-operator")]
    public async Task The_built_in_tools_have_types(string code, string rule)
    {
        await using var engine = await StartAsync();
        await OpenAsync(engine);
        await engine.SendAsync(Id, new SignalCommand("s", "go", 1), Token);

        await RejectedAsync(engine, Id, code, rule);
        (
            await engine.RunAsync(
                Id,
                "await sleep(0)\nawait sleep(0.0)\n(await receive('go') + 1, now().year > 2000, len(new_id().upper()))",
                cancellationToken: Token
            )
        ).ShouldBe(new FeedOutcome.Completed(new MontyTuple([2, true, 36])));
    }

    [Fact]
    public async Task A_tool_with_the_name_of_a_built_in_tool_is_checked_with_its_own_stub()
    {
        await using var engine = await StartAsync(
            DurableTool.Handled("now", (_, _) => new("noon")) with
            {
                Stub = "def now(zone: str = 'utc') -> str: ...",
            }
        );
        await OpenAsync(engine);

        (await engine.RunAsync(Id, "now('cet').upper()", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed("NOON"));
    }

    [Fact]
    public async Task Inputs_have_the_types_of_their_values()
    {
        await using var engine = await StartAsync();
        await OpenAsync(engine);

        await engine.SendAsync(Id, new FeedCommand("bad", "n.upper()", [new("n", 1)]), Token);
        await engine.SendAsync(Id, new FeedCommand("good", "n.upper()", [new("n", "x")]), Token);

        (await engine.WaitAsync(Id, "bad", Token)).ShouldBeOfType<FeedOutcome.Rejected>().Diagnostics.ShouldContain("unresolved-attribute");
        (await engine.WaitAsync(Id, "good", Token)).ShouldBe(new FeedOutcome.Completed("X"));
    }

    [Fact]
    public void A_stub_that_does_not_declare_its_tool_is_refused()
    {
        Should
            .Throw<ArgumentException>(() => DurableTool.External("ask") with { Stub = "def other() -> int: ..." })
            .Message.ShouldStartWith("The stub of 'ask' does not declare the tool.");
        Should
            .Throw<ArgumentException>(() => DurableTool.External("ask", isAsync: true) with { Stub = "def ask() -> int: ..." })
            .Message.ShouldContain("async def ask");
        Should
            .Throw<ArgumentException>(() => DurableTool.External("ask") with { Stub = "def ask(" })
            .Message.ShouldContain("a bracket is not closed");
        Charge.Stub.ShouldBe("def charge(cents: int) -> int: ...");
        (Charge with { Stub = null }).Stub.ShouldBeNull();
    }

    [Fact]
    public async Task A_stub_that_cannot_be_parsed_fails_the_feed_with_its_position()
    {
        await using var engine = await StartAsync(DurableTool.External("ask") with { Stub = "def ask(a b) -> int: ..." });
        await OpenAsync(engine);

        (await engine.RunAsync(Id, "1", cancellationToken: Token))
            .ShouldBeOfType<FeedOutcome.Failed>()
            .Error.Message.ShouldNotBeNull()
            .ShouldStartWith("The stubs are broken, and the checker would ignore them: line ");
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

    private static async Task OpenAsync(MontyEngine engine) =>
        (
            await engine.SendAsync(Id, new OpenCommand("open", new SessionSetup { TypeCheck = true }), Token)
        ).ShouldBeOfType<SessionReply.Accepted>();

    private static async Task DefineAsync(MontyEngine engine)
    {
        (await engine.RunAsync(Id, "import json\ndef doubled(n: int) -> int:\n    return n * 2", cancellationToken: Token)).ShouldBe(
            new FeedOutcome.Completed(MontyValue.None)
        );
        await RejectedAsync(engine, Id, "doubled('x')", "invalid-argument-type");
    }

    private static async Task NamesAreKnownAsync(MontyEngine engine, SessionId session)
    {
        await RejectedAsync(engine, session, "doubled('x')", "invalid-argument-type");
        await RejectedAsync(engine, session, "nope", "unresolved-reference");
        (await engine.RunAsync(session, "json.dumps(doubled(late))", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed("16"));
    }

    private static async Task RejectedAsync(MontyEngine engine, SessionId session, string code, string rule) =>
        (await engine.RunAsync(session, code, cancellationToken: Token))
            .ShouldBeOfType<FeedOutcome.Rejected>()
            .Diagnostics.ShouldContain($"error[{rule}]");
}
