using System.Collections.Concurrent;
using Monty.Interop;
using Monty.Testing.Engine;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests interpreters that are too large to be stored with every turn.</summary>
public sealed class LargeDumpTests : IAsyncDisposable
{
    private const string Code = """
        text = 'x' * 200_000
        seen = []
        for i in range(10):
            seen.append(charge(i))
        seen.append(ask())
        for i in range(3):
            seen.append(charge(i))
        (len(text), seen)
        """;

    private static readonly SessionId Id = new("tenant", "session");
    private readonly MemoryStore store = new();
    private readonly ConcurrentQueue<long> dumped = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task They_are_stored_periodically_and_at_the_end_and_the_changes_in_between_rebuild_the_rest()
    {
        await using var counting = new CountingStore(store, dumped);
        await using (var engine = await StartAsync(counting))
        {
            await engine.FeedAsync(Id, Code);
            await engine.EventAsync(Id, e => e is CallAnnounced { Kind: CallKind.External });
        }

        // After turn 5, at the stop after turn 11, and once in between, unless the first snapshot was still being saved then. The rest is in the history.
        (dumped.First(), dumped.Last()).ShouldBe((6, 12));
        dumped.Skip(1).SkipLast(1).ShouldAllBe(sequence => sequence >= 10);
        dumped.Clear();

        await using var next = await StartAsync(counting);
        await next.AcceptAsync(Id, new AnswerCommand("a", 1, 10, MontyAnswer.Return("asked")));

        (await next.EndAsync(Id))
            .ToString()
            .ShouldBe(
                new FeedOutcome.Completed(
                    new MontyTuple([200_000, new MontyList([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, "asked", 0, 1, 2])])
                ).ToString()
            );
        (await next.HistoryAsync(Id)).OfType<CallAnnounced>().Count().ShouldBe(14);
        dumped.ShouldBe([16]); // four turns later, which was the end
    }

    private static Task<MontyEngine> StartAsync(SessionStore store) =>
        MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = store,
                Tools = [DurableTool.Handled("charge", (call, _) => new(call.Call.Arguments[0])), DurableTool.External("ask")],
                MaxInlineDump = 1024,
                LargeDumpTurns = 4,
                AnswerFirstAfter = TimeSpan.FromDays(1), // on a busy machine, the feed would otherwise be stored before its first turn ends
            },
            Token
        );

    /// <summary>A store that records the number of changes at which each snapshot was saved.</summary>
    private sealed class CountingStore(SessionStore inner, ConcurrentQueue<long> dumped) : DelegatingStore(inner)
    {
        internal override Task SaveSnapshotAsync(string persistenceId, StoredRow snapshot, CancellationToken cancellationToken)
        {
            dumped.Enqueue(snapshot.SequenceNumber);
            return base.SaveSnapshotAsync(persistenceId, snapshot, cancellationToken);
        }
    }
}
