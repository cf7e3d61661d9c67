using Monty.Actors;
using Shouldly;
using Xunit;

namespace Monty.Testing.Stores;

/// <summary>Listings, timers, what to recover, and the purge.</summary>
public abstract class ListingContract<TStore> : StoreContract<TStore>
    where TStore : TestStore, new()
{
    private static readonly DateTimeOffset Noon = Changes.Start.AddHours(12);

    [Fact]
    public async Task Every_combination_of_filters_lists_what_a_plain_search_finds_in_pages_of_any_size()
    {
        var random = new Random(5);
        List<(string Name, SessionSummary Summary)> sessions = [];
        for (var i = 0; i < 60; i++)
        {
            var summary = Changes.Summary(
                (SessionStatus)random.Next(5),
                Changes.Start.AddHours(random.Next(4)),
                waitingOn: Some("pay", "größer"),
                labels: Some("red", "blue 'n' \"green\"", "red ")
            );
            sessions.Add(($"{(char)("-.09AZ_az~"[random.Next(10)])}{i}", summary));
        }

        Write([.. sessions.Select(s => (Changes.Session(s.Name), s.Summary))]);
        Write(
            (new SessionId("acm", "x"), Changes.Summary(labels: ["red"])),
            (new SessionId("acme2", "x"), Changes.Summary(labels: ["red"]))
        );
        sessions.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));

        foreach (var status in (SessionStatus?[])[null, .. Enum.GetValues<SessionStatus>().Cast<SessionStatus?>()])
        {
            foreach (var waitingOn in (string?[])[null, "pay", "größer", "none"])
            {
                foreach (var label in (string?[])[null, "red", "blue 'n' \"green\"", "Red"])
                {
                    foreach (var since in (DateTimeOffset?[])[null, Changes.Start, Changes.Start.AddHours(2)])
                    {
                        var query = new SessionQuery("acme")
                        {
                            Status = status,
                            WaitingOn = waitingOn,
                            Label = label,
                            UnchangedSince = since,
                            Max = status is null ? 7 : 100,
                        };
                        List<SessionEntry> listed = [];
                        while (
                            await Store.ListAsync(query with { After = listed.LastOrDefault()?.Session.Name }, Cancellation)
                                is { Count: > 0 } page
                        )
                        {
                            page.Count.ShouldBeLessThanOrEqualTo(query.Max);
                            listed.AddRange(page);
                        }

                        var expected = sessions.Where(s =>
                            (status is null || s.Summary.Status == status)
                            && (since is null || s.Summary.ChangedAt <= since)
                            && (waitingOn is null || s.Summary.WaitingOn.Contains(waitingOn))
                            && (label is null || s.Summary.Labels.Contains(label))
                        );
                        listed.ShouldBe(expected.Select(s => new SessionEntry(Changes.Session(s.Name), 1, s.Summary)), query.ToString());
                    }
                }
            }
        }

        IEnumerable<string> Some(params string[] tags) => tags.Where(_ => random.Next(2) == 0);
    }

    [Fact]
    public async Task A_query_that_cannot_be_meant_is_refused()
    {
        foreach (
            var query in (SessionQuery[])
                [
                    new("a/b"),
                    new("a") { Max = 0 },
                    new("a") { Max = 1001 },
                    new("a") { After = "" },
                    new("a") { Label = "\0" },
                    new("a") { WaitingOn = "\ud800" },
                ]
        )
        {
            await Should.ThrowAsync<ArgumentException>(async () => await Store.ListAsync(query, Cancellation), query.ToString());
        }
    }

    [Fact]
    public async Task Tags_of_the_newest_row_are_found_and_no_others()
    {
        var session = Changes.Session("s");
        string[][] labels =
        [
            ["a", "b"],
            ["b", "a"],
            ["b"],
            [],
            ["c", "a"],
            ["c", "a"],
        ];
        for (var i = 0; i < labels.Length; i++)
        {
            Store
                .WriteOne(Changes.Change(session, i + 1, summary: Changes.Summary(labels: labels[i], waitingOn: labels[^(i + 1)])))
                .ShouldBe(WriteOutcome.Stored);
            foreach (var tag in (string[])["a", "b", "c"])
            {
                (await Store.ListAsync(new SessionQuery("acme") { Label = tag }, Cancellation)).Count.ShouldBe(
                    labels[i].Contains(tag) ? 1 : 0
                );
                (await Store.ListAsync(new SessionQuery("acme") { WaitingOn = tag }, Cancellation)).Count.ShouldBe(
                    labels[^(i + 1)].Contains(tag) ? 1 : 0
                );
            }
        }
    }

    [Fact]
    public async Task Timers_are_found_when_they_are_due_earliest_first_across_tenants()
    {
        SessionId[] ids = [new("b", "1"), new("a", "2"), new("a", "1"), new("c", "1"), new("c", "2")];
        DateTimeOffset?[] times = [Noon.AddTicks(10), Noon, Noon, Noon.AddMinutes(1), null];
        for (var i = 0; i < ids.Length; i++)
        {
            Write((ids[i], Changes.Summary(dueAt: times[i])));
        }

        (await Store.ListDueAsync(Noon.AddTicks(-10), null, 9, Cancellation)).ShouldBeEmpty();
        (await Store.ListDueAsync(Noon, null, 9, Cancellation)).ShouldBe([new(ids[2], Noon), new(ids[1], Noon)]);
        (await Store.ListDueAsync(Noon.AddTicks(10), null, 9, Cancellation)).ShouldBe([
            new(ids[2], Noon),
            new(ids[1], Noon),
            new(ids[0], Noon.AddTicks(10)),
        ]);
        (await Store.ListDueAsync(DateTimeOffset.MaxValue, null, 2, Cancellation)).Select(d => d.Session).ShouldBe([ids[2], ids[1]]);
        List<DueSession> all = [];
        while (await Store.ListDueAsync(DateTimeOffset.MaxValue, all.LastOrDefault(), 1, Cancellation) is { Count: > 0 } page)
        {
            all.AddRange(page);
        }

        all.Select(d => d.Session).ShouldBe([ids[2], ids[1], ids[0], ids[3]]);
        (await Store.ListDueAsync(Noon.AddTicks(10), new DueSession(new SessionId("a", "15"), Noon), 9, Cancellation))
            .Select(d => d.Session)
            .ShouldBe([ids[1], ids[0]]);
        (await Store.ListDueAsync(Noon, all[1], 9, Cancellation)).ShouldBeEmpty();

        Store.WriteOne(Changes.Change(ids[2], 2, "moved", summary: Changes.Summary(dueAt: Noon.AddHours(1))));
        Store.WriteOne(Changes.Change(ids[1], 2, "gone"));
        (await Store.ListDueAsync(DateTimeOffset.MaxValue, null, 9, Cancellation))
            .Select(d => d.Session)
            .ShouldBe([ids[0], ids[3], ids[2]]);
    }

    [Fact]
    public async Task Sessions_with_work_to_do_are_listed_in_order_across_tenants()
    {
        SessionId[] ids = [new("a", "1"), new("a", "2"), new("a-", "0"), new("b", "1"), new("b", "~")];
        foreach (var id in ids.Reverse())
        {
            Write((id, Changes.Summary(isActive: true)));
        }

        Write((new SessionId("a", "15"), Changes.Summary()));

        List<SessionId> all = [];
        while (await Store.ListActiveAsync(all.Count == 0 ? null : all[^1], 2, Cancellation) is { Count: > 0 } page)
        {
            all.AddRange(page);
        }

        all.ShouldBe(ids);

        Store.WriteOne(Changes.Change(ids[1], 2, "done"));
        (await Store.ListActiveAsync(ids[0], 9, Cancellation)).ShouldBe(ids[2..]);
        (await Store.ListActiveAsync(new SessionId("a", "15"), 1, Cancellation)).ShouldBe([ids[2]]);
    }

    [Fact]
    public async Task A_purge_takes_old_closed_sessions_whole_and_no_others()
    {
        foreach (var status in Enum.GetValues<SessionStatus>())
        {
            foreach (var (name, changedAt) in ((string, DateTimeOffset)[])[("old", Noon), ("new", Noon.AddTicks(10))])
            {
                var session = Changes.Session($"{status}-{name}");
                var summary = Changes.Summary(status, changedAt, isActive: true, Noon, ["t"], ["l"]);
                Store.WriteAll(Changes.Change(session, 1, "a", summary: summary), Changes.Change(session, 2, "b", summary: summary));
                await Store.SaveSnapshotAsync(session.Key(), Changes.Snapshot(2), Cancellation);
            }
        }

        var reopened = Changes.Session("Reopened");
        Write((reopened, Changes.Summary(SessionStatus.Closed, Noon)));
        Store.WriteOne(
            Changes.Change(
                reopened,
                2,
                "again",
                summary: Changes.Summary(SessionStatus.Idle, Noon, isActive: true, dueAt: Noon, waitingOn: ["t"], labels: ["l"])
            )
        );

        (await Store.PurgeAsync(Noon, 10, Cancellation)).ShouldBe(1);
        (await Store.PurgeAsync(Noon, 10, Cancellation)).ShouldBe(0);

        var gone = Changes.Session("Closed-old");
        (await Store.FindAsync(gone, Cancellation)).ShouldBeNull();
        (await Store.ReadAllAsync(gone)).ShouldBeEmpty();
        (await Store.FindHighestAsync(gone.Key(), Cancellation)).ShouldBe(0);
        (await Store.FindSnapshotAsync(gone.Key(), long.MaxValue, Cancellation)).ShouldBeNull();
        string[] left =
        [
            .. Enum.GetValues<SessionStatus>()
                .SelectMany(s => (string[])[$"{s}-new", $"{s}-old"])
                .Append("Reopened")
                .Where(n => n != gone.Name)
                .Order(StringComparer.Ordinal),
        ];
        (await Store.ListAsync(new SessionQuery("acme"), Cancellation)).Select(e => e.Session.Name).ShouldBe(left);
        (await Store.ListAsync(new SessionQuery("acme") { Label = "l" }, Cancellation)).Select(e => e.Session.Name).ShouldBe(left);
        (await Store.ListAsync(new SessionQuery("acme") { WaitingOn = "t" }, Cancellation)).Select(e => e.Session.Name).ShouldBe(left);
        (await Store.ListActiveAsync(null, 99, Cancellation)).Select(s => s.Name).ShouldBe(left);
        (await Store.ListDueAsync(Noon, null, 99, Cancellation)).Select(d => d.Session.Name).ShouldBe(left);
        foreach (var name in left)
        {
            (await Store.ReadAllAsync(Changes.Session(name))).Count.ShouldBe(2);
        }

        (await Store.FindSnapshotAsync(Changes.Session("Closed-new").Key(), long.MaxValue, Cancellation)).ShouldNotBeNull();
        Write((gone, Changes.Summary()));
        (await Store.ReadTextsAsync(gone)).ShouldBe(["change"]);
    }

    [Fact]
    public async Task A_purge_takes_no_more_than_it_is_told()
    {
        Write([.. Enumerable.Range(0, 7).Select(i => (Changes.Session($"s{i}"), Changes.Summary(SessionStatus.Closed)))]);

        (await Store.PurgeAsync(Noon, 3, Cancellation)).ShouldBe(3);
        (await Store.ListAsync(new SessionQuery("acme"), Cancellation)).Count.ShouldBe(4);
        (await Store.PurgeAsync(Noon, 9, Cancellation)).ShouldBe(4);
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await Store.PurgeAsync(Noon, 0, Cancellation));
    }

    /// <summary>Writes the first change of each session.</summary>
    private void Write(params (SessionId Session, SessionSummary Summary)[] sessions) =>
        Store
            .WriteAll([.. sessions.Select(s => Changes.Change(s.Session, 1, summary: s.Summary))])
            .ShouldAllBe(o => o == WriteOutcome.Stored);
}
