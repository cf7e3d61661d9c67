using Monty.Actors;
using Shouldly;
using Xunit;

namespace Monty.Testing.Journals;

/// <summary>Tests of listings, due timers, sessions to recover, and purges.</summary>
public abstract class ListingContract<TStore> : JournalContract<TStore>
    where TStore : JournalStore, new()
{
    private static readonly DateTimeOffset Noon = Story.Start.AddHours(12);

    [Fact]
    public async Task Every_combination_of_filters_lists_the_same_sessions_as_a_linear_search()
    {
        var random = new Random(5);
        List<(string Name, SessionSummary Summary)> sessions = [];
        for (var i = 0; i < 60; i++)
        {
            var summary = Story.Summary(
                (SessionStatus)random.Next(5),
                Story.Start.AddHours(random.Next(4)),
                waitingOn: Some("pay", "größer"),
                labels: Some("red", "blue 'n' \"green\"", "red ")
            );
            sessions.Add(($"{(char)("-.09AZ_az~"[random.Next(10)])}{i}", summary));
        }

        await Task.WhenAll(sessions.Select(s => Journal.AppendAsync(Story.Opened(Story.Session(s.Name), s.Summary), Cancellation)));
        await Journal.AppendAsync(Story.Opened(new SessionId("acm", "x"), Story.Summary(labels: ["red"])), Cancellation);
        await Journal.AppendAsync(Story.Opened(new SessionId("acme2", "x"), Story.Summary(labels: ["red"])), Cancellation);
        sessions.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));

        foreach (var status in (SessionStatus?[])[null, .. Enum.GetValues<SessionStatus>().Cast<SessionStatus?>()])
        {
            foreach (var waitingOn in (string?[])[null, "pay", "größer", "none"])
            {
                foreach (var label in (string?[])[null, "red", "blue 'n' \"green\"", "Red"])
                {
                    foreach (var since in (DateTimeOffset?[])[null, Story.Start, Story.Start.AddHours(2)])
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
                            await Journal.ListAsync(query with { After = listed.LastOrDefault()?.Session.Name }, Cancellation)
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
                        listed.ShouldBe(expected.Select(s => new SessionEntry(Story.Session(s.Name), 1, s.Summary)), query.ToString());
                    }
                }
            }
        }

        IEnumerable<string> Some(params string[] tags) => tags.Where(_ => random.Next(2) == 0);
    }

    [Fact]
    public async Task An_invalid_query_is_refused()
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
            await Should.ThrowAsync<ArgumentException>(async () => await Journal.ListAsync(query, Cancellation), query.ToString());
        }
    }

    [Fact]
    public async Task Only_the_tags_of_the_latest_row_are_found()
    {
        var session = Story.Session("s");
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
            await Journal.AppendAsync(
                Story.Append(session, i, ["r"], summary: Story.Summary(labels: labels[i], waitingOn: labels[^(i + 1)])),
                Cancellation
            );
            foreach (var tag in (string[])["a", "b", "c"])
            {
                (await Journal.ListAsync(new SessionQuery("acme") { Label = tag }, Cancellation)).Count.ShouldBe(
                    labels[i].Contains(tag) ? 1 : 0
                );
                (await Journal.ListAsync(new SessionQuery("acme") { WaitingOn = tag }, Cancellation)).Count.ShouldBe(
                    labels[^(i + 1)].Contains(tag) ? 1 : 0
                );
            }
        }
    }

    [Fact]
    public async Task Due_timers_of_all_tenants_are_listed_with_the_earliest_first()
    {
        (await Journal.FindNextDueAsync(Cancellation)).ShouldBeNull();
        SessionId[] ids = [new("b", "1"), new("a", "2"), new("a", "1"), new("c", "1"), new("c", "2")];
        DateTimeOffset?[] times = [Noon.AddTicks(10), Noon, Noon, Noon.AddMinutes(1), null];
        for (var i = 0; i < ids.Length; i++)
        {
            await Journal.AppendAsync(Story.Opened(ids[i], Story.Summary(dueAt: times[i])), Cancellation);
        }

        (await Journal.FindNextDueAsync(Cancellation)).ShouldBe(Noon);
        (await Journal.ListDueAsync(Noon.AddTicks(-10), null, 9, Cancellation)).ShouldBeEmpty();
        (await Journal.ListDueAsync(Noon, null, 9, Cancellation)).ShouldBe([new(ids[2], Noon), new(ids[1], Noon)]);
        (await Journal.ListDueAsync(Noon.AddTicks(10), null, 9, Cancellation)).ShouldBe([
            new(ids[2], Noon),
            new(ids[1], Noon),
            new(ids[0], Noon.AddTicks(10)),
        ]);
        (await Journal.ListDueAsync(DateTimeOffset.MaxValue, null, 2, Cancellation)).Select(d => d.Session).ShouldBe([ids[2], ids[1]]);
        List<DueSession> all = [];
        while (await Journal.ListDueAsync(DateTimeOffset.MaxValue, all.LastOrDefault(), 1, Cancellation) is { Count: > 0 } page)
        {
            all.AddRange(page);
        }

        all.Select(d => d.Session).ShouldBe([ids[2], ids[1], ids[0], ids[3]]);
        (await Journal.ListDueAsync(Noon.AddTicks(10), new DueSession(new SessionId("a", "15"), Noon), 9, Cancellation))
            .Select(d => d.Session)
            .ShouldBe([ids[1], ids[0]]);
        (await Journal.ListDueAsync(Noon, all[1], 9, Cancellation)).ShouldBeEmpty();

        await Journal.AppendAsync(Story.Append(ids[2], 1, ["moved"], summary: Story.Summary(dueAt: Noon.AddHours(1))), Cancellation);
        await Journal.AppendAsync(Story.Append(ids[1], 1, ["gone"]), Cancellation);
        (await Journal.FindNextDueAsync(Cancellation)).ShouldBe(Noon.AddTicks(10));
        (await Journal.ListDueAsync(DateTimeOffset.MaxValue, null, 9, Cancellation))
            .Select(d => d.Session)
            .ShouldBe([ids[0], ids[3], ids[2]]);
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await Journal.ListDueAsync(Noon, null, 0, Cancellation));
    }

    [Fact]
    public async Task Active_sessions_of_all_tenants_are_listed_in_order()
    {
        SessionId[] ids = [new("a", "1"), new("a", "2"), new("a-", "0"), new("b", "1"), new("b", "~")];
        foreach (var id in ids.Reverse())
        {
            await Journal.AppendAsync(Story.Opened(id, Story.Summary(isActive: true)), Cancellation);
        }

        await Journal.AppendAsync(Story.Opened(new SessionId("a", "15"), Story.Summary()), Cancellation);

        List<SessionId> all = [];
        while (await Journal.ListActiveAsync(all.Count == 0 ? null : all[^1], 2, Cancellation) is { Count: > 0 } page)
        {
            all.AddRange(page);
        }

        all.ShouldBe(ids);

        await Journal.AppendAsync(Story.Append(ids[1], 1, ["done"]), Cancellation);
        (await Journal.ListActiveAsync(ids[0], 9, Cancellation)).ShouldBe(ids[2..]);
        (await Journal.ListActiveAsync(new SessionId("a", "15"), 1, Cancellation)).ShouldBe([ids[2]]);
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await Journal.ListActiveAsync(null, 0, Cancellation));
    }

    [Fact]
    public async Task A_purge_deletes_only_old_closed_sessions_with_all_their_data()
    {
        foreach (var status in Enum.GetValues<SessionStatus>())
        {
            foreach (var (name, changedAt) in ((string, DateTimeOffset)[])[("old", Noon), ("new", Noon.AddTicks(10))])
            {
                await Journal.AppendAsync(
                    Story.Append(
                        Story.Session($"{status}-{name}"),
                        0,
                        ["a", "b"],
                        1,
                        Story.Summary(status, changedAt, isActive: true, Noon, ["t"], ["l"]),
                        Story.Dump(2)
                    ),
                    Cancellation
                );
            }
        }

        var reopened = Story.Session("Reopened");
        await Journal.AppendAsync(Story.Opened(reopened, Story.Summary(SessionStatus.Closed, Noon)), Cancellation);
        await Journal.AppendAsync(
            Story.Append(
                reopened,
                1,
                ["again"],
                summary: Story.Summary(SessionStatus.Idle, Noon, labels: ["l"], waitingOn: ["t"], isActive: true, dueAt: Noon)
            ),
            Cancellation
        );

        (await Journal.PurgeAsync(Noon, 10, Cancellation)).ShouldBe(1);
        (await Journal.PurgeAsync(Noon, 10, Cancellation)).ShouldBe(0);

        var gone = Story.Session("Closed-old");
        (await Journal.FindAsync(gone, Cancellation)).ShouldBeNull();
        (await Journal.ReadAsync(gone, 0, 9, Cancellation)).ShouldBeEmpty();
        string[] remaining =
        [
            .. Enum.GetValues<SessionStatus>()
                .SelectMany(s => (string[])[$"{s}-new", $"{s}-old"])
                .Append("Reopened")
                .Where(n => n != gone.Name)
                .Order(StringComparer.Ordinal),
        ];
        (await Journal.ListAsync(new SessionQuery("acme"), Cancellation)).Select(e => e.Session.Name).ShouldBe(remaining);
        (await Journal.ListAsync(new SessionQuery("acme") { Label = "l" }, Cancellation)).Select(e => e.Session.Name).ShouldBe(remaining);
        (await Journal.ListAsync(new SessionQuery("acme") { WaitingOn = "t" }, Cancellation))
            .Select(e => e.Session.Name)
            .ShouldBe(remaining);
        (await Journal.ListActiveAsync(null, 99, Cancellation)).Select(s => s.Name).ShouldBe(remaining);
        (await Journal.ListDueAsync(Noon, null, 99, Cancellation)).Select(d => d.Session.Name).ShouldBe(remaining);
        foreach (var name in remaining)
        {
            (await ReadAllAsync(Journal, Story.Session(name))).Count.ShouldBe(2);
        }

        await Journal.AppendAsync(Story.Append(gone, 0, ["anew"]), Cancellation);
        (await Journal.FindAsync(gone, Cancellation))!.Dump.ShouldBeNull();
        (await ReadAllAsync(Journal, gone)).Select(r => r.Text()).ShouldBe(["anew"]);
    }

    [Fact]
    public async Task A_purge_deletes_no_more_sessions_than_its_maximum()
    {
        for (var i = 0; i < 7; i++)
        {
            await Journal.AppendAsync(Story.Opened(Story.Session($"s{i}"), Story.Summary(SessionStatus.Closed)), Cancellation);
        }

        (await Journal.PurgeAsync(Noon, 3, Cancellation)).ShouldBe(3);
        (await Journal.ListAsync(new SessionQuery("acme"), Cancellation)).Count.ShouldBe(4);
        (await Journal.PurgeAsync(Noon, 9, Cancellation)).ShouldBe(4);
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await Journal.PurgeAsync(Noon, 0, Cancellation));
    }
}
