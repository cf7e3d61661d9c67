using System.Runtime.Versioning;
using Monty.Interop.Sessions;
using Monty.Interop.Wire;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sessions;

/// <summary>Asynchronous tools behave like coroutine functions in CPython, in every session and after every load.</summary>
[SupportedOSPlatform("linux")]
public sealed class AsyncToolTests : IDisposable
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
        await asyncio.gather(child(1), child(2), pay(3))
        """;

    private readonly List<MontyValue> paid = [];
    private readonly MontyPool pool = new(new MontyPoolOptions { MaxWorkers = 2 });

    public void Dispose() => pool.Dispose();

    [LinuxFact]
    public async Task Nothing_starts_before_its_await()
    {
        using var session = await pool.OpenSessionAsync().InTime();

        var result = await session.FeedAsync("c = pay(1)\npay(2)\nbefore = len_paid()\nawait c\n(before, len_paid())", Paying()).InTime();

        result.Value.ToString().ShouldBe("(0, 1)");
        result.Warnings.ShouldBeEmpty();
    }

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_task_in_a_gather_catches_an_error_that_arrives_late(bool late)
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var pay = MontyTool.Async(
            "pay",
            async (call, _) =>
            {
                if (late)
                {
                    await Task.Yield();
                }

                return call.Arguments[0] == 2 ? throw new PythonException("ValueError", "no funds") : call.Arguments[0];
            }
        );

        var result = await session.FeedAsync(Catching, new FeedOptions { Tools = [pay] }).InTime();

        result.Value.ToString().ShouldBe("[1, 'caught no funds', 3]");
        result.Printed.Split('\n').Order().ShouldBe(["", "done 1", "done 2"]);
    }

    [LinuxFact]
    public async Task A_traceback_shows_only_lines_of_the_script()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var fail = LaterTool("fail", _ => throw new PythonException("KeyError", "k"));
        await session.FeedAsync("def nothing(): pass", Named("first.py")).InTime();

        var failed = await Should.ThrowAsync<MontyScriptException>(() =>
            session
                .FeedAsync(
                    "import asyncio\nasync def child():\n    return await fail()\nawait child()",
                    Named("second.py") with
                    {
                        Tools = [fail],
                    }
                )
                .InTime()
        );

        failed.Origin.ShouldBe(FailureOrigin.Script);
        failed
            .Error.Frames.Select(f => (f.FileName, f.Start.Line, f.FunctionName, f.PreviewLine))
            .ShouldBe([("second.py", 4, "<module>", "await child()"), ("second.py", 3, "child", "    return await fail()")]);
        var next = await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("1 / 0", Named("third.py")).InTime());
        next.Error.Frames.ShouldHaveSingleItem().FileName.ShouldBe("third.py");
    }

    [LinuxFact]
    public async Task The_error_of_a_tool_that_is_gathered_directly_names_the_tool()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var fail = LaterTool("fail", _ => throw new PythonException("KeyError", "k"));

        var failed = await Should.ThrowAsync<MontyScriptException>(() =>
            session.FeedAsync("import asyncio\nawait asyncio.gather(fail(), fail())", new FeedOptions { Tools = [fail] }).InTime()
        );

        failed.Origin.ShouldBe(FailureOrigin.Script);
        failed.Traceback.ShouldBe("Traceback (most recent call last):\n  File \"<tool>\", line ?, in fail\nKeyError: 'k'");
    }

    [LinuxFact]
    public async Task Builtins_that_the_script_reassigns_do_not_affect_asynchronous_tools()
    {
        using var session = await pool.OpenSessionAsync().InTime();

        var result = await session
            .FeedAsync("isinstance = tuple = len = None\nawait pay(1)\ndef isinstance(*a): return False\nawait pay(2)", Paying())
            .InTime();

        result.Value.ShouldBe(2);
    }

    [LinuxFact]
    public async Task The_function_has_the_repr_of_a_function_of_the_script()
    {
        using var session = await pool.OpenSessionAsync().InTime();

        var result = await session.FeedAsync("(repr(pay).split(' at ')[0], str(pay(1)).split(' at ')[0])", Paying()).InTime();

        result.Value.ToString().ShouldBe("(\"<function 'pay'\", '<coroutine object pay>')");
    }

    [LinuxFact]
    public async Task Arguments_arrive_unchanged()
    {
        using var session = await pool.OpenSessionAsync().InTime();

        var call = (MontyFunctionCall)await session.StartAsync("await pay(1, *[2], b=3, **{'a': [4]})", Paying()).InTime();

        call.Timeless().ShouldBe(new MontyFunctionCall("pay", [1, 2], [new("b", 3), new("a", new MontyList([4]))], 0));
        call.Display().ShouldBe("pay(1, 2, b=3, a=[4])");
    }

    /// <summary>An answer, and the result that the script gets from it.</summary>
    public static TheoryData<string, string> ByHand =>
        new()
        {
            { "Return", "7" },
            { "Raise", "KeyError: 'k'" },
            { "RaiseWithData", "UnicodeDecodeError: bad byte" },
            { "NotFound", "NameError: name 'pay' is not defined" },
            { "FutureReturn", "7" },
            { "FutureRaise", "KeyError: 'k'" },
            { "FutureRaiseWithData", "UnicodeDecodeError: bad byte" },
            { "FutureNotFound", "NameError: name '' is not defined" },
        };

    [LinuxTheory]
    [MemberData(nameof(ByHand))]
    public async Task AnswerAsync_answers_a_call_of_an_asynchronous_tool_like_a_plain_call(string answer, string expected)
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var plain = await RunAsync(session, "get", answer);
        var asynchronous = await RunAsync(session, "pay", answer);

        asynchronous.ShouldBe(expected);
        if (answer != "Return") // which a plain call that is awaited cannot take
        {
            plain.Replace("'get'", "'pay'", StringComparison.Ordinal).ShouldBe(asynchronous);
        }
    }

    [LinuxFact]
    public async Task Pending_calls_have_the_ids_of_their_calls()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var progress = await session.StartAsync("import asyncio\nawait asyncio.gather(pay('a'), get('b'), pay('c'))", Paying()).InTime();
        List<string> calls = [];
        while (progress is MontyFunctionCall call)
        {
            calls.Add($"{call.CallId} {call.Display()}");
            progress = await session.AnswerAsync(call, MontyAnswer.Future).InTime();
        }

        calls.ShouldBe(["0 get('b')", "1 pay('a')", "2 pay('c')"]);
        var waiting = progress.ShouldBeOfType<MontyResolveFutures>();
        waiting.PendingCallIds.ShouldBe([0u, 1u, 2u]);
        progress = await session.AnswerAsync(waiting, Outcomes(new() { [1] = "A" })).InTime();
        waiting = progress.ShouldBeOfType<MontyResolveFutures>();
        waiting.PendingCallIds.ShouldBe([0u, 2u]);
        progress = await session.AnswerAsync(waiting, Outcomes(new() { [0] = "B", [2] = "C" })).InTime();
        progress.ShouldBeOfType<MontyComplete>().Value.ToString().ShouldBe("['A', 'B', 'C']");
    }

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_that_was_dumped_in_the_middle_of_a_call_continues_after_a_load(bool inFuture)
    {
        MontyDump dump;
        using (var session = await pool.OpenSessionAsync().InTime())
        {
            var call = (MontySuspension)await session.StartAsync("x = await pay(5)\nx + await pay(6)", Paying()).InTime();
            if (inFuture)
            {
                await session.AnswerAsync(call, MontyAnswer.Future).InTime();
            }

            dump = await session.DumpAsync().InTime();
        }

        using var byHand = await pool.LoadSessionAsync(dump).InTime();
        var progress = await byHand.AnswerAsync(byHand.Pending!, inFuture ? Outcomes(new() { [0] = 5 }) : MontyAnswer.Return(5)).InTime();
        progress.ShouldBeOfType<MontyFunctionCall>().Display().ShouldBe("pay(6)");
        (await byHand.ContinueAsync(Paying()).InTime()).Value.ShouldBe(11);

        var turn = await pool.TurnAsync(
                dump,
                inFuture
                    ? new AnswerTurn(new MontyResolveFutures([0]), Outcomes(new() { [0] = 5 }))
                    : new AnswerTurn(new MontyFunctionCall("pay", [5], [], 0), MontyAnswer.Return(5))
            )
            .InTime();
        turn.Progress.ShouldBeOfType<MontyFunctionCall>().Display().ShouldBe("pay(6)");
        turn = await pool.TurnAsync(turn.Dump, new AnswerTurn((MontySuspension)turn.Progress, MontyAnswer.Future)).InTime();
        turn = await pool.TurnAsync(turn.Dump, new AnswerTurn((MontySuspension)turn.Progress, Outcomes(new() { [1] = 6 }))).InTime();
        turn.Progress.ShouldBeOfType<MontyComplete>().Value.ShouldBe(11);
    }

    [LinuxFact]
    public async Task Stateless_turns_define_the_functions_that_they_name()
    {
        var options = new TurnOptions { AnswerInline = call => call is MontyFunctionCall { Name: "rate" } ? MontyAnswer.Return(2) : null };
        var feed = new FeedTurn("c = pay(1)\nr = await rate()\nr * await c") { AsyncFunctions = ["pay", "rate", "unused"] };

        var turn = await pool.TurnAsync(null, feed, options).InTime();
        turn.Progress.Timeless().ShouldBe(new MontyFunctionCall("pay", [1], [], 1));
        turn = await pool.TurnAsync(turn.Dump, new AnswerTurn((MontySuspension)turn.Progress, MontyAnswer.Return(21)), options).InTime();
        turn.Progress.ShouldBeOfType<MontyComplete>().Value.ShouldBe(42);

        turn = await pool.TurnAsync(turn.Dump, new FeedTurn("def f():\n    return 1 / 0\nf()", ScriptName: "later.py")).InTime();
        turn.Progress.ShouldBeOfType<MontyFailed>().Error.Frames.Select(f => f.FileName).ShouldBe(["later.py", "later.py"]);
        turn = await pool.TurnAsync(turn.Dump, feed with { Code = "await pay(2) + await unused()" }, options).InTime();
        turn.Progress.Timeless().ShouldBe(new MontyFunctionCall("pay", [2], [], 0));
    }

    [LinuxTheory]
    [InlineData("print")]
    [InlineData("class")]
    [InlineData("a b")]
    [InlineData("")]
    public async Task A_name_that_no_script_can_call_is_refused(string name)
    {
        var feed = new FeedTurn("1") { AsyncFunctions = [name] };
        using var session = await pool.OpenSessionAsync().InTime();

        feed.IsSendable(out var reason).ShouldBeFalse();
        reason.ShouldStartWith($"The tool name '{name}' ");
        (await Should.ThrowAsync<ArgumentException>(() => pool.TurnAsync(null, feed).InTime())).Message.ShouldStartWith(reason);
        (await Should.ThrowAsync<ArgumentException>(() => session.RunTurnAsync(feed).InTime())).Message.ShouldStartWith(reason);
        (await session.RunTurnAsync(new FeedTurn("1")).InTime()).ShouldBeOfType<MontyComplete>().Value.ShouldBe(1);
    }

    /// <summary>Code that assigns the name before or in the feed that offers a tool with this name, and the result of the feed.</summary>
    public static TheoryData<string, string, string> Bound =>
        new()
        {
            { "def pay(n): return 'mine'", "pay(1)", "'mine'" },
            { "pay = 3", "pay", "3" },
            { "import asyncio\nasync def pay(n): return 'mine'", "await pay(1)", "'mine'" },
            { "for pay in [4]: pass", "pay", "4" },
            { "", "def pay(n): return 'mine'\npay(1)", "'mine'" },
            { "", "pay = 5\npay", "5" },
        };

    [LinuxTheory]
    [MemberData(nameof(Bound))]
    public async Task A_name_that_the_script_assigns_is_not_overwritten_by_a_tool(string earlier, string code, string expected)
    {
        using var session = await pool.OpenSessionAsync().InTime();
        if (earlier.Length > 0)
        {
            await session.FeedAsync(earlier).InTime();
        }

        (await session.FeedAsync(code, Paying()).InTime()).Value.ToString().ShouldBe(expected);
        (await session.FeedAsync("pay = 6", Paying()).InTime()).Value.ShouldBe(MontyValue.None);
        (await session.FeedAsync("pay", Paying()).InTime()).Value.ShouldBe(6);
    }

    [LinuxFact]
    public async Task An_input_with_the_name_of_a_tool_is_kept()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var inputs = new Dictionary<string, MontyValue> { ["pay"] = 3 };

        (await session.FeedAsync("pay", Paying() with { Inputs = inputs }).InTime()).Value.ShouldBe(3);
        (await session.FeedAsync("pay", Paying()).InTime()).Value.ShouldBe(3);
    }

    [LinuxFact]
    public async Task A_function_of_an_earlier_feed_calls_the_tool_of_a_later_one()
    {
        const string Definitions = "async def main(n):\n    pay(n)\n    return await pay(n)\nlater = lambda n: pay(n)";
        var program = await pool.PrepareAsync(Definitions).InTime();

        (await pool.RunAsync(program, "(await main(4), await later(5))", Paying()).InTime()).Value.ToString().ShouldBe("(4, 5)");

        paid.ShouldBe([4, 5]);
    }

    [LinuxFact]
    public async Task A_name_is_defined_again_after_a_reset()
    {
        using var session = await pool.OpenSessionAsync(new SessionOptions { Preamble = "import asyncio" }).InTime();
        await session.FeedAsync("await pay(1)", Paying()).InTime();

        await session.ResetAsync();

        (await session.FeedAsync("c = pay(2)\nawait c", Paying()).InTime()).Value.ShouldBe(2);
        paid.ShouldBe([1, 2]);
    }

    [LinuxFact]
    public async Task Awaiting_a_tool_that_is_no_longer_offered_raises_NameError()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        await session.FeedAsync("await pay(1)", Paying()).InTime();

        var failed = await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("await pay(2)").InTime());

        failed.Error.TypeAndMessage.ShouldBe("NameError: name 'pay' is not defined");
        failed.Error.Frames.ShouldHaveSingleItem().PreviewLine.ShouldBe("await pay(2)");
    }

    [LinuxFact]
    public async Task An_earlier_definition_still_works_when_a_later_feed_makes_the_tool_synchronous_or_asynchronous()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var synchronous = new FeedOptions { Tools = [MontyTool.Sync("pay", call => call.Arguments[0])] };
        await session.FeedAsync("await pay(1)", Paying()).InTime();

        (await session.FeedAsync("await pay(2)", synchronous).InTime()).Value.ShouldBe(2);

        using var other = await pool.OpenSessionAsync().InTime();
        (await other.FeedAsync("pay(3)", synchronous).InTime()).Value.ShouldBe(3);
        (await other.FeedAsync("await pay(4)", Paying()).InTime()).Value.ShouldBe(4);
        await other.ResetAsync();
        (await other.FeedAsync("f = pay\nf(5)", synchronous).InTime()).Value.ShouldBe(5);
        (await other.FeedAsync("await f(6)", Paying()).InTime()).Value.ShouldBe(6, "the script holds the plain function");
    }

    [LinuxFact]
    public async Task Very_many_tools_cost_a_session_only_what_it_uses()
    {
        using var session = await pool.OpenSessionAsync(new SessionOptions { Limits = MontyLimits.None }).InTime(); // each call may be waited for by itself
        var feed = new FeedOptions { Tools = new MontyToolSet(Enumerable.Range(0, 500).Select(i => LaterTool($"tool_{i}", _ => i))) };

        (await session.FeedAsync("await tool_7()", feed).InTime()).Value.ShouldBe(7);
        (await session.DumpAsync().InTime()).Bytes.Length.ShouldBeLessThan(2_000);
        var all = string.Join(", ", Enumerable.Range(0, 500).Select(i => $"tool_{i}()"));
        var result = await session.FeedAsync($"import asyncio\nsum(await asyncio.gather(*[{all}]))", feed).InTime();

        result.Value.ShouldBe(500 * 499 / 2);
    }

    [LinuxFact]
    public async Task A_session_without_time_or_memory_fails_as_it_does_without_tools()
    {
        foreach (
            var limits in new MontyLimits[]
            {
                new() { MaxDuration = TimeSpan.Zero },
                new() { MaxMemoryBytes = 0 },
            }
        )
        {
            using var session = await pool.OpenSessionAsync(new SessionOptions { Limits = limits }).InTime();
            var plain = await FailureOf(session, new FeedOptions());

            var failed = await FailureOf(session, Paying());

            (failed.Origin, failed.Error.Type).ShouldBe((plain.Origin, plain.Error.Type));
            failed.Origin.ShouldBe(FailureOrigin.Limit);
        }

        static async Task<MontyScriptException> FailureOf(MontySession session, FeedOptions feed) =>
            await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("await pay(1)", feed).InTime());
    }

    [LinuxFact]
    public async Task An_awaited_call_is_one_suspension_and_its_future_another()
    {
        using var session = await pool.OpenSessionAsync(new SessionOptions { Limits = new MontyLimits { MaxSuspensionsPerFeed = 2 } })
            .InTime();
        await session.FeedAsync("x = 1").InTime();

        (await session.FeedAsync("await later(1)", new FeedOptions { Tools = [LaterTool("later", _ => 1)] }).InTime()).Value.ShouldBe(1);
        (await session.FeedAsync("await pay(1) + await pay(2)", Paying()).InTime()).Value.ShouldBe(3);
    }

    [LinuxFact]
    public async Task Names_and_type_checks_do_not_show_the_definitions()
    {
        using var session = await pool.OpenSessionAsync(new SessionOptions { TypeCheck = new SessionTypeCheck() }).InTime();

        await session.FeedAsync("x = await pay(1)", Paying()).InTime();
        await session.FeedAsync("y = await pay(x)", Paying()).InTime();

        session.GlobalNames.ShouldBe(["x", "y"]);
    }

    [LinuxFact]
    public async Task The_definitions_of_a_new_session_are_sent_in_the_same_write_as_the_feed()
    {
        // The peer says nothing before it has read all: a client that waited for a reply in between would wait in vain.
        var requests = new AsyncDefinitions(["pay"], isGuarded: false).Requests;
        using var peer = new ScriptedWorker(
            Started
                .AwaitBytes(SizeOf([SetUp, .. requests, FeedEncoder.Encode("await pay(1)", null)]))
                .Send(PeerEvents.Ok, PeerEvents.CompleteNone, PeerEvents.CompleteNone)
                .ReadInSilence()
        );
        using var peers = new MontyPool(new MontyPoolOptions { RuntimePath = peer.Path });
        using var session = await peers.OpenSessionAsync().InTime();

        (await session.StartAsync("await pay(1)", Paying()).InTime()).ShouldBeOfType<MontyComplete>();
    }

    [LinuxFact]
    public async Task The_definitions_of_a_later_feed_are_sent_in_the_same_write_with_the_answers_to_their_name_lookups()
    {
        var requests = new AsyncDefinitions(["pay"], isGuarded: true).Requests;
        using var peer = new ScriptedWorker(
            Started
                .AwaitBytes(SizeOf([SetUp, FeedEncoder.Encode("x = 1", null)]))
                .Send(PeerEvents.Ok, PeerEvents.CompleteNone)
                .AwaitBytes(SizeOf([.. requests, FeedEncoder.Encode("await pay(1)", null)]))
                .Send(PeerEvents.Lookup("pay"), PeerEvents.CompleteNone, PeerEvents.CompleteNone)
                .ReadInSilence()
        );
        using var peers = new MontyPool(new MontyPoolOptions { RuntimePath = peer.Path });
        using var session = await peers.OpenSessionAsync().InTime();
        await session.FeedAsync("x = 1").InTime();

        (await session.StartAsync("await pay(1)", Paying()).InTime()).ShouldBeOfType<MontyComplete>();
    }

    private static PeerScript Started => PeerScript.Start.AwaitInput().Send(PeerEvents.Ok, PeerEvents.Ok);

    private static ParentRequest SetUp => FeedEncoder.EncodeSetUp(new SessionOptions(), withLimits: true);

    private static int SizeOf(IEnumerable<ParentRequest> requests) => requests.Sum(r => FrameParser.PrefixBytes + r.CalculateSize());

    private static async Task<string> RunAsync(MontySession session, string function, string answer)
    {
        var code = $"""
            try:
                r = repr(await {function}(1))
            except Exception as error:
                r = type(error).__name__ + ': ' + str(error)
            r
            """;
        var progress = await session.StartAsync(code, new FeedOptions { Tools = [MontyTool.Async("pay", (_, _) => new(1))] }).InTime();
        var error = new PythonError(
            "UnicodeDecodeError",
            "bad byte",
            Data: new UnicodeErrorData("utf-8", new MontyBytes("a"u8.ToArray()), 0, 1, "why")
        );
        MontyAnswer given = answer.Replace("Future", "", StringComparison.Ordinal) switch
        {
            "Return" => MontyAnswer.Return(7),
            "Raise" => MontyAnswer.Raise("KeyError", "k"),
            "RaiseWithData" => MontyAnswer.Raise(error),
            _ => MontyAnswer.NotFound,
        };
        if (answer.StartsWith("Future", StringComparison.Ordinal))
        {
            progress = await session.AnswerAsync((MontySuspension)progress, MontyAnswer.Future).InTime();
            given = MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer> { [0] = given });
        }

        progress = await session.AnswerAsync((MontySuspension)progress, given).InTime();
        return progress.ShouldBeOfType<MontyComplete>().Value.AsString();
    }

    private FeedOptions Paying() =>
        new()
        {
            Tools =
            [
                MontyTool.Async(
                    "pay",
                    (call, _) =>
                    {
                        paid.Add(call.Arguments[0]);
                        return new(call.Arguments[0]);
                    }
                ),
                MontyTool.Sync("len_paid", _ => paid.Count),
            ],
        };

    private static FeedOptions Named(string name) => new() { ScriptName = name };

    private static MontyAnswer Outcomes(Dictionary<uint, MontyValue> values) =>
        MontyAnswer.Resolve(values.ToDictionary(v => v.Key, v => MontyAnswer.Return(v.Value)));

    private static MontyTool LaterTool(string name, Func<MontyFunctionCall, MontyValue> handler) =>
        MontyTool.Async(
            name,
            async (call, _) =>
            {
                await Task.Yield();
                return handler(call);
            }
        );
}
