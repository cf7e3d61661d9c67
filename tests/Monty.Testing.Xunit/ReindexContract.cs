using Monty.Actors;
using Shouldly;
using Xunit;

namespace Monty.Testing.Stores;

/// <summary>The index can be written again from the histories.</summary>
public abstract class ReindexContract<TStore> : StoreContract<TStore>
    where TStore : TestStore, new()
{
    private static readonly SessionId Session = Changes.Session("s");

    [Fact]
    public async Task The_persistence_ids_of_the_journal_are_listed_page_by_page_each_once()
    {
        SessionId[] sessions = [.. Enumerable.Range(0, 25).Select(i => Changes.Session($"{(i % 2 == 0 ? 's' : 'S')}{i}"))];
        Store.WriteAll([.. sessions.SelectMany(s => Enumerable.Range(1, 3).Select(i => Changes.Change(s, i)))]);

        List<string> listed = [];
        IReadOnlyList<string> page;
        do
        {
            page = await Store.ListPersistenceIdsAsync(listed.LastOrDefault("") ?? "", 10, Cancellation);
            listed.AddRange(page);
        } while (page.Count == 10);

        listed.ShouldBe(sessions.Select(s => s.Key()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_entry_replaces_those_of_the_same_and_of_earlier_versions_and_no_later_one()
    {
        Store.WriteAll(Changes.Change(Session, 1), Changes.Change(Session, 2, summary: Changes.Summary(labels: ["two"])));
        var summary = Changes.Summary(
            SessionStatus.Waiting,
            Changes.Start.AddHours(1),
            isActive: true,
            Changes.Start.AddDays(1),
            ["tool"],
            ["new", "ä"]
        );

        await Store.ReplaceEntryAsync(new SessionEntry(Session, 1, summary), Cancellation);
        (await Store.FindAsync(Session, Cancellation)).ShouldBe(new SessionEntry(Session, 2, Changes.Summary(labels: ["two"])));

        var entry = new SessionEntry(Session, 2, summary);
        await Store.ReplaceEntryAsync(entry, Cancellation);
        (await Store.FindAsync(Session, Cancellation)).ShouldBe(entry);
        (await Store.ListAsync(new SessionQuery("acme") { Label = "ä", WaitingOn = "tool" }, Cancellation)).ShouldBe([entry]);
        (await Store.ListAsync(new SessionQuery("acme") { Label = "two" }, Cancellation)).ShouldBeEmpty();
        (await Store.ListActiveAsync(null, 9, Cancellation)).ShouldBe([Session]);
        (await Store.ListDueAsync(DateTimeOffset.MaxValue, null, 9, Cancellation)).ShouldHaveSingleItem();

        var absent = new SessionEntry(Changes.Session("absent"), 7, summary);
        await Store.ReplaceEntryAsync(absent, Cancellation);
        (await Store.FindAsync(absent.Session, Cancellation)).ShouldBe(absent);
    }

    [Fact]
    public async Task An_entry_without_a_history_is_removed_with_its_labels()
    {
        Store.WriteOne(Changes.Change(Session, 1, summary: Changes.Summary(labels: ["l"])));
        await Store.ReplaceEntryAsync(new SessionEntry(Changes.Session("orphan"), 1, Changes.Summary(labels: ["l"])), Cancellation);

        await Store.RemoveOrphansAsync(Cancellation);

        (await Store.FindAsync(Changes.Session("orphan"), Cancellation)).ShouldBeNull();
        (await Store.ListAsync(new SessionQuery("acme") { Label = "l" }, Cancellation)).ShouldHaveSingleItem().Session.ShouldBe(Session);
    }
}
