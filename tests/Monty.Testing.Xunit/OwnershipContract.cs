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
}
