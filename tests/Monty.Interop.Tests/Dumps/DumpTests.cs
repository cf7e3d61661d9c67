using System.Diagnostics;
using System.Runtime.Versioning;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Dumps;

/// <summary>A session that is loaded from a dump continues exactly as the original would have.</summary>
[SupportedOSPlatform("linux")]
public sealed class DumpTests : IDisposable
{
    private readonly MontyPool here = new(new MontyPoolOptions { MaxWorkers = 2 });
    private readonly MontyPool there = new(new MontyPoolOptions { MaxWorkers = 2 });

    /// <summary>Programs that wait once and evaluate to 42 when they are answered with 41, one for each kind of suspension.</summary>
    public static TheoryData<string, Type> Suspensions =>
        new()
        {
            { "n = fetch('url', 2.5, retries=3, deep=[{'a': (1, None)}]) + 1\nn", typeof(MontyFunctionCall) },
            { "from pathlib import Path\nn = int(str(Path('/etc/answer').read_text())) + 1\nn", typeof(MontyOsCall) },
            { "n = answer_of_the_host + 1\nn", typeof(MontyNameLookup) },
            {
                "import asyncio\nasync def both():\n    return await asyncio.gather(fetch(1), fetch(2))\nn = min(await both()) + 1\nn",
                typeof(MontyResolveFutures)
            },
            {
                "def f():\n    try:\n        return fetch('inside')\n    finally:\n        log.append(1)\nlog = []\nn = f() + len(log)\nn",
                typeof(MontyFunctionCall)
            },
        };

    public void Dispose()
    {
        here.Dispose();
        there.Dispose();
    }

    /// <summary>Programs with the state that docs/concepts/dumps.md lists, each with an expression that must give the same value after a load.</summary>
    public static TheoryData<string, string> ProgramStates =>
        new()
        {
            { "x = [1, 2**100, 2.5, 'é', b'\\xff', None, ..., (1,), {2}, frozenset({3}), {(4,): 'k'}]", "x" },
            {
                "import datetime as d\nx = [d.date(2030, 1, 2), d.time(3, 4), d.datetime(2030, 1, 2, tzinfo=d.timezone.utc), d.timedelta(5)]",
                "x"
            },
            {
                "def outer(n):\n    def inner(m=7):\n        nonlocal n\n        n += m\n        return n\n    return inner\nf = outer(1)\nf()",
                "f()"
            },
            { "f = lambda a, *b, k=3, **c: (a, b, k, c)", "f(1, 2, z=4)" },
            {
                "class C:\n    kind = 'c'\n    def __init__(self):\n        self.y = [self]\n    def m(self):\n        return self.y[0] is self\nc = C()",
                "(c.m(), c.kind, isinstance(c, C))"
            },
            {
                "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass P:\n    a: int\n    b: str = 'x'\np = P(1)",
                "(p == P(1), hash(p) == hash(P(1)), repr(p))"
            },
            {
                "from collections import namedtuple, deque, Counter, defaultdict\nT = namedtuple('T', 'a b')\nx = (T(1, 2), Counter('aab'), deque([1], 3))",
                "(x[0].b, x[1]['a'], len(x[2]))"
            },
            { "x = []\nx.append(x)\ny = x", "(x[0] is x, y is x)" },
            { "i = iter([1, 2, 3])\nnext(i)", "next(i)" },
            { "import re, functools\np = re.compile('a(b)')\nq = functools.partial(max, 3)", "(p.match('ab').group(1), q(4))" },
            { "import json, math as m", "(json.dumps([m.pi > 3]), m.floor(2.5))" },
            { "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    x = e", "(type(x).__name__, str(x))" },
        };

    [LinuxTheory]
    [MemberData(nameof(ProgramStates), DisableDiscoveryEnumeration = true)]
    public async Task Program_state_is_unchanged_after_a_load_in_another_pool(string code, string expression)
    {
        using var session = await here.OpenSessionAsync().InTime();
        await session.FeedAsync(code).InTime();
        using var loaded = await there.LoadSessionAsync(await session.DumpAsync().InTime()).InTime();

        var expected = (await session.FeedAsync(expression).InTime()).Value;

        (await loaded.FeedAsync(expression).InTime()).Value.ToString().ShouldBe(expected.ToString());
        expected.ShouldNotBe(MontyValue.None);
    }

