using Monty.Interop.TypeChecking;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.TypeChecking;

/// <summary>Covers the order in which callers get one of a few places.</summary>
public sealed class CallerTurnsTests
{
    private readonly FakeTime time = new();

    [Fact]
    public async Task Callers_take_turns_and_each_is_served_in_its_own_order()
    {
        using var turns = new CallerTurns(1);
        var first = await EnterAsync(turns, "a");
        var waiting = new[] { "a", "a", "a", "b", "c", "b" }
            .Select((caller, i) => (Name: $"{caller}{i}", Turn: EnterAsync(turns, caller)))
            .ToList();

        var served = new List<string>();
        for (var holder = first; waiting.Count > 0; )
        {
            holder.Dispose();
            holder = await await Task.WhenAny(waiting.Select(w => w.Turn));
            served.Add(waiting.Single(w => w.Turn.IsCompleted).Name);
            waiting.RemoveAll(w => w.Turn.IsCompleted);
        }

        served.ShouldBe(["a0", "b3", "c4", "a1", "b5", "a2"]);
    }

    [Fact]
    public async Task One_caller_never_holds_the_last_place()
    {
        using var turns = new CallerTurns(3);
        var held = new[] { await EnterAsync(turns, "a"), await EnterAsync(turns, "a") };
        var third = EnterAsync(turns, "a");

        third.IsCompleted.ShouldBeFalse();
        turns.Waiting.ShouldBe(1);
        var second = await EnterAsync(turns, "b");
        var late = EnterAsync(turns, "c");
        late.IsCompleted.ShouldBeFalse("all places are taken");
        second.Dispose();
        await late;
        third.IsCompleted.ShouldBeFalse("a holds all but one");
        held[0].Dispose();
        await third;
        turns.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task Any_caller_may_take_the_only_place()
    {
        using var turns = new CallerTurns(1);
        var held = await EnterAsync(turns, "a");
        var waiting = EnterAsync(turns, "b");

        held.Dispose();

        (await waiting).Dispose();
        (await EnterAsync(turns, "a")).Dispose();
    }

    [Fact]
    public async Task Requests_without_a_caller_may_take_every_place()
    {
        using var turns = new CallerTurns(2);

        await EnterAsync(turns, null);
        await EnterAsync(turns, null);

        EnterAsync(turns, null).IsCompleted.ShouldBeFalse();
        turns.Waiting.ShouldBe(1);
    }

    [Fact]
    public async Task A_wait_ends_at_its_timeout_and_leaves_the_queue()
    {
        using var turns = new CallerTurns(1);
        var held = await EnterAsync(turns, "a");
        var impatient = turns.EnterAsync("b", TimeSpan.FromSeconds(5), time, CancellationToken.None).AsTask();
        var patient = EnterAsync(turns, "b");

        time.Advance(TimeSpan.FromSeconds(5));

        await Should.ThrowAsync<TimeoutException>(() => impatient.InTime());
        turns.Waiting.ShouldBe(1);
        held.Dispose();
        (await patient).Dispose();
        (await EnterAsync(turns, "c")).Dispose();
    }

    [Fact]
    public async Task A_wait_ends_with_its_token()
    {
        using var turns = new CallerTurns(1);
        using var cancellation = new CancellationTokenSource();
        var held = await EnterAsync(turns, "a");
        var waiting = turns.EnterAsync("a", TimeSpan.FromSeconds(5), time, cancellation.Token).AsTask();

        await cancellation.CancelAsync();

        (await Should.ThrowAsync<OperationCanceledException>(() => waiting.InTime())).CancellationToken.ShouldBe(cancellation.Token);
        turns.Waiting.ShouldBe(0);
        held.Dispose();
        (await EnterAsync(turns, "a")).Dispose();
    }

    [Fact]
    public async Task A_place_that_becomes_free_just_as_a_wait_ends_goes_to_the_next_request()
    {
        using var turns = new CallerTurns(1);
        for (var round = 0; round < 300; round++)
        {
            using var cancellation = new CancellationTokenSource();
            var held = await EnterAsync(turns, "a");
            var giving = turns.EnterAsync("b", TimeSpan.FromSeconds(5), time, cancellation.Token).AsTask();
            var next = EnterAsync(turns, "c");

            await Task.WhenAll(Task.Run(held.Dispose), cancellation.CancelAsync());
            try
            {
                (await giving.InTime()).Dispose();
            }
            catch (OperationCanceledException) { }

            (await next).Dispose();
            turns.Waiting.ShouldBe(0, $"round {round}");
        }
    }

    [Fact]
    public async Task Disposing_ends_every_wait_and_places_can_still_be_freed()
    {
        var turns = new CallerTurns(1);
        var held = await EnterAsync(turns, "a");
        var waiting = new[] { EnterAsync(turns, "a"), EnterAsync(turns, "b") };

        turns.Dispose();

        foreach (var one in waiting)
        {
            await Should.ThrowAsync<ObjectDisposedException>(() => one);
        }

        await Should.ThrowAsync<ObjectDisposedException>(() => EnterAsync(turns, "c"));
        held.Dispose();
        turns.Waiting.ShouldBe(0);
    }

    private Task<CallerTurns.Turn> EnterAsync(CallerTurns turns, string? caller) =>
        turns.EnterAsync(caller, TestTimeouts.Generous, time, TestContext.Current.CancellationToken).AsTask().InTime();
}
