using Monty.Actors;
using Shouldly;
using Xunit;

namespace Monty.Testing.Stores;

/// <summary>One engine at a time, and an epoch that is higher than every one before.</summary>
public abstract class OwnershipContract<TStore> : StoreContract<TStore>
    where TStore : TestStore, new()
{
    [Fact]
    public async Task One_engine_owns_a_store_at_a_time()
    {
        var other = await OpenAsync();
        var before = await Store.RaiseEpochAsync();
        var first = await Store.OwnAsync("engine one", Cancellation);
        first.Epoch.ShouldBeGreaterThan(before);
        first.Lost.IsCancellationRequested.ShouldBeFalse();

        Task<StoreOwnership>? waiting = null;
        if (Place.WaitsForOwner)
        {
            waiting = other.OwnAsync("engine two", Cancellation);
            using var impatient = new CancellationTokenSource(TestTimeouts.MeantToPass);
            await Should.ThrowAsync<OperationCanceledException>(() => other.OwnAsync("engine three", impatient.Token));
            waiting.IsCompleted.ShouldBeFalse();
        }
        else
        {
            foreach (var store in (SessionStore[])[Store, other])
            {
                var refused = await Should.ThrowAsync<StoreOwnedException>(() => store.OwnAsync("engine two", Cancellation));
                refused.Holder.ShouldBe("engine one");
                refused.Message.ShouldContain("engine one");
            }
        }

        await first.DisposeAsync();
        await first.DisposeAsync();
        await using var second = await (waiting ?? other.OwnAsync("engine two", Cancellation)).InTime();
        second.Epoch.ShouldBeGreaterThan(first.Epoch);
    }

    [Fact]
    public async Task Epochs_grow_across_stores_that_are_opened_on_one_place()
    {
        List<long> epochs = [];
        for (var i = 0; i < 10; i++)
        {
            epochs.Add(await (await OpenAsync()).RaiseEpochAsync());
        }

        epochs[0].ShouldBeGreaterThan(0);
        epochs.ShouldBeInOrder(SortDirection.Ascending);
        epochs.ShouldBeUnique();
    }

    [Fact]
    public async Task An_owner_that_was_replaced_writes_nothing_once_the_claim_has_returned()
    {
        var newer = await OpenAsync();
        for (var round = 0; round < 20; round++)
        {
            var session = Changes.Session($"s{round}");
            var epoch = await Store.RaiseEpochAsync();
            var older = Task.Run(() => WriteUntilRefused(session, epoch), Cancellation);
            await TestTasks.UntilAsync(async () => await newer.FindHighestAsync(session.Key(), Cancellation) >= 3);

            await using var owner = await newer.OwnAsync("the newer one", Cancellation);
            var highest = await newer.FindHighestAsync(session.Key(), Cancellation);

            (await older.InTime()).ShouldBe((WriteOutcome.Fenced, highest));
            newer.WriteOne(Changes.Change(session, highest + 1, "newer", owner.Epoch)).ShouldBe(WriteOutcome.Stored);
            (await newer.ReadAllAsync(session)).Count.ShouldBe((int)highest + 1);
        }

        (WriteOutcome Outcome, long Written) WriteUntilRefused(SessionId session, long epoch)
        {
            for (var written = 0L; ; written++)
            {
                var outcome = Store.WriteOne(Changes.Change(session, written + 1, "older", epoch));
                if (outcome != WriteOutcome.Stored)
                {
                    return (outcome, written);
                }
            }
        }
    }
}
