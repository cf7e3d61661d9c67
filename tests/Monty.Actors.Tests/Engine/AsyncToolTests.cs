using System.Globalization;
using System.Runtime.Versioning;
using Monty.Actors.Persistence;
using Monty.Interop;
using Monty.Testing.Engine;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Asynchronous tools of durable sessions are coroutine functions, as in the client, also in a replay.</summary>
[SupportedOSPlatform("linux")]
public sealed class AsyncToolTests : IAsyncDisposable
{
    private const string Catching = """
        import asyncio
        async def child(n):
            try:
                return await pay(n)
            except ValueError as error:
                return 'caught ' + str(error)
            finally:
                print('done', n)
        r = await asyncio.gather(child(1), child(2), pay(3))
        r
        """;

    private static readonly SessionId Id = new("tenant", "session");
    private readonly MemoryStore store = new();
    private int paid;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => store.DisposeAsync();

    /// <summary>Code that calls asynchronous tools, and the text that it returns or raises in the client.</summary>
    public static TheoryData<string, string> Scripts =>
        new()
        {
            { "c = pay(1)\npay(1)\nbefore = paid()\na = await c\n(before, a, paid())", "(0, 1, 1)" },
            { "c = pay(1)\npaid()", "0" },
            { Catching, "[1, 'caught no funds', 3]" },
            { "import asyncio\nr = await asyncio.gather(pay(1), pay(3))\nr", "[1, 3]" },
            { "def later(n): return pay(n)\nc = later(5)\nbefore = paid()\nr = await c\n(before, r)", "(0, 5)" },
            { "async def twice(n):\n    return await pay(n) + await pay(n)\nawait twice(2 + 2)", "8" },
            { "await pay(2)", "ValueError: no funds" },
            { "pay(1) + 1", "TypeError: unsupported operand type(s) for +: 'coroutine' and 'int'" },
        };

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task A_script_does_the_same_in_a_durable_session_as_in_the_client(string code, string expected)
    {
        (await RunInClientAsync(code)).ShouldBe(expected);
        paid = 0;
        await using var engine = await StartAsync(Pay(), Paid());

        Text(await engine.RunAsync(Id, code, cancellationToken: Token)).ShouldBe(expected);
    }

    [Fact]
    public async Task A_tool_that_is_answered_from_outside_starts_when_it_is_awaited_and_its_late_error_can_be_caught()
    {
        await using var engine = await StartAsync(DurableTool.External("pay", isAsync: true));
        await engine.FeedAsync(Id, "unused = pay(0)\n" + Catching);
        await engine.EventAsync(Id, e => e is FuturesAwaited);

        var calls = (await engine.HistoryAsync(Id)).OfType<CallAnnounced>().Select(c => (MontyFunctionCall)c.Call).ToList();
        calls.Select(c => c.Arguments[0].ToString()).ShouldBe(["1", "2", "3"]);
        await engine.AcceptAsync(Id, new AnswerCommand("2", 1, calls[1].CallId, MontyAnswer.Raise("ValueError", "no funds")));
        await engine.AcceptAsync(Id, new AnswerCommand("1", 1, calls[0].CallId, MontyAnswer.Return(1)));
        await engine.AcceptAsync(Id, new AnswerCommand("3", 1, calls[2].CallId, MontyAnswer.Return(3)));

        Text(await engine.EndAsync(Id)).ShouldBe("[1, 'caught no funds', 3]");
        (await engine.HistoryAsync(Id)).ShouldNotContain(e => e is CallDropped);
    }

    [Fact]
    public async Task A_timer_and_a_signal_that_are_not_awaited_do_not_start()
    {
        await using var engine = await StartAsync();

        Text(await engine.RunAsync(Id, "sleep(3600)\nc = receive('go')\ntype(c).__name__", cancellationToken: Token))
            .ShouldBe("'coroutine'");

        (await engine.HistoryAsync(Id)).ShouldNotContain(e => e is CallAnnounced);
    }

    [Fact]
    public async Task The_type_check_rejects_a_call_that_is_not_awaited_as_in_the_client()
    {
        await using var engine = await StartAsync(Pay());
        await engine.AcceptAsync(Id, new OpenCommand("open", new SessionSetup { TypeCheck = true }));

        (await engine.RunAsync(Id, "pay(1)", cancellationToken: Token))
            .ShouldBeOfType<FeedOutcome.Rejected>()
            .Diagnostics.ShouldContain("unused-awaitable");
        Text(await engine.RunAsync(Id, "await pay(1)", "next", Token)).ShouldBe("1");
    }

    [Fact]
    public async Task A_replay_defines_the_tools_of_the_time_of_each_feed_whatever_the_tools_are_now()
    {
        await using (var first = await StartAsync())
        {
            await first.FeedAsync(Id, "def later(n): return pay(n)\nseen = []", "one");
            await first.EndAsync(Id, 1);
        }

        await using (var second = await StartAsync(Pay(), Paid()))
        {
            await second.FeedAsync(Id, "c = later(1)\nseen.append(paid())\nseen.append(await c)", "two");
            await second.EndAsync(Id, 2);
            await second.FeedAsync(Id, "seen.append(await pay(3))\nseen", "three");
            Text(await second.EndAsync(Id, 3)).ShouldBe("[0, 1, 3]");
        }

        await using var foreign = new RewrittenStore(store) { Dump = d => d with { Runtime = "monty 0.0.1" } };
        await using var third = await StartAsync(foreign, DurableTool.External("ask", isAsync: true));

        Text(await third.RunAsync(Id, "seen", "four", Token)).ShouldBe("[0, 1, 3]");

        (await third.HistoryAsync(Id)).ShouldNotContain(e => e is SessionQuarantined);
        (await third.HistoryAsync(Id))
            .OfType<FeedStarted>()
            .Select(f => f.AsyncFunctions is { } names ? string.Join(' ', names) : null)
            .ShouldBe(["receive sleep", "pay receive sleep", null, "ask receive sleep"]);
    }

    private async Task<string> RunInClientAsync(string code)
    {
        await using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        var pay = MontyTool.Async("pay", (call, _) => PayAsync(call.Arguments[0]));
        var count = MontyTool.Sync("paid", _ => paid);
        try
        {
            return (await pool.RunAsync(code, new FeedOptions { Tools = [pay, count] }, cancellationToken: Token)).Value.ToString();
        }
        catch (MontyScriptException raised)
        {
            return raised.Error.TypeAndMessage;
        }
    }

    private DurableTool Pay() => DurableTool.Handled("pay", (call, _) => PayAsync(call.Arguments[0]), isAsync: true);

    private DurableTool Paid() => DurableTool.Handled("paid", (_, _) => new ValueTask<MontyValue>(paid));

    private async ValueTask<MontyValue> PayAsync(MontyValue amount)
    {
        await Task.Yield();
        paid++;
        return amount == 2 ? throw new PythonException("ValueError", "no funds") : amount;
    }

    private static string Text(FeedOutcome outcome) =>
        outcome switch
        {
            FeedOutcome.Completed completed => completed.Value.ToString(),
            FeedOutcome.Failed failed => failed.Error.TypeAndMessage,
            _ => string.Create(CultureInfo.InvariantCulture, $"{outcome}"),
        };

    private Task<MontyEngine> StartAsync(params DurableTool[] tools) => StartAsync(store, tools);

    private static Task<MontyEngine> StartAsync(SessionStore store, params DurableTool[] tools) =>
        MontyEngine.StartAsync(new MontyEngineOptions { Store = store, Tools = tools }, Token);
}
