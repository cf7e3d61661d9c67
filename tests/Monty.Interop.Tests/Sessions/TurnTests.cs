using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sessions;

/// <summary>Feed, answer, abort, reset, and what a wrong use of them costs: nothing.</summary>
public sealed class TurnTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    [Fact]
    public async Task Feeds_share_their_globals()
    {
        using var session = await runtime.OpenAsync();

        await session.FeedAsync("x = 20").InTime();

        (
            await session.FeedAsync("x + y", new FeedOptions { Inputs = new Dictionary<string, MontyValue> { ["y"] = 22 } }).InTime()
        ).Value.ShouldBe(42);
        (await session.FeedAsync("y").InTime()).Value.ShouldBe(22);
    }

    [Fact]
    public async Task A_call_carries_its_arguments_in_order_and_counts_from_zero_in_each_feed()
    {
        using var session = await runtime.OpenAsync();
        for (var feed = 0; feed < 2; feed++)
        {
            var first = (await session.StartAsync("fetch(1, *[2], k=3, **{'z': 4})\nagain()").InTime()).ShouldBeOfType<MontyFunctionCall>();
            (first.Name, first.CallId, first.IsMethodCall).ShouldBe(("fetch", 0u, false));
            first.Arguments.ShouldBe([1, 2]);
            first.Keywords.ShouldBe([new("k", 3), new("z", 4)]);
            first.Display().ShouldBe("fetch(1, 2, k=3, z=4)");
            session.Pending.ShouldBeSameAs(first);

            var second = (
                await session.AnswerAsync(first, MontyAnswer.Return(MontyValue.None)).InTime()
            ).ShouldBeOfType<MontyFunctionCall>();
            second.CallId.ShouldBe(1u);
            (await session.AnswerAsync(second, MontyAnswer.Return(7)).InTime()).ShouldBeOfType<MontyComplete>().Value.ShouldBe(7);
            session.Pending.ShouldBeNull();
        }
    }

    [Fact]
    public async Task A_suspension_takes_one_answer()
    {
        using var session = await runtime.OpenAsync();
        var first = (MontySuspension)await session.StartAsync("a()\nb()").InTime();
        var second = (MontySuspension)await session.AnswerAsync(first, MontyAnswer.Return(1)).InTime();

        (
            await Should.ThrowAsync<InvalidOperationException>(() => session.AnswerAsync(first, MontyAnswer.Return(2)).InTime())
        ).Message.ShouldBe(
            "The session waits for call 1 of b, but call 0 of a was answered. Answer the suspension that was returned last; each takes one answer."
        );
        (await session.AnswerAsync(second, MontyAnswer.Return(3)).InTime()).ShouldBeOfType<MontyComplete>().Value.ShouldBe(3);
        (
            await Should.ThrowAsync<InvalidOperationException>(() => session.AnswerAsync(second, MontyAnswer.Return(2)).InTime())
        ).Message.ShouldContain("does not wait for an answer");
        (await session.FeedAsync("40 + 2").InTime()).Value.ShouldBe(42);
    }

    [Fact]
    public async Task An_equal_suspension_of_another_session_is_not_the_one_that_waits()
    {
        using var one = await runtime.OpenAsync();
        using var other = await runtime.OpenAsync();
        var ofOne = (MontySuspension)await one.StartAsync("a()").InTime();
        await other.StartAsync("a()").InTime();

        await Should.ThrowAsync<InvalidOperationException>(() => other.AnswerAsync(ofOne, MontyAnswer.Return(1)).InTime());
        (await one.AnswerAsync(ofOne, MontyAnswer.Return(1)).InTime()).ShouldBeOfType<MontyComplete>();
    }

    public static TheoryData<string, MontyAnswer> Misfits =>
        new()
        {
            { "call()", MontyAnswer.NotHandled },
            { "call()", MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer>()) },
            { "import os\nos.getenv('A')", MontyAnswer.NotFound },
            { "import os\nos.getenv('A')", MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer>()) },
            { "name", MontyAnswer.Future },
            { "name", MontyAnswer.NotHandled },
            { "await call()", MontyAnswer.Return(1) },
            { "await call()", MontyAnswer.NotFound },
            { "await call()", MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer> { [0] = MontyAnswer.Future }) },
            { "await call()", MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer> { [0] = MontyAnswer.NotHandled }) },
            { "await call()", MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer> { [0] = null! }) },
            { "await call()", MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer> { [9] = MontyAnswer.Return(1) }) },
            { "call()", MontyAnswer.Raise("NoSuchError") },
            { "call()", MontyAnswer.Raise("ValueError", "\uD800") },
            { "call()", MontyAnswer.Return(null!) },
        };

    [Theory]
    [MemberData(nameof(Misfits), DisableDiscoveryEnumeration = true)]
    public async Task An_answer_that_does_not_fit_is_refused_and_a_corrected_one_is_taken(string code, MontyAnswer misfit)
    {
        using var session = await runtime.OpenAsync();
        var waiting = (MontySuspension)await session.StartAsync(code).InTime();
        if (code.StartsWith("await", StringComparison.Ordinal))
        {
            waiting = (MontySuspension)await session.AnswerAsync(waiting, MontyAnswer.Future).InTime();
        }

        await Should.ThrowAsync<ArgumentException>(() => session.AnswerAsync(waiting, misfit).InTime());

        session.Pending.ShouldBeSameAs(waiting);
        var corrected =
            waiting is MontyResolveFutures
                ? MontyAnswer.Resolve(new Dictionary<uint, MontyAnswer> { [0] = MontyAnswer.Return(42) })
                : MontyAnswer.Return(42);
        (await session.AnswerAsync(waiting, corrected).InTime()).ShouldBeOfType<MontyComplete>().Value.ShouldBe(42);
        (await session.FeedAsync("1 + 1").InTime()).Value.ShouldBe(2);
    }

    [Theory]
    [InlineData("call()", "NotFound", "NameError: name 'call' is not defined")]
    [InlineData("name", "NotFound", "NameError: name 'name' is not defined")]
    [InlineData("name", "Raise", "KeyError: 'k'")]
    [InlineData("call()", "Raise", "KeyError: 'k'")]
    [InlineData(
        "from pathlib import Path\nPath('/etc/passwd').read_text()",
        "NotHandled",
        "PermissionError: Permission denied: '/etc/passwd'"
    )]
    [InlineData("import os\nos.environ", "NotHandled", "RuntimeError: 'os.environ' is not supported in this environment")]
    public async Task A_refusing_answer_is_an_exception_that_the_script_can_catch(string code, string answer, string expected)
    {
        using var session = await runtime.OpenAsync();
        var refusal = answer switch
        {
            "NotFound" => MontyAnswer.NotFound,
            "NotHandled" => MontyAnswer.NotHandled,
            _ => MontyAnswer.Raise("KeyError", "k"),
        };

        var failed = (
            await session.AnswerAsync((MontySuspension)await session.StartAsync(code).InTime(), refusal).InTime()
        ).ShouldBeOfType<MontyFailed>();
        (failed.Error.TypeAndMessage, failed.Origin).ShouldBe((expected, FailureOrigin.Script));

        var lines = code.Split('\n');
        var caught = string.Join('\n', [.. lines[..^1], "try:", "    " + lines[^1], "except Exception as e:", "    r = str(e)", "r"]);
        (await session.AnswerAsync((MontySuspension)await session.StartAsync(caught).InTime(), refusal).InTime())
            .ShouldBeOfType<MontyComplete>()
            .Value.ShouldBe(
                expected.StartsWith("KeyError", StringComparison.Ordinal)
                    ? "'k'"
                    : expected[(expected.IndexOf(": ", StringComparison.Ordinal) + 2)..]
            );
    }

    [Fact]
    public async Task A_feed_is_not_taken_while_another_waits()
    {
        using var session = await runtime.OpenAsync();
        var call = (MontySuspension)await session.StartAsync("call()").InTime();

        (await Should.ThrowAsync<InvalidOperationException>(() => session.FeedAsync("1").InTime())).Message.ShouldContain(
            "waits for an answer to call 0 of call"
        );
        (await session.AnswerAsync(call, MontyAnswer.Return(1)).InTime()).ShouldBeOfType<MontyComplete>();
    }

    [Fact]
    public async Task Aborting_ends_the_feed_where_it_waits_and_the_session_goes_on()
    {
        using var session = await runtime.OpenAsync();
        await session.StartAsync("x = 1\ntry:\n    call()\nexcept BaseException:\n    x = 2\nfinally:\n    x = 3").InTime();

        var ended = (await session.AbortAsync(new PythonError("KeyboardInterrupt", "stop")).InTime()).ShouldBeOfType<MontyFailed>();

        ended.Error.TypeAndMessage.ShouldBe("KeyboardInterrupt: stop");
        ended.Error.Frames.ShouldHaveSingleItem().Start.Line.ShouldBe(3);
        (await session.FeedAsync("x").InTime()).Value.ShouldBe(1);
    }

    [Fact]
    public async Task Aborting_when_nothing_waits_or_with_an_unknown_type_is_refused()
    {
        using var session = await runtime.OpenAsync();
        await Should.ThrowAsync<InvalidOperationException>(() => session.AbortAsync(new PythonError("RuntimeError")).InTime());
        var call = (MontySuspension)await session.StartAsync("call()").InTime();

        await Should.ThrowAsync<ArgumentException>(() => session.AbortAsync(new PythonError("NoSuchError")).InTime());

        (await session.AnswerAsync(call, MontyAnswer.Return(1)).InTime()).ShouldBeOfType<MontyComplete>();
    }

    [Theory]
    [InlineData("x = 1")]
    [InlineData("call()")]
    [InlineData("await call()")]
    [InlineData("1/0")]
    public async Task A_reset_drops_everything_in_every_state(string code)
    {
        using var session = await runtime.OpenAsync();
        await session.FeedAsync("kept = 1").InTime();
        await session.StartAsync(code).InTime();

        await session.ResetAsync(TestContext.Current.CancellationToken);
        await session.ResetAsync(TestContext.Current.CancellationToken);

        session.Pending.ShouldBeNull();
        (await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("kept").InTime())).Error.TypeAndMessage.ShouldBe(
            "NameError: name 'kept' is not defined"
        );
        (await session.FeedAsync("40 + 2").InTime()).Value.ShouldBe(42);
    }

    [Fact]
    public async Task A_disposed_session_says_so_and_its_worker_serves_the_next()
    {
        using var pool = new MontyPool();
        var session = await pool.OpenSessionAsync(cancellationToken: TestContext.Current.CancellationToken);
        await session.FeedAsync("x = 1").InTime();
        await session.StartAsync("call()").InTime();
        await session.DisposeAsync();
        await session.DisposeAsync();

        (await Should.ThrowAsync<ObjectDisposedException>(() => session.FeedAsync("1").InTime())).Message.ShouldStartWith(
            "The session was disposed. Open another session"
        );
        using var next = await pool.OpenSessionAsync(cancellationToken: TestContext.Current.CancellationToken);
        await Should.ThrowAsync<MontyScriptException>(() => next.FeedAsync("x").InTime());
        pool.Statistics.Started.ShouldBe(1);
    }

    [Fact]
    public async Task Errors_of_the_script_carry_type_message_frames_and_data()
    {
        using var session = await runtime.OpenAsync(new SessionOptions { ScriptName = "s.py" });
        await session.FeedAsync("import json\ndef f(t):\n    return json.loads(t)").InTime();

        var failure = await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("f('[1,\\n 2,,]')").InTime());

        failure.Origin.ShouldBe(FailureOrigin.Script);
        failure.Error.Type.ShouldBe("json.JSONDecodeError");
        failure.Error.Data.ShouldBe(new JsonErrorData("Expecting value", "[1,\n 2,,]", 7, 2, 4));
        failure.Error.Frames.Select(f => (f.FileName, f.FunctionName, f.Start.Line)).ShouldBe([("s.py", "<module>", 1), ("s.py", "f", 3)]);
        (await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("b'\\xff'.decode()").InTime())).Error.Data.ShouldBe(
            new UnicodeErrorData("utf-8", new MontyBytes(new byte[] { 0xFF }), 0, 1, "invalid start byte")
        );
        (await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("raise ValueError").InTime())).Error.Message.ShouldBeNull();
        (await Should.ThrowAsync<MontyScriptException>(() => session.FeedAsync("raise ValueError('')").InTime())).Error.Message.ShouldBe(
            ""
        );
    }
}
