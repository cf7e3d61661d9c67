using System.Collections.Concurrent;
using Monty.Interop;
using Monty.Testing.Engine;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Interpreters too large to be stored with every turn.</summary>
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
    private readonly MemoryJournal journal = new();
    private readonly ConcurrentQueue<int> dumped = [];
    private int turns;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => journal.DisposeAsync();

    [Fact]
    public async Task They_are_stored_now_and_then_and_at_the_end_and_the_records_in_between_rebuild_the_rest()
    {
        await using var counting = new RewrittenJournal(journal) { Append = Count };
        await using (var engine = await StartAsync(counting))
        {
            await engine.FeedAsync(Id, Code);
            await engine.EventAsync(Id, e => e is CallAnnounced { Kind: CallKind.External });
        }

        dumped.ShouldBe([5, 9]); // of 11 turns; the rest is in the records
        dumped.Clear();
        turns = 0;

        await using var next = await StartAsync(counting);
        await next.AcceptAsync(Id, new AnswerCommand("a", 1, 10, MontyAnswer.Return("asked")));

        (await next.EndAsync(Id))
            .ToString()
            .ShouldBe(
                new FeedOutcome.Completed(
                    new MontyTuple([200_000, new MontyList([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, "asked", 0, 1, 2])])
                ).ToString()
            );
        (await next.StoryAsync(Id)).OfType<CallAnnounced>().Count().ShouldBe(14);
        dumped.ShouldBe([1, 4]); // what was rebuilt, and the end
    }

    private async Task<AppendResult> Count(SessionAppend append)
    {
        if (append.Records.Any(r => r.Kind is "call_announced" or "feed_ended"))
        {
            turns++;
        }

        if (append.Dump is not null)
        {
            dumped.Enqueue(turns);
        }

        return await journal.AppendAsync(append);
    }

    private static Task<MontyEngine> StartAsync(IJournal journal) =>
        MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Journal = journal,
                Tools = [DurableTool.Handled("charge", (call, _) => new(call.Call.Arguments[0])), DurableTool.External("ask")],
                MaxInlineDump = 1024,
                LargeDumpTurns = 4,
            },
            Token
        );
}
