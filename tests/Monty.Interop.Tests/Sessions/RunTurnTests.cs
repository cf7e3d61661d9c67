using System.Runtime.Versioning;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sessions;

/// <summary>Turns of a session that an engine keeps on its worker, and the other parts of the client that an engine uses.</summary>
[SupportedOSPlatform("linux")]
public sealed class RunTurnTests : IDisposable
{
    private readonly MontyPool pool = new(new MontyPoolOptions { MaxWorkers = 1 });

    public void Dispose() => pool.Dispose();

    [LinuxFact]
    public async Task A_feed_an_answer_with_inline_answers_and_an_abort_give_the_same_as_stateless_turns()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        List<string> printed = [];
        var turn = new TurnOptions
        {
            AnswerInline = call => call is MontyFunctionCall { Name: "rate" } ? MontyAnswer.Return(2) : null,
            OnPrint = printed.Add,
        };
        var feed = new FeedTurn(
            "print('in', n)\nc = pay(n)\nr = await rate()\nr * await c",
            new Dictionary<string, MontyValue> { ["n"] = 1 }
        )
        {
            AsyncFunctions = ["pay", "rate"],
        };

        var asked = (MontySuspension)await session.RunTurnAsync(feed, turn).InTime();
        asked.Timeless().ShouldBe(new MontyFunctionCall("pay", [1], [], 1));
        var done = await session.RunTurnAsync(new AnswerTurn(asked with { }, MontyAnswer.Return(21)), turn).InTime();
        done.ShouldBeOfType<MontyComplete>().Value.ShouldBe(42);
        string.Concat(printed).ShouldBe("in 1\n");

        await session.RunTurnAsync(new FeedTurn("ask()")).InTime();
        (await session.RunTurnAsync(new AbortTurn(new PythonError("ValueError", "no"))).InTime())
            .ShouldBeOfType<MontyFailed>()
            .Error.TypeAndMessage.ShouldBe("ValueError: no");
        session.IsBroken.ShouldBeFalse();
    }

    [LinuxFact]
    public async Task An_answer_to_another_suspension_is_refused_and_the_session_still_waits()
    {
        using var session = await pool.OpenSessionAsync().InTime();
        var asked = (MontyFunctionCall)await session.RunTurnAsync(new FeedTurn("ask()")).InTime();

        await Should.ThrowAsync<InvalidOperationException>(() =>
            session.RunTurnAsync(new AnswerTurn(asked with { CallId = asked.CallId + 1 }, MontyAnswer.Return(1))).InTime()
        );

        (await session.RunTurnAsync(new AnswerTurn(asked, MontyAnswer.Return(1))).InTime()).ShouldBeOfType<MontyComplete>();
    }

    [LinuxFact]
    public async Task A_turn_that_prints_too_much_breaks_the_session()
    {
        using var session = await pool.OpenSessionAsync().InTime();

        var failed = await Should.ThrowAsync<MontyWorkerException>(() =>
            session.RunTurnAsync(new FeedTurn("print('x' * 100)"), new TurnOptions { MaxPrintBytes = 50 }).InTime()
        );

        failed.Failure.ShouldBe(WorkerFailure.PrintLimitExceeded);
        session.IsBroken.ShouldBeTrue();
    }

    [LinuxFact]
    public async Task The_version_of_the_runtime_is_that_of_its_executable() =>
        (await pool.GetRuntimeVersionAsync().InTime()).ShouldStartWith("monty-runtime ");

    [Fact]
    public async Task A_tool_runs_for_a_call_without_a_session_and_binds_its_arguments()
    {
        var add = MontyTool.From((int a, int b) => a + b, "add");

        (await add.InvokeAsync(new MontyFunctionCall("add", [1, 2], [], 0), TestContext.Current.CancellationToken)).ShouldBe(3);
        (
            await Should.ThrowAsync<PythonException>(() =>
                add.InvokeAsync(new MontyFunctionCall("add", [1], [], 0), TestContext.Current.CancellationToken).AsTask()
            )
        ).Error.Type.ShouldBe("TypeError");
    }
}