    [LinuxFact]
    public async Task An_idle_session_continues_in_another_pool()
    {
        using var session = await here.OpenSessionAsync().InTime();
        await session
            .FeedAsync(
                "import json\nx = {'a': [1, 2.5, None]}\ndef f(n):\n    return [n, x]\nclass C:\n    def __init__(self):\n        self.y = 7\nc = C()"
            )
            .InTime();

        using var loaded = await there.LoadSessionAsync(await session.DumpAsync().InTime()).InTime();

        loaded.Pending.ShouldBeNull();
        (await loaded.FeedAsync("x['b'] = json.dumps(f(c.y))\nx['b']").InTime()).Value.ShouldBe(
            new MontyStr("""[7, {"a": [1, 2.5, null]}]""")
        );
        (await session.FeedAsync("x").InTime()).Value.ToString().ShouldBe("{'a': [1, 2.5, None]}", "the dumped session is unaffected");
    }

    [LinuxFact]
    public async Task A_session_that_was_never_fed_can_be_dumped_and_still_accepts_its_first_feed()
    {
        using var session = await here.OpenSessionAsync(new SessionOptions { ScriptName = "first.py" }).InTime();

        using var loaded = await there.LoadSessionAsync(await session.DumpAsync().InTime()).InTime();

        foreach (var one in new[] { session, loaded })
        {
            (await Should.ThrowAsync<MontyScriptException>(() => one.FeedAsync("1 / 0").InTime()))
                .Error.Frames[0]
                .FileName.ShouldBe("first.py");
        }
    }

    [LinuxTheory]
    [MemberData(nameof(Suspensions))]
    public async Task A_suspended_session_repeats_its_suspension_and_continues_in_another_pool(string code, Type kind)
    {
        using var session = await here.OpenSessionAsync().InTime();
        var suspension = await SuspendAsync(session, code);
        suspension.ShouldBeOfType(kind);

        var dump = await session.DumpAsync().InTime();
        using var loaded = await there.LoadSessionAsync(dump).InTime();
        using var again = await there.LoadSessionAsync(await loaded.DumpAsync().InTime()).InTime();

        foreach (var one in new[] { session, loaded, again })
        {
            one.Pending.ShouldNotBeNull().Timeless().ShouldBe(suspension.Timeless());
            (await AnswerAsync(one)).ShouldBeOfType<MontyComplete>().Value.ShouldBe(new MontyInt(42));
            (await one.FeedAsync("n").InTime()).Value.ShouldBe(new MontyInt(42));
        }
    }

    [LinuxTheory]
    [MemberData(nameof(Suspensions))]
    public async Task A_suspended_session_continues_in_another_process(string code, Type kind)
    {
        using var session = await here.OpenSessionAsync().InTime();
        var suspension = await SuspendAsync(session, code);
        var dump = await session.DumpAsync().InTime();

        var lines = await RunHostAsync("answer", Convert.ToBase64String(dump.Bytes.Span), kind == typeof(MontyOsCall) ? "'41'" : "41");

        lines[0].ShouldBe(suspension.Timeless().ToString());
        lines[1].ShouldBe(new MontyComplete(new MontyInt(42)).ToString());
        using var back = await here.LoadSessionAsync(new MontyDump(Convert.FromBase64String(lines[2]))).InTime();
        (await back.FeedAsync("n + 1").InTime()).Value.ShouldBe(new MontyInt(43));
        (await AnswerAsync(session)).ShouldBeOfType<MontyComplete>().Value.ShouldBe(new MontyInt(42));
    }

    [LinuxFact]
    public async Task Futures_that_were_resolved_before_the_dump_are_not_pending_after_the_load()
    {
        using var session = await here.OpenSessionAsync().InTime();
        await SuspendAsync(
            session,
            "import asyncio\nasync def one(n):\n    r = await fetch(n)\n    print(n, r)\n    return r\nawait asyncio.gather(one(0), one(1), one(2))"
        );
        (
            await session
                .AnswerAsync(session.Pending!, MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer> { [1] = MontyAnswer.Return("b") }))
                .InTime()
        ).ShouldBeOfType<MontyResolveFutures>();

        using var loaded = await there.LoadSessionAsync(await session.DumpAsync().InTime()).InTime();

