using Monty.Actors.Turns;
using Monty.Interop;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests the ownership of workers that sessions may keep.</summary>
public sealed class KeptWorkersTests : IDisposable
{
    private readonly MontyPool pool = new(new MontyPoolOptions { MaxWorkers = 1 });
    private readonly KeptWorkers workers = new(1);

    [Fact]
    public async Task A_kept_worker_is_taken_after_its_interpreter_was_dumped()
    {
        var kept = await TurnAsync();
        workers.Keep(kept);

        await workers.BeginAsync();

        (await kept.Parked.InTime()).ShouldNotBeNull();
        workers.TryBegin(kept).ShouldBeFalse();
        (await pool.RunAsync("1", cancellationToken: TestContext.Current.CancellationToken).InTime()).Value.ShouldBe(1);
    }

    [Fact]
    public async Task The_worker_of_a_turn_whose_result_is_not_processed_is_not_taken()
    {
        var kept = await TurnAsync();

        await workers.BeginAsync();

        kept.Parked.IsCompleted.ShouldBeFalse();
        workers.Keep(kept);
        (await kept.Parked.InTime()).ShouldNotBeNull("it was wanted meanwhile");
        workers.End();
        workers.HasCapacity.ShouldBeTrue();
    }

    [Fact]
    public async Task A_turn_that_ends_lets_a_waiting_turn_start()
    {
        var kept = await TurnAsync();
        await workers.BeginAsync();

        kept.Dispose();
        workers.End();

        workers.HasCapacity.ShouldBeFalse("the other turn runs");
        workers.End();
        workers.HasCapacity.ShouldBeTrue();
    }

    [Fact]
    public async Task No_worker_is_kept_after_dispose()
    {
        var (first, second) = (await TurnAsync(), default(KeptWorker));
        workers.Keep(first);
        workers.Dispose();
        second = await TurnAsync();

        workers.Keep(second);

        (await pool.RunAsync("1", cancellationToken: TestContext.Current.CancellationToken).InTime()).Value.ShouldBe(1);
    }

    public void Dispose()
    {
        workers.Dispose();
        pool.Dispose();
    }

    /// <summary>A turn that has ended on a worker that its session would keep.</summary>
    private async Task<KeptWorker> TurnAsync()
    {
        await workers.BeginAsync();
        return new KeptWorker(await pool.OpenSessionAsync(cancellationToken: TestContext.Current.CancellationToken).InTime());
    }
}
