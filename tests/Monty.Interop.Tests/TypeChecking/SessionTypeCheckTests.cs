using System.Runtime.Versioning;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.TypeChecking;

public sealed class SessionTypeCheckTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    private static readonly SessionOptions Checked = new() { TypeCheck = new SessionTypeCheck() };

    [Fact]
    public async Task A_feed_with_errors_does_not_run_and_changes_nothing()
    {
        using var session = await runtime.OpenAsync(Checked);
        await session.FeedAsync("n = 1").InTime();

        var refused = (
            await session
                .StartAsync(
                    "n = 2\nprint('ran')\nx: int = 'text'",
                    new FeedOptions { OnPrint = _ => throw new InvalidOperationException("it ran") }
                )
                .InTime()
        ).ShouldBeOfType<MontyTypingFailed>();
        var thrown = await Should.ThrowAsync<MontyTypeCheckException>(() => session.FeedAsync("n + 'text'").InTime());

        refused.Diagnostics.ShouldStartWith("main.py:3:10: error[invalid-assignment]");
        refused.Report!.HasErrors.ShouldBeTrue();
        session.LastTypeCheck.ShouldBe(thrown.Report);
        thrown.Message.ShouldStartWith("The type check refused the code:\nmain.py:1:1: error[unsupported-operator]");
        thrown.Diagnostics.ShouldBe(thrown.Report.Text);
        session.Pending.ShouldBeNull();
        (await session.FeedAsync("n").InTime()).Value.ShouldBe(new MontyInt(1));
    }

    [Fact]
    public async Task Frames_are_named_rightly_after_a_refused_feed()
    {
        using var session = await runtime.OpenAsync(Checked);
        await Should.ThrowAsync<MontyTypeCheckException>(() =>
            session.FeedAsync("nope", new FeedOptions { ScriptName = "refused.py" }).InTime()
        );

        var failed = await Should.ThrowAsync<MontyScriptException>(() =>
            session.FeedAsync("1/0", new FeedOptions { ScriptName = "ran.py" }).InTime()
        );

        failed.Error.Frames.ShouldHaveSingleItem().FileName.ShouldBe("ran.py");
    }

    [Fact]
    public async Task Warnings_are_reported_and_the_feed_runs()
    {
        using var session = await runtime.OpenAsync(Checked);

        var result = await session.FeedAsync("x = 1  # type: ignore\nx").InTime();

        result.Value.ShouldBe(new MontyInt(1));
        result.Warnings.ShouldHaveSingleItem().ShouldStartWith("main.py:1:8: warning[unused-type-ignore-comment]");
        session.LastTypeCheck!.HasErrors.ShouldBeFalse();
        (await session.FeedAsync("x").InTime()).Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Imports_functions_classes_and_variables_of_earlier_feeds_are_known()
    {
        using var session = await runtime.OpenAsync(Checked);
        await session.FeedAsync("import json\nfrom math import sqrt as root").InTime();
        await session
            .FeedAsync(
                "class Cup:\n    def __init__(self, ml: int):\n        self.ml = ml\ndef fill(cup: Cup, ml: int) -> Cup:\n    cup.ml += ml\n    return cup"
            )
            .InTime();
        await session.FeedAsync("cup = Cup(3)\nfor i in range(2): last = fill(cup, i)").InTime();

        (await session.FeedAsync("json.dumps([fill(cup, 1).ml, root(4), i, last.ml])").InTime()).Value.ShouldBe(
            new MontyStr("[5, 2.0, 1, 5]")
        );

        await RefusedAsync(session, "json.dump5(1)", "unresolved-attribute");
        await RefusedAsync(session, "root('4')", "invalid-argument-type");
        await RefusedAsync(session, "fill(cup, 'much')", "invalid-argument-type");
        await RefusedAsync(session, "cup.lid", "unresolved-attribute");
    }

    [Theory]
    [InlineData("x = 1", "x = 'a'\nx.upper()")]
    [InlineData("x: int = 1", "x = 'a'\nx.upper()")]
    [InlineData("x: int = 1", "x: str = 'a'\nx.upper()")]
    [InlineData("x: int = 1", "x = 'a'\ndef up():\n    return x.upper()\nup()")]
    [InlineData("def x(): return 1", "x = 'a'\nx.upper()")]
    [InlineData("class x: pass", "x = 'a'\nx.upper()")]
    [InlineData("import json as x", "x = 'a'\nx.upper()")]
    [InlineData("def x(): return 1", "def x(n): return n\ndef call():\n    return x('a').upper()\ncall()")]
    [InlineData("class x: pass", "class x:\n    def __init__(self, n): self.n = n\nx('a').n.upper()")]
    [InlineData("x = 1", "for x in ['a']: x.upper()")]
    [InlineData("x = 'a'", "x = x.upper()\nx.lower()")]
    [InlineData("x = 0", "x += 1\nx")]
    public async Task A_name_may_be_bound_to_another_type_by_a_later_feed(string first, string second)
    {
        using var session = await runtime.OpenAsync(Checked);
        await session.FeedAsync(first).InTime();

        await session.FeedAsync(second).InTime();
        await session.FeedAsync("def read():\n    return x\nread()\nx").InTime();
    }

    [Fact]
    public async Task The_latest_binding_of_a_name_is_the_one_that_counts()
    {
        using var session = await runtime.OpenAsync(Checked);
        await session.FeedAsync("def area(w: int) -> int:\n    return w\nsize = 1").InTime();
        await session.FeedAsync("def area(w: int, h: int) -> int:\n    return w * h\nsize = 'big'").InTime();

        await RefusedAsync(session, "area(2)", "missing-argument");
        await RefusedAsync(session, "def double():\n    return size + 1", "unsupported-operator");
        (await session.FeedAsync("def twice():\n    return area(2, 3) * 2\n[twice(), size.upper()]").InTime())
            .Value.ToString()
            .ShouldBe("[12, 'BIG']");
    }

    [Fact]
    public async Task A_return_at_the_top_neither_is_an_error_nor_hides_later_feeds()
    {
        using var session = await runtime.OpenAsync(Checked);

        (await session.FeedAsync("n = 1\nif n: return 'early'\nreturn").InTime()).Value.ShouldBe(new MontyStr("early"));

        await RefusedAsync(session, "n + 'a'", "unsupported-operator");
    }

    [Fact]
    public async Task Of_a_feed_that_failed_the_statements_that_ran_are_known()
    {
        using var session = await runtime.OpenAsync(Checked);
        await Should.ThrowAsync<MontyScriptException>(() =>
            session
                .FeedAsync(
                    "import json\ndef half(n: int) -> float:\n    return n / 2\ndone = 1\nfor later in [0]:\n    1 / later\nnever: int = 1"
                )
                .InTime()
        );

        (await session.FeedAsync("json.dumps([half(3), done, later])").InTime()).Value.ShouldBe(new MontyStr("[1.5, 1, 0]"));
        await RefusedAsync(session, "half('a')", "invalid-argument-type");
        await RefusedAsync(session, "done + 'a'", "unsupported-operator");

        // Whether it was bound is not known, so that it is taken for anything; the script finds out.
        (await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("never").InTime())).Error.Type.ShouldBe("NameError");
    }

    [Fact]
    public async Task Of_a_feed_that_a_limit_ended_the_names_are_taken_for_anything()
    {
        using var session = await runtime.OpenAsync(Checked with { Limits = new MontyLimits { MaxSuspensions = 2 } });
        await session.FeedAsync("kept: int = 1").InTime();
        var tools = new FeedOptions { Tools = [MontyTool.Sync("ask", _ => MontyValue.None)] };
        await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("kept = 'a'\nask()\nask()\nask()", tools).InTime());

        (await session.FeedAsync("kept.upper()").InTime()).Value.ShouldBe(new MontyStr("A"));
    }

    [Theory]
    [InlineData("# type: ignore\nx: int = 'a'")]
    [InlineData("# a comment\n\n#type:ignore # because\r\n'doc'\nx: int = 'a'")]
    [InlineData("# ty: ignore\nx: int = 'a'")]
    public async Task Comments_that_silence_a_whole_script_silence_all_of_it_and_no_other(string code)
    {
        using var session = await runtime.OpenAsync(Checked);

        (await session.FeedAsync(code).InTime()).Warnings.ShouldBeEmpty();
        await session.FeedAsync("x").InTime();

        await RefusedAsync(session, "1\n# type: ignore\ny: int = 'a'", "invalid-assignment");
        await RefusedAsync(session, "y: int = 'a'", "invalid-assignment");
    }

    [Fact]
    public async Task A_mark_of_the_encoding_is_no_error()
    {
        using var session = await runtime.OpenAsync(Checked);

        await session.FeedAsync("\ufeffimport json").InTime();

        (await session.FeedAsync("\ufeffjson.dumps(1)").InTime()).Value.ShouldBe(new MontyStr("1"));
    }

    [Fact]
    public async Task Code_that_the_parser_refused_leaves_nothing()
    {
        using var session = await runtime.OpenAsync(Checked);
        await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("ghost = 1\nclass A(int): pass").InTime());

        await RefusedAsync(session, "ghost", "unresolved-reference");
    }

    [Fact]
    public async Task Inputs_and_names_are_known_by_their_values_and_stay_so()
    {
        using var session = await runtime.OpenAsync(Checked);
        var feed = new FeedOptions
        {
            Inputs = new Dictionary<string, MontyValue>
            {
                ["count"] = new MontyInt(2),
                ["items"] = new MontyList([]),
                ["flag"] = MontyBool.False,
            },
            Names = new Dictionary<string, MontyValue> { ["LIMIT"] = new MontyInt(9) },
        };

        await RefusedAsync(session, "count + 'a'", "unsupported-operator", feed);
        await RefusedAsync(session, "LIMIT + 'a'", "unsupported-operator", feed);
        await RefusedAsync(session, "if flag:\n    count + 'a'", "unsupported-operator", feed);
        await session.FeedAsync("items.append(count)\nLIMIT + count", feed).InTime();
        await RefusedAsync(session, "count + 'a'", "unsupported-operator");
        (await session.FeedAsync("count = str(count)\nLIMIT = 'low'\ncount.upper() + LIMIT.upper()", feed).InTime()).Value.ShouldBe(
            new MontyStr("2LOW")
        );

        // An input is bound again by each feed that gives it; a name of the host is not asked for where the script has its own.
        await RefusedAsync(session, "LIMIT + 1", "unsupported-operator", feed);
        await RefusedAsync(session, "count.upper()", "unresolved-attribute", feed);
    }

    [Fact]
    public async Task A_call_with_an_effect_that_is_not_awaited_refuses_the_feed()
    {
        using var session = await runtime.OpenAsync(Checked);
        var pay = new FeedOptions { Tools = [MontyTool.Async("pay", (_, _) => new(1))] };
        var look = new FeedOptions { Tools = [MontyTool.Async("look", (_, _) => new(1), isReadOnly: true)] };

        await RefusedAsync(session, "pay()", "unused-awaitable", pay);
        (await session.FeedAsync("look()", look).InTime()).Warnings.ShouldHaveSingleItem().ShouldContain("unused-awaitable");
        (await session.FeedAsync("await pay()", pay).InTime()).Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_host_chooses_the_rules_that_refuse_a_feed_and_dumps_keep_them()
    {
        var pay = new FeedOptions { Tools = [MontyTool.Async("pay", (_, _) => new(1))] };
        var look = new FeedOptions { Tools = [MontyTool.Async("look", (_, _) => new(1), isReadOnly: true)] };
        using var lenient = await runtime.OpenAsync(Rules());
        using var strict = await runtime.OpenAsync(Rules("unused-awaitable"));

        (await lenient.FeedAsync("pay()", pay).InTime()).Warnings.ShouldHaveSingleItem().ShouldContain("unused-awaitable");
        await RefusedAsync(strict, "look()", "unused-awaitable", look);
        using var loaded = await runtime.Pool.LoadSessionAsync(
            await strict.DumpAsync(TestContext.Current.CancellationToken),
            cancellationToken: TestContext.Current.CancellationToken
        );
        await RefusedAsync(loaded, "look()", "unused-awaitable", look);

        static SessionOptions Rules(params string[] rules) => new() { TypeCheck = new SessionTypeCheck { ErrorRules = rules.ToHashSet() } };
    }

    [Fact]
    public async Task A_stateless_turn_refuses_a_call_that_is_not_awaited()
    {
        var options = new TurnOptions
        {
            Session = new SessionOptions { TypeCheck = new SessionTypeCheck { Stubs = "async def pay() -> int: ..." } },
        };

        var turn = await runtime.Pool.TurnAsync(null, new FeedTurn("pay()") { AsyncFunctions = ["pay"] }, options).InTime();

        turn.Progress.ShouldBeOfType<MontyTypingFailed>().Report!.Diagnostics.ShouldHaveSingleItem().Rule.ShouldBe("unused-awaitable");
        (
            await runtime.Pool.TurnAsync(turn.Dump, new FeedTurn("await pay()") { AsyncFunctions = ["pay"] }, options).InTime()
        ).Progress.ShouldBeOfType<MontyFunctionCall>();
    }

    [Fact]
    public async Task Tools_are_known_in_the_feeds_that_have_them()
    {
        using var session = await runtime.OpenAsync(
            Checked with
            {
                TypeCheck = new SessionTypeCheck { Stubs = "def price(item: str) -> float: ..." },
            }
        );
        var feed = new FeedOptions
        {
            Tools =
            [
                MontyTool.Sync("price", _ => new MontyFloat(2.5)),
                MontyTool.Async("slow", (_, _) => ValueTask.FromResult<MontyValue>(new MontyInt(4))),
            ],
        };

        (await session.FeedAsync("price('tea') + await slow(1, x=2)", feed).InTime()).Value.ShouldBe(new MontyFloat(6.5));
        await RefusedAsync(session, "price(3)", "invalid-argument-type", feed);
        await RefusedAsync(session, "slow(1)", "unresolved-reference");
    }

    [Fact]
    public async Task Broken_stubs_are_refused_when_the_session_is_opened()
    {
        var broken = Checked with { TypeCheck = new SessionTypeCheck { Stubs = "def ok() -> int: ...\ndef broken(" } };
        using var session = await runtime.OpenAsync(Checked);
        var dump = await session.DumpAsync().InTime();

        foreach (
            var open in new Func<Task>[]
            {
                () => runtime.OpenAsync(broken).AsTask(),
                () => runtime.Pool.RunAsync("1", null, broken),
                () => runtime.Pool.LoadSessionAsync(dump, broken),
                () => runtime.Pool.TurnAsync(dump, new FeedTurn("1"), new TurnOptions { Session = broken }),
                () => runtime.Pool.CheckTypesAsync("1", new TypeCheckOptions { Stubs = broken.TypeCheck.Stubs }),
            }
        )
        {
            (await Should.ThrowAsync<ArgumentException>(() => open().InTime())).Message.ShouldStartWith(
                "The stubs are broken, and the checker would ignore them: line 2, column 12: "
            );
        }
    }

    [Theory]
    [InlineData("# type: ignore\r'''\n'''\nprint('RAN')")]
    [InlineData("# type: ignore\r\n'''\r'''\rwhile True: pass")]
    public async Task No_comment_hides_code_that_would_run(string code)
    {
        var report = await runtime.Pool.CheckTypesAsync(code).InTime();

        report
            .Diagnostics.Select(d => d.Rule)
            .ShouldBe(["unused-type-ignore-comment"], "what had run would have been another end than the parser's refusal");
    }

    [Fact]
    public async Task Lent_objects_are_known_before_each_feed_and_on_demand()
    {
        using var session = await runtime.OpenAsync(new SessionOptions { TypeCheck = new SessionTypeCheck() });
        var words = MontyHostClass.Define<string[]>("Words", m => m.Method("count", (string[] w) => w.Length)).Wrap(["a", "b"]);
        var feed = new FeedOptions { HostObjects = new Dictionary<string, MontyHostObject> { ["words"] = words } };

        (await session.CheckTypesAsync("words.count()", feed).InTime()).Diagnostics.ShouldBeEmpty();
        (await session.FeedAsync("words.count()", feed).InTime()).Value.ShouldBe(new MontyInt(2));
        (await session.FeedAsync("words.count() + 1").InTime()).Value.ShouldBe(new MontyInt(3), "it stays bound");
    }

    [Fact]
    public async Task On_demand_every_feed_runs_and_code_is_checked_over_it_without_running()
    {
        using var session = await runtime.OpenAsync(new SessionOptions { TypeCheck = new SessionTypeCheck { OnlyOnDemand = true } });
        (await session.FeedAsync("n: int = 'text'\nn").InTime()).Warnings.ShouldBeEmpty();
        session.LastTypeCheck.ShouldBeNull();
        (await session.StartAsync("m: int = ask()").InTime()).ShouldBeOfType<MontyFunctionCall>();

        var report = await session.CheckTypesAsync("n = 5\nreveal_type(n)\nn + ''\nprint('ran')").InTime();

        report.Diagnostics.Select(d => d.Rule).ShouldBe(["undefined-reveal", "revealed-type", "unsupported-operator"]);
        (await session.AnswerAsync(session.Pending!, MontyAnswer.Return(new MontyInt(1))).InTime()).ShouldBeOfType<MontyComplete>();
        (await session.FeedAsync("[n, m]").InTime()).Value.ToString().ShouldBe("['text', 1]");
        (await session.CheckTypesAsync("m + ''").InTime()).HasErrors.ShouldBeTrue();
    }

    [Fact]
    public async Task A_session_without_checks_says_how_to_get_them()
    {
        using var session = await runtime.OpenAsync();

        (await Should.ThrowAsync<InvalidOperationException>(() => session.CheckTypesAsync("1").InTime())).Message.ShouldContain(
            "SessionOptions.TypeCheck"
        );
    }

    [Fact]
    public async Task What_is_known_travels_in_dumps_with_the_feed_that_waits()
    {
        using var session = await runtime.OpenAsync(Checked with { TypeCheck = new SessionTypeCheck { Stubs = "def ask() -> int: ..." } });
        await session.FeedAsync("import json").InTime();
        await session.StartAsync("answer = ask()").InTime();
        var dump = await session.DumpAsync().InTime();

        using var loaded = await runtime.Pool.LoadSessionAsync(dump).InTime();
        await loaded.AnswerAsync(loaded.Pending!, MontyAnswer.Return(new MontyInt(42))).InTime();

        (await loaded.FeedAsync("json.dumps(answer)").InTime()).Value.ShouldBe(new MontyStr("42"));
        await RefusedAsync(loaded, "answer + 'a'", "unsupported-operator");
        (await runtime.Pool.RunAsync(await loaded.DumpAsync().InTime(), "answer").InTime()).Value.ShouldBe(new MontyInt(42));
        await Should.ThrowAsync<MontyTypeCheckException>(async () =>
            await runtime.Pool.RunAsync(await loaded.DumpAsync().InTime(), "json.nope").InTime()
        );

        using var lenient = await runtime
            .Pool.LoadSessionAsync(dump, new SessionOptions { TypeCheck = new SessionTypeCheck { OnlyOnDemand = true } })
            .InTime();
        await lenient.AbortAsync(new PythonError("RuntimeError", "no")).InTime();
        (await Should.ThrowAsync<MontyScriptException>(() => lenient.FeedAsync("json.nope").InTime())).Error.Type.ShouldBe(
            "AttributeError"
        );
    }

    [Fact]
    public async Task Stateless_turns_check_and_remember_too()
    {
        var turn = new TurnOptions { Session = Checked };
        var first = await runtime.Pool.TurnAsync(null, new FeedTurn("print('one')\nn = ask()"), turn).InTime();
        first.Progress.ShouldBeOfType<MontyTypingFailed>().Diagnostics.ShouldContain("unresolved-reference");
        first.Printed.ShouldBeEmpty();

        var known = await runtime.Pool.TurnAsync(first.Dump, new FeedTurn("def f(n: int) -> int:\n    return n")).InTime();
        known.Progress.ShouldBeOfType<MontyComplete>();
        var refused = await runtime.Pool.TurnAsync(known.Dump, new FeedTurn("f('a')")).InTime();

        refused.Progress.ShouldBeOfType<MontyTypingFailed>();
        refused.Dump.ShouldBe(known.Dump);
        (
            await runtime
                .Pool.TurnAsync(known.Dump, new FeedTurn("f(n)", new Dictionary<string, MontyValue> { ["n"] = new MontyInt(7) }))
                .InTime()
        )
            .Progress.ShouldBeOfType<MontyComplete>()
            .Value.ShouldBe(new MontyInt(7));
    }

    [Fact]
    public async Task A_reset_forgets()
    {
        using var session = await runtime.OpenAsync(Checked);
        await session.FeedAsync("n = 1").InTime();

        await session.ResetAsync();

        await RefusedAsync(session, "n", "unresolved-reference");
    }

    [Fact]
    public async Task Sources_are_remembered_up_to_a_bound_and_their_names_for_good()
    {
        using var session = await runtime.OpenAsync(Checked);
        await session.FeedAsync("def first(n: int) -> int:\n    return n").InTime();
        var filler = string.Concat(Enumerable.Range(0, 500).Select(i => $"{{0}}_{i} = 'a text of some length that fills the memory'\n"));
        for (var feed = 0; feed < 4; feed++)
        {
            await session.FeedAsync(filler.Replace("{0}", $"v{feed}", StringComparison.Ordinal)).InTime();
        }

        (await session.FeedAsync("first('a')").InTime()).Value.ShouldBe(new MontyStr("a")); // known by name only
        await RefusedAsync(session, "v3_499 + 1", "unsupported-operator");
        await RefusedAsync(session, "second(1)", "unresolved-reference");
        (await session.DumpAsync().InTime()).Bytes.Length.ShouldBeLessThan(2 * (await SourceSizeAsync(filler)));
    }

    [Fact]
    public async Task Feeds_that_leave_nothing_take_no_room()
    {
        var sizes = new List<int>();
        foreach (var options in new[] { Checked, new SessionOptions() })
        {
            using var session = await runtime.OpenAsync(options);
            for (var i = 0; i < 20; i++)
            {
                await session.FeedAsync("n = " + new string('1', 1000)).InTime();
            }

            for (var i = 0; i < 20; i++)
            {
                await session.FeedAsync("print('" + new string('x', 1000) + "')").InTime();
            }

            sizes.Add((await session.DumpAsync().InTime()).Bytes.Length);
        }

        (sizes[0] - sizes[1]).ShouldBeLessThan(2000); // the runtime keeps every source in its own dump
    }

    [Fact]
    public async Task A_session_that_holds_the_only_worker_is_checked_all_the_same()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });
        using var session = await pool.OpenSessionAsync(Checked).InTime();

        (await session.FeedAsync("1 + 1").InTime()).Value.ShouldBe(new MontyInt(2));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => pool.CheckTypesAsync($"{i}"))).InTime();

        pool.Statistics.Live.ShouldBe(2);
    }

    [Fact]
    public async Task A_cancelled_check_leaves_the_session_as_it_was()
    {
        using var session = await runtime.OpenAsync(Checked);
        await session.FeedAsync("n = 1").InTime();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => session.FeedAsync("n = 2", null, cancelled.Token).InTime());
        await Should.ThrowAsync<OperationCanceledException>(() => session.CheckTypesAsync("n", null, cancelled.Token).InTime());

        (await session.FeedAsync("n").InTime()).Value.ShouldBe(new MontyInt(1));
    }

    [LinuxFact]
    [SupportedOSPlatform("linux")]
    public async Task A_check_that_hangs_is_given_up_and_the_session_is_as_it_was()
    {
        using var wrapped = new WrappedRuntime(before: "if [ $n -gt 1 ]; then exec sleep 1000; fi");
        using var pool = new MontyPool(new MontyPoolOptions { RuntimePath = wrapped.Path });
        using var session = await pool.OpenSessionAsync(Checked).InTime();
        using var cancellation = new CancellationTokenSource();

        var feeding = session.FeedAsync("1", null, cancellation.Token);
        await Should.ThrowAsync<InvalidOperationException>(() => session.CheckTypesAsync("1").InTime());
        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => feeding.InTime());
        (await session.DumpAsync().InTime()).Bytes.Length.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task The_preamble_runs_at_the_start_and_after_each_reset()
    {
        using var session = await runtime.OpenAsync(
            Checked with
            {
                Preamble = "import json\ncalls = []\ndef note(x: int) -> int:\n    calls.append(x)\n    return len(calls)",
            }
        );

        (await session.FeedAsync("note(1)\nnote(2)").InTime()).Value.ShouldBe(new MontyInt(2));
        await RefusedAsync(session, "note('a')", "invalid-argument-type");
        await session.ResetAsync();
        (await session.FeedAsync("[json.dumps(1), note(3)]").InTime()).Value.ToString().ShouldBe("['1', 1]");
    }

    [Fact]
    public async Task A_preamble_that_fails_opens_no_session()
    {
        using var pool = new MontyPool(new MontyPoolOptions { MaxWorkers = 1 });

        var failed = await Should.ThrowAsync<MontyScriptException>(() =>
            pool.OpenSessionAsync(new SessionOptions { Preamble = "1/0" }).InTime()
        );
        await Should.ThrowAsync<MontyTypeCheckException>(() => pool.OpenSessionAsync(Checked with { Preamble = "nope" }).InTime());
        (
            await Should.ThrowAsync<ArgumentException>(() =>
                pool.TurnAsync(null, new FeedTurn("1"), new TurnOptions { Session = new SessionOptions { Preamble = "1" } }).InTime()
            )
        ).Message.ShouldContain("PrepareAsync");

        failed.Error.Frames.ShouldHaveSingleItem().FileName.ShouldBe("<preamble>");
        (await pool.RunAsync("1").InTime()).Value.ShouldBe(new MontyInt(1)); // the worker came back
    }

    private static async Task RefusedAsync(MontySession session, string code, string rule, FeedOptions? feed = null) =>
        (await Should.ThrowAsync<MontyTypeCheckException>(() => session.FeedAsync(code, feed).InTime()))
            .Report.Diagnostics.Select(d => d.Rule)
            .ShouldContain(rule);

    private async Task<int> SourceSizeAsync(string filler)
    {
        using var plain = await runtime.OpenAsync();
        for (var feed = 0; feed < 4; feed++)
        {
            await plain.FeedAsync(filler.Replace("{0}", $"v{feed}", StringComparison.Ordinal)).InTime();
        }

        return (await plain.DumpAsync().InTime()).Bytes.Length;
    }
}
