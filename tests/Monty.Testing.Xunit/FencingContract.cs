using Monty.Actors;
using Shouldly;
using Xunit;

namespace Monty.Testing.Stores;

/// <summary>The epoch is compared in the transaction of the append, so that no append can pass a claim.</summary>
public abstract class FencingContract<TStore> : StoreContract<TStore>
    where TStore : TestStore, new()
{
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
