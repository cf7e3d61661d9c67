using Monty.Actors;
using Shouldly;
using Xunit;

namespace Monty.Testing.Journals;

/// <summary>Tests with many concurrent writers, in one journal and in two journals on one store.</summary>
public abstract class LoadContract<TStore> : JournalContract<TStore>
    where TStore : JournalStore, new()
{
    [Fact]
    public async Task Appends_to_one_session_are_applied_in_the_order_of_their_calls()
    {
        const int Sessions = 20,
            Appends = 50;
        List<Task<AppendResult>> made = [];
        for (var version = 0; version < Appends; version++)
        {
            for (var s = 0; s < Sessions; s++)
            {
                made.Add(Journal.AppendAsync(Story.Append(Story.Session($"s{s}"), version, [$"{s}:{version}"]), Cancellation));
            }
        }

        (await Task.WhenAll(made).WaitAsync(TestTimeouts.Generous, Cancellation)).ShouldAllBe(result => result == AppendResult.Appended);
        for (var s = 0; s < Sessions; s++)
        {
            (await ReadAllAsync(Journal, Story.Session($"s{s}"), page: 7))
                .Select(r => r.Text())
                .ShouldBe(Enumerable.Range(0, Appends).Select(v => $"{s}:{v}"));
        }
    }

    [Fact]
    public async Task Each_version_is_written_by_exactly_one_of_two_writers()
    {
        const int Versions = 60;
        IJournal[] journals = [Journal, await OpenAsync()];
        SessionId[] sessions = [.. Enumerable.Range(0, 5).Select(i => Story.Session($"s{i}"))];

        var wins = await Task.WhenAll(
            journals.SelectMany(
                (journal, writer) => sessions.Select(session => Task.Run(() => WriteAsync(journal, session, $"{writer}"), Cancellation))
            )
        );

        foreach (var (session, i) in sessions.Select((s, i) => (s, i)))
        {
            var records = await ReadAllAsync(Journal, session);
            records.Select(r => r.Version).ShouldBe(Enumerable.Range(1, Versions).Select(v => (long)v));
            for (var writer = 0; writer < 2; writer++)
            {
                records
                    .Where(r => r.Text() == $"{writer}")
                    .Select(r => r.Version)
                    .ShouldBe(wins[(writer * sessions.Length) + i], $"writer {writer} of {session} got a different result");
            }

            (await Journal.FindAsync(session, Cancellation))!.Summary.Labels.ShouldBe([$"by {records[^1].Text()}"]);
        }

        async Task<List<long>> WriteAsync(IJournal journal, SessionId session, string writer)
        {
            List<long> won = [];
            for (var version = 0; version < Versions; )
            {
                var append = Story.Append(
                    session,
                    version,
                    [writer],
                    summary: Story.Summary(labels: [$"by {writer}"]),
                    dump: Story.Dump(version + 1, writer)
                );
                if (await journal.AppendAsync(append, Cancellation) == AppendResult.Appended)
                {
                    won.Add(++version);
                }
                else
                {
                    version = (int)(await journal.FindAsync(session, Cancellation))!.Version;
                }
            }

            return won;
        }
    }

    [Fact]
    public async Task An_owner_that_was_replaced_cannot_write_after_the_claim()
    {
        var newer = await OpenAsync();
        for (var round = 0; round < 10; round++)
        {
            var session = Story.Session($"s{round}");
            await Journal.AppendAsync(Story.Append(session, 0, ["first"]), Cancellation);
            var older = Task.Run(
                async () =>
                {
                    var version = 1L;
                    while (await Journal.AppendAsync(Story.Append(session, version, ["older"]), Cancellation) == AppendResult.Appended)
                    {
                        version++;
                    }

                    return version;
                },
                Cancellation
            );
            await TestTasks.UntilAsync(async () => (await newer.FindAsync(session, Cancellation))!.Version >= 3);

            var head = (await newer.ClaimAsync(session, 2, Cancellation)).ShouldBeOfType<ClaimResult.Claimed>().Head;
            (await newer.AppendAsync(Story.Append(session, head.Version, ["newer"], epoch: 2), Cancellation)).ShouldBe(
                AppendResult.Appended
            );
            (await older.WaitAsync(TestTimeouts.Generous, Cancellation)).ShouldBe(head.Version);
            var records = await ReadAllAsync(newer, session);
            records.Count.ShouldBe((int)head.Version + 1);
            records[^1].Text().ShouldBe("newer");
        }
    }

    [Fact]
    public async Task Thousands_of_sessions_are_written_and_claimed_concurrently()
    {
        const int Sessions = 3000;
        var results = await Task.WhenAll(
            Enumerable
                .Range(0, Sessions)
                .Select(i =>
                    Journal.AppendAsync(
                        Story.Append(
                            Story.Session($"s{i}"),
                            0,
                            ["a", "b"],
                            summary: Story.Summary(isActive: true, labels: [$"l{i % 10}"]),
                            dump: Story.Dump(2)
                        ),
                        Cancellation
                    )
                )
        );
        results.ShouldAllBe(r => r == AppendResult.Appended);
        var claims = await Task.WhenAll(
            Enumerable.Range(0, Sessions).Select(i => Journal.ClaimAsync(Story.Session($"s{i}"), 2, Cancellation))
        );
        claims.Select((c, i) => c.ShouldBeOfType<ClaimResult.Claimed>().Head.Session == Story.Session($"s{i}")).ShouldAllBe(same => same);
        claims.Cast<ClaimResult.Claimed>().ShouldAllBe(c => c.Head.Version == 2 && c.Head.Epoch == 2 && c.Head.Dump!.Version == 2);
        (await Journal.ListAsync(new SessionQuery("acme") { Label = "l3", Max = 1000 }, Cancellation)).Count.ShouldBe(Sessions / 10);
    }
}
