using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Sessions;

/// <summary>What cancelling costs, by when it comes.</summary>
public sealed class CancellationTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    [Fact]
    public async Task Before_the_start_it_costs_nothing()
    {
        using var session = await runtime.OpenAsync();
        await session.FeedAsync("x = 1").InTime();
        var cancelled = new CancellationToken(canceled: true);

        await Should.ThrowAsync<OperationCanceledException>(() => session.FeedAsync("x = 2", cancellationToken: cancelled).InTime());
        await Should.ThrowAsync<OperationCanceledException>(() => session.ResetAsync(cancelled).AsTask().InTime());
        var call = (MontySuspension)await session.StartAsync("call()").InTime();
        await Should.ThrowAsync<OperationCanceledException>(() => session.AnswerAsync(call, MontyAnswer.Return(1), cancelled).InTime());
        await Should.ThrowAsync<OperationCanceledException>(() => session.AbortAsync(new PythonError("RuntimeError"), cancelled).InTime());

        (await session.AnswerAsync(call, MontyAnswer.Return(1)).InTime()).ShouldBeOfType<MontyComplete>();
        (await session.FeedAsync("x").InTime()).Value.ShouldBe(1);
    }

    [Fact]
    public async Task While_code_runs_it_costs_the_session()
    {
        using var pool = new MontyPool();
        using var session = await pool.OpenSessionAsync(new SessionOptions { FlushEachLine = true }, TestContext.Current.CancellationToken);
        using var cancellation = new CancellationTokenSource();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var run = session.FeedAsync(
            "print('started')\nwhile True: pass",
            new FeedOptions { OnPrint = _ => started.TrySetResult() },
            cancellation.Token
        );
        await started.Task.InTime();
        await cancellation.CancelAsync();

        (await Should.ThrowAsync<OperationCanceledException>(() => run.InTime())).CancellationToken.ShouldBe(cancellation.Token);
        (await Should.ThrowAsync<MontyWorkerException>(() => session.FeedAsync("1").InTime())).Failure.ShouldBe(WorkerFailure.Cancelled);
        (await pool.RunAsync("40 + 2").InTime()).Value.ShouldBe(42);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task While_a_tool_runs_it_ends_the_feed_and_keeps_the_session(bool isAsync)
    {
        using var session = await runtime.OpenAsync();
        using var cancellation = new CancellationTokenSource();
        var started = new TaskCompletionSource<CancellationToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        var tool = isAsync ? MontyTool.Async("tool", WaitForToken) : MontyTool.Sync("tool", WaitForToken);
        await session.FeedAsync("x = 1").InTime();

        var run = session.FeedAsync(
            $"x = 2\n{(isAsync ? "await " : "")}tool()\nx = 3",
            new FeedOptions { Tools = [tool] },
            cancellation.Token
        );
        var token = await started.Task.InTime();
        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => run.InTime());
        token.IsCancellationRequested.ShouldBeTrue();
        session.Pending.ShouldBeNull();
        (await session.FeedAsync("x").InTime()).Value.ShouldBe(2);

        async ValueTask<MontyValue> WaitForToken(MontyFunctionCall call, CancellationToken token)
        {
            started.SetResult(token);
            await Never.EndsAsync(token);
            return 1;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tool_that_answers_all_the_same_does_not_leave_the_feed_hanging(bool throws)
    {
        using var session = await runtime.OpenAsync();
        using var cancellation = new CancellationTokenSource();
        var tool = MontyTool.Sync(
            "tool",
            _ =>
            {
                cancellation.Cancel();
                return throws ? throw new InvalidOperationException("mine") : 1;
            }
        );

        await Should.ThrowAsync<OperationCanceledException>(() =>
            session.FeedAsync("tool()\nwhile True: pass", new FeedOptions { Tools = [tool] }, cancellation.Token).InTime()
        );

        session.Pending.ShouldBeNull();
        (await session.FeedAsync("40 + 2").InTime()).Value.ShouldBe(42);
    }

    [Fact]
    public async Task While_a_handler_answers_an_OS_call_it_keeps_the_session()
    {
        using var session = await runtime.OpenAsync();
        using var cancellation = new CancellationTokenSource();
        var feed = new FeedOptions
        {
            OnOsCall = async (_, token) =>
            {
                await cancellation.CancelAsync();
                await Never.EndsAsync(token);
                return MontyAnswer.NotHandled;
            },
        };

        await Should.ThrowAsync<OperationCanceledException>(() =>
            session.FeedAsync("import os\nos.getenv('HOME')", feed, cancellation.Token).InTime()
        );

        (await session.FeedAsync("40 + 2").InTime()).Value.ShouldBe(42);
    }

    [Fact]
    public async Task A_tool_that_is_cancelled_by_itself_raises_in_the_script()
    {
        using var session = await runtime.OpenAsync();
        var tool = MontyTool.Sync("tool", _ => throw new OperationCanceledException("its own"));

        var result = await session
            .FeedAsync(
                "try:\n    tool()\nexcept RuntimeError as e:\n    r = str(e)\nr",
                new FeedOptions { Tools = [tool] },
                TestContext.Current.CancellationToken
            )
            .InTime();

        result.Value.ShouldBe("the tool 'tool' failed");
    }

    [Fact]
    public async Task Disposing_while_code_runs_ends_the_turn()
    {
        using var pool = new MontyPool();
        var session = await pool.OpenSessionAsync(new SessionOptions { FlushEachLine = true }, TestContext.Current.CancellationToken);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = session.FeedAsync("print('started')\nwhile True: pass", new FeedOptions { OnPrint = _ => started.TrySetResult() });
        await started.Task.InTime();

        await session.DisposeAsync();

        (await Should.ThrowAsync<MontyWorkerException>(() => run.InTime())).Failure.ShouldBe(WorkerFailure.Abandoned);
        await Should.ThrowAsync<ObjectDisposedException>(() => session.FeedAsync("1").InTime());
        pool.Statistics.Live.ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disposing_while_a_tool_runs_ends_the_feed_and_cancels_the_tool(bool isAsync)
    {
        using var pool = new MontyPool();
        var session = await pool.OpenSessionAsync(cancellationToken: TestContext.Current.CancellationToken);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tool = isAsync ? MontyTool.Async("tool", WaitForToken) : MontyTool.Sync("tool", WaitForToken);
        var run = session.FeedAsync($"{(isAsync ? "await " : "")}tool()", new FeedOptions { Tools = [tool] });
        await started.Task.InTime();

        await session.DisposeAsync();

        await Should.ThrowAsync<ObjectDisposedException>(() => run.InTime());
        (await pool.RunAsync("40 + 2").InTime()).Value.ShouldBe(42);

        async ValueTask<MontyValue> WaitForToken(MontyFunctionCall call, CancellationToken token)
        {
            started.SetResult();
            await Never.EndsAsync(token);
            return 1;
        }
    }
}
