using Monty.Actors;
using Monty.Actors.Persistence;
using Shouldly;
using Xunit;

namespace Monty.Testing.Stores;

/// <summary>Many writers at once, on one store and on two of one place.</summary>
public abstract class LoadContract<TStore> : StoreContract<TStore>
    where TStore : TestStore, new()
{
    [Fact]
    public async Task Changes_of_one_session_are_stored_in_the_order_they_are_enqueued_while_others_write()
    {
        const int Sessions = 20;
        const int Count = 50;
        await using var writer = new StoreWriter(Store);
        List<Task<WriteOutcome>> written = [];
        for (var sequence = 1; sequence <= Count; sequence++)
        {
            for (var s = 0; s < Sessions; s++)
            {
                written.Add(writer.WriteAsync(Changes.Change(Changes.Session($"s{s}"), sequence, $"{s}:{sequence}")));
            }
        }

        (await Task.WhenAll(written).InTime()).ShouldAllBe(o => o == WriteOutcome.Stored);
        for (var s = 0; s < Sessions; s++)
        {
            (await Store.ReadTextsAsync(Changes.Session($"s{s}"))).ShouldBe(Enumerable.Range(1, Count).Select(i => $"{s}:{i}"));
        }
    }

    [Fact]
    public async Task Of_two_writers_one_wins_each_sequence_number_and_each_knows_which()
    {
        const int Count = 60;
        SessionStore[] stores = [Store, await OpenAsync()];
        SessionId[] sessions = [.. Enumerable.Range(0, 5).Select(i => Changes.Session($"s{i}"))];
        var wins = await Task.WhenAll(
            stores.SelectMany(
                (store, writer) => sessions.Select(session => Task.Run(() => WriteAsync(store, session, $"{writer}"), Cancellation))
            )
        );

        for (var s = 0; s < sessions.Length; s++)
        {
            var rows = await Store.ReadAllAsync(sessions[s]);
            rows.Select(r => r.SequenceNumber).ShouldBe(Enumerable.Range(1, Count).Select(v => (long)v));
            for (var writer = 0; writer < 2; writer++)
            {
                rows.Where(r => r.Text() == $"{writer}")
                    .Select(r => r.SequenceNumber)
                    .ShouldBe(wins[(writer * sessions.Length) + s], $"writer {writer} of {sessions[s]} was told otherwise");
            }

            (await Store.FindAsync(sessions[s], Cancellation))!.Summary.Labels.ShouldBe([$"by {rows[^1].Text()}"]);
        }

        async Task<List<long>> WriteAsync(SessionStore store, SessionId session, string writer)
        {
            List<long> won = [];
            for (var highest = 0L; highest < Count; )
            {
                var change = Changes.Change(session, highest + 1, writer, summary: Changes.Summary(labels: [$"by {writer}"]));
                WriteOutcome outcome;
                lock (store) // one thread at a time, as its contract wants
                {
                    outcome = store.WriteOne(change);
                }

                if (outcome == WriteOutcome.Stored)
                {
                    won.Add(++highest);
                }
                else
                {
                    outcome.ShouldBe(WriteOutcome.Conflict);
                    highest = await store.FindHighestAsync(session.Key(), Cancellation);
                }
            }

            return won;
        }
    }

    [Fact]
    public async Task Thousands_of_sessions_are_written_in_one_batch_and_listed()
    {
        const int Sessions = 3_000;
        for (var sequence = 1; sequence <= 2; sequence++)
        {
            Store
                .WriteAll([
                    .. Enumerable
                        .Range(0, Sessions)
                        .Select(i =>
                            Changes.Change(
                                Changes.Session($"s{i}"),
                                sequence,
                                summary: Changes.Summary(isActive: true, labels: [$"l{i % (10 * sequence)}"])
                            )
                        ),
                ])
                .ShouldAllBe(o => o == WriteOutcome.Stored);
        }

        (await Store.ListAsync(new SessionQuery("acme") { Label = "l13", Max = 1000 }, Cancellation)).Count.ShouldBe(Sessions / 20);
        (await Store.ListActiveAsync(null, 10_000, Cancellation)).Count.ShouldBe(Sessions);
        (await Store.FindHighestAsync(Changes.Session("s2999").Key(), Cancellation)).ShouldBe(2);
    }
}