        var waiting = loaded.Pending.ShouldBeOfType<MontyResolveFutures>();
        waiting.PendingCallIds.ShouldBe([0u, 2u]);
        (
            await loaded
                .AnswerAsync(
                    waiting,
                    MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer> { [0] = MontyAnswer.Return("a"), [2] = MontyAnswer.Return("c") })
                )
                .InTime()
        )
            .ShouldBeOfType<MontyComplete>()
            .Value.ToString()
            .ShouldBe("['a', 'b', 'c']");
    }

    [LinuxFact]
    public async Task A_dump_leaves_the_session_unchanged_and_can_be_loaded_any_number_of_times()
    {
        using var session = await here.OpenSessionAsync().InTime();
        await SuspendAsync(session, "log = [fetch(1)]\nlog.append(fetch(2))\nlog");
        var dump = await session.DumpAsync().InTime();
        (await session.DumpAsync().InTime()).ShouldBe(dump);

        var results = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            using var copy = await there.LoadSessionAsync(dump).InTime();
            await copy.AnswerAsync(copy.Pending!, MontyAnswer.Return(i)).InTime();
            results.Add(
                (await copy.AnswerAsync(copy.Pending!, MontyAnswer.Return(i * 10)).InTime())
                    .ShouldBeOfType<MontyComplete>()
                    .Value.ToString()
            );
        }

        results.ShouldBe(["[0, 0]", "[1, 10]", "[2, 20]"]);
        session.Pending.ShouldBeOfType<MontyFunctionCall>().Arguments[0].ShouldBe(new MontyInt(1));
    }

    [LinuxFact]
    public async Task Script_names_in_frames_survive_the_dump()
    {
        using var session = await here.OpenSessionAsync(new SessionOptions { ScriptName = "session.py" }).InTime();
        await session.FeedAsync("def fails():\n    raise ValueError('x')", new FeedOptions { ScriptName = "library.py" }).InTime();
        await session.FeedAsync("def calls():\n    fails()").InTime();
        await SuspendAsync(session, "wait()\ncalls()", new FeedOptions { ScriptName = "waiting.py" });

        using var loaded = await there.LoadSessionAsync(await session.DumpAsync().InTime()).InTime();

        var failed = (
            await loaded.AnswerAsync(loaded.Pending!, MontyAnswer.Return(MontyValue.None)).InTime()
        ).ShouldBeOfType<MontyFailed>();
        failed.Error.Frames.Select(f => f.FileName).ShouldBe(["waiting.py", "session.py", "library.py"]);
        var later = await Should.ThrowAsync<MontyScriptException>(() =>
            loaded.FeedAsync("calls()", new FeedOptions { ScriptName = "later.py" }).InTime()
        );
        later.Error.Frames.Select(f => f.FileName).ShouldBe(["later.py", "session.py", "library.py"]);
        (await Should.ThrowAsync<MontyScriptException>(() => loaded.FeedAsync("fails()").InTime()))
            .Error.Frames[0]
            .FileName.ShouldBe("session.py");
    }

    [LinuxFact]
    public async Task A_feed_that_was_never_sent_does_not_shift_the_names_of_later_feeds()
    {
        using var session = await here.OpenSessionAsync().InTime();
        await Should.ThrowAsync<OperationCanceledException>(() =>
            session.StartAsync("1", new FeedOptions { ScriptName = "cancelled.py" }, new CancellationToken(canceled: true)).InTime()
        );
        await Should.ThrowAsync<MontySizeException>(() =>
            session
                .StartAsync(
                    "1",
                    new FeedOptions
                    {
                        ScriptName = "large.py",
                        Inputs = new Dictionary<string, MontyValue> { ["x"] = new MontyBytes(new byte[257 * 1024 * 1024]) },
                    }
                )
                .InTime()
        );

        using var loaded = await there.LoadSessionAsync(await session.DumpAsync().InTime()).InTime();

        foreach (var one in new[] { session, loaded })
        {
            (
                await Should.ThrowAsync<MontyScriptException>(() =>
                    one.FeedAsync("1 / 0", new FeedOptions { ScriptName = "sent.py" }).InTime()
                )
            )
                .Error.Frames[0]
                .FileName.ShouldBe("sent.py");
        }
    }

    [LinuxFact]
    public async Task Limits_on_recursion_memory_and_time_survive_the_dump()
    {
        var limits = new MontyLimits
        {
            MaxRecursionDepth = 20,
            MaxMemoryBytes = 3_000_000,
            MaxDuration = TimeSpan.FromSeconds(1),
        };
        using var session = await here.OpenSessionAsync(new SessionOptions { Limits = limits }).InTime();
        await session.FeedAsync("def down(n):\n    return 0 if n == 0 else down(n - 1)").InTime();

        using var loaded = await there
            .LoadSessionAsync(await session.DumpAsync().InTime(), new SessionOptions { Limits = MontyLimits.None })
            .InTime();

        (await loaded.FeedAsync("down(15)").InTime()).Value.ShouldBe(new MontyInt(0));
        (await Should.ThrowAsync<MontyScriptException>(() => loaded.FeedAsync("down(50)").InTime())).Error.Type.ShouldBe("RecursionError");
        (await Should.ThrowAsync<MontyScriptException>(() => loaded.FeedAsync("[0] * 10**7").InTime())).Origin.ShouldBe(
            FailureOrigin.Limit
        );
        var late = await Should.ThrowAsync<MontyScriptException>(() => loaded.FeedAsync("while True: pass").InTime());
        (late.Origin, late.Error.Type).ShouldBe((FailureOrigin.Limit, "TimeoutError"));
    }

    [LinuxFact]
    public async Task A_session_continues_from_the_dump_before_the_turn_that_hit_the_time_limit()
    {
        var limits = new MontyLimits { MaxDuration = TimeSpan.FromSeconds(1) };
        using var session = await here.OpenSessionAsync(new SessionOptions { Limits = limits }).InTime();
        await session.FeedAsync("done = ['before']").InTime();
        var before = await session.DumpAsync().InTime();
        var spent = await Should.ThrowAsync<MontyScriptException>(() =>
            session.FeedAsync("done.append('half')\nwhile True: pass").InTime()
        );
        (spent.Origin, spent.Error.Type).ShouldBe((FailureOrigin.Limit, "TimeoutError"));
        (await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("done").InTime())).Error.Type.ShouldBe(
            "TimeoutError",
            "every later feed fails too"
        );

        using var again = await here.LoadSessionAsync(before).InTime();

        var result = await again.FeedAsync("done.append('after')\ndone").InTime();
        result.Value.ToString().ShouldBe("['before', 'after']");
        result.ExecutionTime.ShouldBeLessThan(limits.MaxDuration.Value, "the time spent in the abandoned turn is not counted");
        (await Should.ThrowAsync<MontyScriptException>(() => again.FeedAsync("while True: pass").InTime())).Origin.ShouldBe(
            FailureOrigin.Limit,
            "the limit itself still applies"
        );
    }

    [LinuxFact]
    public async Task Suspension_counts_survive_the_dump()
    {
        var limits = new MontyLimits { MaxSuspensions = 6, MaxSuspensionsPerFeed = 4 };
        using var session = await here.OpenSessionAsync(new SessionOptions { Limits = limits }).InTime();
        await SuspendAsync(session, "for i in range(100): fetch(i)");
        await session.AnswerAsync(session.Pending!, MontyAnswer.Return(0)).InTime();
        var dump = await session.DumpAsync().InTime(); // two suspensions so far

        using (var loaded = await there.LoadSessionAsync(dump).InTime())
        {
            await ShouldFailAfterAsync(loaded, answers: 2, "RuntimeError: suspension limit 4 exceeded");

            // This is the sixth suspension of the session: the first feed counted five, including the one that was refused.
            await SuspendAsync(loaded, "for i in range(100): fetch(i)");
            await ShouldFailAfterAsync(loaded, answers: 0, "RuntimeError: suspension limit 6 exceeded");
        }

        using var capped = await there
            .LoadSessionAsync(dump, new SessionOptions { Limits = new MontyLimits { MaxSuspensions = 3 } })
            .InTime();
        await ShouldFailAfterAsync(capped, answers: 1, "RuntimeError: suspension limit 3 exceeded");

        static async Task ShouldFailAfterAsync(MontySession session, int answers, string error)
        {
            for (var answered = 0; answered < answers; answered++)
            {
                (await session.AnswerAsync(session.Pending!, MontyAnswer.Return(0)).InTime()).ShouldBeOfType<MontyFunctionCall>();
            }

            var failed = (await session.AnswerAsync(session.Pending!, MontyAnswer.Return(0)).InTime()).ShouldBeOfType<MontyFailed>();
            (failed.Error.TypeAndMessage, failed.Origin).ShouldBe((error, FailureOrigin.Limit));
        }
    }

    [LinuxFact]
    public async Task Text_printed_before_the_dump_is_not_printed_again_after_the_load()
    {
        using var session = await here.OpenSessionAsync().InTime();
        await SuspendAsync(session, "print('before')\nwait()\nprint('after')");
        var printed = new List<string>();

        using var loaded = await there.LoadSessionAsync(await session.DumpAsync().InTime()).InTime();
        var result = await loaded
            .ContinueAsync(new FeedOptions { Tools = [MontyTool.Sync("wait", _ => MontyValue.None)], OnPrint = printed.Add })
            .InTime();

        result.Value.ShouldBe(MontyValue.None);
        string.Concat(printed).ShouldBe("after\n");
    }

    [LinuxFact]
    public async Task Canceling_a_load_leaves_the_pool_and_the_dump_usable()
    {
        using var session = await here.OpenSessionAsync().InTime();
        await session.FeedAsync("x = 1").InTime();
        var dump = await session.DumpAsync().InTime();
        await there.RunAsync("1").InTime();
        var before = there.Statistics;

        await Should.ThrowAsync<OperationCanceledException>(() =>
            there.LoadSessionAsync(dump, null, new CancellationToken(canceled: true)).InTime()
        );

        there.Statistics.ShouldBe(before);
        using var loaded = await there.LoadSessionAsync(dump).InTime();
        (await loaded.FeedAsync("x").InTime()).Value.ShouldBe(new MontyInt(1));
    }

    [LinuxFact]
    public async Task Canceling_a_dump_leaves_the_session_usable()
    {
        using var session = await here.OpenSessionAsync().InTime();
        await session.FeedAsync("x = 1").InTime();

        await Should.ThrowAsync<OperationCanceledException>(() => session.DumpAsync(new CancellationToken(canceled: true)).InTime());

        (await session.FeedAsync("x").InTime()).Value.ShouldBe(new MontyInt(1));
    }

    [Fact]
    public void ToString_shows_the_size_of_a_dump_and_none_of_its_content()
    {
        var dump = new MontyDump("secret"u8.ToArray());

        dump.ToString().ShouldBe("dump of 6 bytes");
        dump.ShouldBe(new MontyDump("secret"u8.ToArray()));
        dump.GetHashCode().ShouldBe(new MontyDump("secret"u8.ToArray()).GetHashCode());
        dump.ShouldNotBe(new MontyDump("secreT"u8.ToArray()));
    }

    /// <summary>Starts code and returns its suspension. Calls of code that contains <c>await</c> are answered with futures until all tasks wait.</summary>
    private static async Task<MontySuspension> SuspendAsync(MontySession session, string code, FeedOptions? feed = null)
    {
        var asynchronous = code.Contains("await", StringComparison.Ordinal);
        var progress = await session.StartAsync(code, feed).InTime();
        while (asynchronous && progress is MontyFunctionCall call)
        {
            progress = await session.AnswerAsync(call, MontyAnswer.Future).InTime();
        }

        return progress.ShouldBeAssignableTo<MontySuspension>()!;
    }

    private static Task<MontyProgress> AnswerAsync(MontySession session)
    {
        var answer = MontyAnswer.Return(session.Pending is MontyOsCall ? "41" : 41);
        return session
            .AnswerAsync(
                session.Pending!,
                session.Pending is MontyResolveFutures waiting
                    ? MontyAnswer.Resolve(waiting.PendingCallIds.ToDictionary(id => id, _ => answer))
                    : answer
            )
            .InTime();
    }

    private static async Task<string[]> RunHostAsync(string verb, params string[] input)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Monty.Testing.Host"), [verb])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        foreach (var line in input)
        {
            await process.StandardInput.WriteLineAsync(line);
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).InTime();
        process.ExitCode.ShouldBe(0, await error);
        return (await output).TrimEnd('\n').Split('\n');
    }
}
