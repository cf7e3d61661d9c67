using System.Collections.Concurrent;
using Monty.Actors.Turns;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests the order of turns among tenants.</summary>
public sealed class TurnThreadsTests
{
    private readonly TaskCompletionSource<string> open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Tenants_are_served_in_rotation_and_each_in_its_own_order()
    {
        using var threads = new TurnThreads(1);
        var order = new ConcurrentQueue<string>();
        Task<string> Turn(string tenant, string name) =>
            threads.RunAsync(
                tenant,
                () =>
                {
                    order.Enqueue(name);
                    return open.Task;
                },
                CancellationToken.None
            );

        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = threads.RunAsync(
            "first",
            () =>
            {
                started.SetResult();
                return open.Task;
            },
            CancellationToken.None
        );
        await started.Task.InTime();
        List<Task> turns = [first, Turn("a", "a1"), Turn("a", "a2"), Turn("a", "a3"), Turn("b", "b1"), Turn("c", "c1"), Turn("b", "b2")];
        open.SetResult("");
        await Task.WhenAll(turns).InTime();

        order.ShouldBe(["a1", "b1", "c1", "a2", "b2", "a3"]);
    }

    [Fact]
    public async Task No_tenant_has_all_threads()
    {
        using var threads = new TurnThreads(3);
        var greedy = Enumerable.Range(0, 10).Select(_ => threads.RunAsync("greedy", () => open.Task, CancellationToken.None)).ToList();

        var modest = await threads.RunAsync("modest", () => Task.FromResult("served"), CancellationToken.None).InTime();

        modest.ShouldBe("served");
        greedy.ShouldAllBe(t => !t.IsCompleted);
        open.SetResult("");
        await Task.WhenAll(greedy).InTime();
    }

    [Fact]
    public async Task A_turn_whose_caller_has_left_is_not_run()
    {
        using var threads = new TurnThreads(1);
        using var left = new CancellationTokenSource();
        var first = threads.RunAsync("a", () => open.Task, CancellationToken.None);
        var second = threads.RunAsync("a", () => Task.FromException<string>(new InvalidOperationException("it ran")), left.Token);

        await left.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(second.InTime());
        open.SetResult("");
        await first.InTime();
        (await threads.RunAsync("a", () => Task.FromResult("next"), CancellationToken.None).InTime()).ShouldBe("next");
    }

    [Fact]
    public async Task Turns_that_wait_at_the_end_are_run()
    {
        var threads = new TurnThreads(2);
        var turns = Enumerable.Range(0, 5).Select(_ => threads.RunAsync("a", () => open.Task, CancellationToken.None)).ToList();

        threads.Dispose();
        open.SetResult("");

        await Task.WhenAll(turns).InTime();
    }
}
