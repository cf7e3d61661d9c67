using Monty.Testing;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Persistence;

public sealed class CrashingStoreTests
{
    [Fact]
    public async Task It_crashes_only_before_or_after_the_requested_call()
    {
        var store = new MemoryStore();
        var crashing = new CrashingStore(store);
        var (s, t) = (Changes.Session("s"), Changes.Session("t"));
        var crashed = crashing.CrashAt(StoreOperation.Write, CrashMoment.Before, skip: 1, session: s);
        crashing.WriteOne(Changes.Change(t, 1));
        crashing.WriteOne(Changes.Change(s, 1));
        crashed.IsCompleted.ShouldBeFalse();
        Should.Throw<SessionStoreException>(() => crashing.WriteOne(Changes.Change(s, 2)));
        await crashed.InTime();
        (await store.ReadAllAsync(s)).Count.ShouldBe(1);

        var again = crashing.CrashAt(StoreOperation.Write, CrashMoment.After);
        Should.Throw<SessionStoreException>(() => crashing.WriteOne(Changes.Change(s, 2)));
        await again.InTime();
        (await store.ReadAllAsync(s)).Count.ShouldBe(2);
        crashing.WriteOne(Changes.Change(s, 3)).ShouldBe(WriteOutcome.Stored);
    }

    [Fact]
    public async Task Every_operation_can_crash()
    {
        foreach (var moment in Enum.GetValues<CrashMoment>())
        {
            var crashing = new CrashingStore(new MemoryStore());
            foreach (var operation in Enum.GetValues<StoreOperation>())
            {
                _ = crashing.CrashAt(operation, moment);
                await Should.ThrowAsync<SessionStoreException>(() => CallAsync(crashing, operation), $"{operation}");
                await CallAsync(crashing, operation);
            }
        }
    }

    private static Task CallAsync(CrashingStore store, StoreOperation operation)
    {
        var key = Changes.Session("s").Key();
        var token = TestContext.Current.CancellationToken;
        return operation switch
        {
            StoreOperation.Write => Task.Run(() => store.WriteOne(Changes.Change(Changes.Session("s"), 1)), token),
            StoreOperation.FindHighest => store.FindHighestAsync(key, token),
            StoreOperation.Read => store.ReadPageAsync(key, 1, 1, 1, token),
            StoreOperation.SaveSnapshot => store.SaveSnapshotAsync(key, Changes.Snapshot(1), token),
            StoreOperation.FindSnapshot => store.FindSnapshotAsync(key, 1, token),
            StoreOperation.DeleteSnapshots => store.DeleteSnapshotsAsync(key, 1, token),
            StoreOperation.Find => store.FindAsync(Changes.Session("s"), token),
            StoreOperation.List => store.ListAsync(new SessionQuery("a"), token),
            StoreOperation.ListDue => store.ListDueAsync(Changes.Start, null, 1, token),
            StoreOperation.ListActive => store.ListActiveAsync(null, 1, token),
            StoreOperation.Purge => store.PurgeAsync(Changes.Start, 1, token),
            _ => store.OwnAsync("test", token),
        };
    }
}
