using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests histories and dumps that are damaged or do not match.</summary>
public sealed class DamagedHistoryTests : IAsyncDisposable
{
    private static readonly SessionId Id = new("tenant", "session");
    private readonly MemoryStore store = new();

    [Fact]
    public async Task An_unreadable_history_refuses_every_command_and_is_not_read_again_without_one()
    {
        var time = new FakeTime();
        await using (var engine = await StartAsync(store))
        {
            await engine.RunAsync(Id, "x = 1", cancellationToken: Token);
        }

        var loads = 0;
        await using var broken = new RewrittenStore(store)
        {
            Event = e =>
            {
                if (e is SessionOpened)
                {
                    Interlocked.Increment(ref loads);
                }

                return e is FeedStarted fed ? fed with { Feed = 7 } : e;
            },
        };
        await using var next = await MontyEngine.StartAsync(new MontyEngineOptions { Store = broken, TimeProvider = time }, Token);

        foreach (var command in (SessionCommand[])[new FeedCommand("feed", "x"), new CloseCommand("close")])
        {
            var refused = (await next.SendAsync(Id, command, Token)).ShouldBeOfType<SessionReply.Refused>();
            refused.Reason.ShouldBe(SessionRefusal.Unreadable);
            refused.Message.ShouldStartWith("The history of tenant/session cannot be read: change 2: ");
            time.Advance(TimeSpan.FromSeconds(10));
        }

        (await next.SendAsync(Id, new CloseCommand("close"), Token)).ShouldBeOfType<SessionReply.Refused>();
        loads.ShouldBe(1);
    }

    [Theory]
    [InlineData("the last change is marked as deleted")]
    [InlineData("a change is marked as deleted")]
    [InlineData("the manifest of the last change is that of a snapshot")]
    public async Task A_change_that_is_hidden_from_the_reader_makes_the_history_unreadable(string edit)
    {
        SealKey[] keys = [new SealKey(1, new byte[32])];
        await using (var engine = await MontyEngine.StartAsync(new MontyEngineOptions { Store = store, SealKeys = keys }, Token))
        {
            await engine.FeedAsync(Id, "x = 1");
            await engine.EndAsync(Id);
            await engine.AcceptAsync(Id, new SignalCommand("s3", "name", 1));
            await engine.AcceptAsync(Id, new SignalCommand("s4", "name", 2));
        }

        await using var edited = new EditedStore(store, edit);
        await using var next = await MontyEngine.StartAsync(new MontyEngineOptions { Store = edited, SealKeys = keys }, Token);

        (await next.SendAsync(Id, new SignalCommand("s5", "name", 3), Token).InTime())
            .ShouldBeOfType<SessionReply.Refused>()
            .Reason.ShouldBe(SessionRefusal.Unreadable);
        await Should.ThrowAsync<SessionUnreadableException>(() => next.FindAsync(Id, Token).InTime());
        await Should.ThrowAsync<SessionUnreadableException>(() => next.HistoryAsync(Id).InTime());
    }

    [Fact]
    public async Task A_snapshot_whose_changes_are_gone_is_not_viewed()
    {
        await using (var engine = await MontyEngine.StartAsync(new MontyEngineOptions { Store = store, SnapshotEvery = 1 }, Token))
        {
            await engine.FeedAsync(Id, "x = 1");
            await engine.EndAsync(Id);
            await engine.AcceptAsync(Id, new SignalCommand("s3", "name", 1));
        }

        await using var edited = new EditedStore(store, "the newest changes are gone");
        await using var next = await StartAsync(edited);

        (await Should.ThrowAsync<SessionUnreadableException>(() => next.FindAsync(Id, Token).InTime())).IsTampered.ShouldBeTrue();
    }

    /// <summary>A store whose rows were edited.</summary>
    private sealed class EditedStore(SessionStore inner, string edit) : DelegatingStore(inner)
    {
        private bool HidesEnd => edit.StartsWith("the newest", StringComparison.Ordinal);

        internal override async Task<long> FindHighestAsync(string persistenceId, CancellationToken cancellationToken) =>
            HidesEnd ? 2 : await base.FindHighestAsync(persistenceId, cancellationToken);

        internal override async Task<IReadOnlyList<StoredRow>> ReadPageAsync(
            string persistenceId,
            long from,
            long to,
            int max,
            CancellationToken cancellationToken
        )
        {
            var highest = await base.FindHighestAsync(persistenceId, cancellationToken);
            var rows = await base.ReadPageAsync(persistenceId, from, to, max, cancellationToken);
            return
            [
                .. edit switch
                {
                    "the last change is marked as deleted" => rows.Where(r => r.SequenceNumber != highest),
                    "a change is marked as deleted" => rows.Where(r => r.SequenceNumber != highest - 1),
                    "the manifest of the last change is that of a snapshot" => rows.Select(r =>
                        r.SequenceNumber == highest ? r with { Manifest = "snapshot/1" } : r
                    ),
                    _ => rows.Where(r => r.SequenceNumber <= 2),
                },
            ];
        }
    }

    [Fact]
    public async Task Viewing_an_unreadable_history_throws_with_the_reason()
    {
        await using (var engine = await StartAsync(store))
        {
            await engine.RunAsync(Id, "x = 1", cancellationToken: Token);
        }

        await using var broken = new RewrittenStore(store) { Event = e => e is FeedStarted fed ? fed with { Feed = 7 } : e };
        await using var next = await StartAsync(broken);

        (await Should.ThrowAsync<SessionUnreadableException>(() => next.FindAsync(Id, Token))).Message.ShouldContain(
            "Change 2 of tenant/session"
        );
    }

    [Fact]
    public async Task A_session_that_is_purged_while_it_is_viewed_is_not_found()
    {
        await using var purged = new PurgedStore(store);
        await using var engine = await StartAsync(purged);
        await engine.RunAsync(Id, "x = 1", cancellationToken: Token);
        await engine.SendAsync(Id, new CloseCommand("close"), Token);
        purged.Purges = true;

        (await engine.FindAsync(Id, Token)).ShouldBeNull();
        purged.Purges.ShouldBeFalse();
    }

    [Fact]
    public async Task A_recorded_answer_that_the_interpreter_no_longer_accepts_quarantines_the_session()
    {
        await using (var engine = await StartAsync(store, DurableTool.External("ask")))
        {
            await engine.SendAsync(Id, new OpenCommand("open", new SessionSetup()), Token);
            await engine.SendAsync(Id, new FeedCommand("feed", "ask(1)\nask(2)"), Token);
            await engine.SendAsync(Id, new AnswerCommand("a", 1, 0, MontyAnswer.Return(1)), Token);
        }

        var deep = Enumerable.Range(0, 60).Aggregate((MontyValue)1, (inner, _) => new MontyList([inner]));
        await using var foreign = new RewrittenStore(store)
        {
            Dump = d => d with { Runtime = "monty 0.0.1" },
            Event = e => e is CallAnswered { CallId: 0 } answered ? answered with { Answer = MontyAnswer.Return(deep) } : e,
        };
        await using var next = await StartAsync(foreign, DurableTool.External("ask"));
        (await next.SendAsync(Id, new AnswerCommand("b", 1, 1, MontyAnswer.Return(2)), Token)).ShouldBeOfType<SessionReply.Accepted>();

        ((SessionQuarantined)await next.EventAsync(Id, e => e is SessionQuarantined)).Evidence.ShouldContain("refused");
    }

    [Fact]
    public async Task An_instance_that_is_passed_back_as_an_input_is_the_same_object_in_a_replay()
    {
        await using (var engine = await StartAsync(store))
        {
            var box = (
                (FeedOutcome.Completed)await engine.RunAsync(Id, "class Box: pass\nbox = Box()\nbox", cancellationToken: Token)
            ).Value;
            await engine.SendAsync(Id, new FeedCommand("again", "same is box", [KeyValuePair.Create("same", box)]), Token);
            (await engine.WaitAsync(Id, "again", Token)).ShouldBe(new FeedOutcome.Completed(true));
        }

        await using var foreign = new RewrittenStore(store) { Dump = d => d with { Runtime = "monty 0.0.1" } };
        await using var next = await StartAsync(foreign);

        (await next.RunAsync(Id, "same is box", cancellationToken: Token).WaitAsync(TestTimeouts.Generous, Token)).ShouldBe(
            new FeedOutcome.Completed(true)
        );
    }

    [Fact]
    public async Task A_dump_that_includes_more_than_the_history_is_not_loaded()
    {
        var other = new SessionId("tenant", "other");
        await using (var engine = await StartAsync(store))
        {
            await engine.RunAsync(Id, "x = 1", cancellationToken: Token);
            await engine.RunAsync(other, "x = 2", cancellationToken: Token);
        }

        var content = (await store.ReadAllAsync(other))[^1].Decode().Dump!.Bytes;
        await using var ahead = new RewrittenStore(store) { Dump = d => d with { SequenceNumber = d.SequenceNumber + 1, Bytes = content } };
        await using var next = await StartAsync(ahead);

        (await next.RunAsync(Id, "x", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(1));
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Task<MontyEngine> StartAsync(SessionStore store, params DurableTool[] tools) =>
        MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = store,
                Tools = tools,
                AnswerFirstAfter = TimeSpan.FromDays(1),
            },
            Token
        ); // a command is acknowledged only after its turn

    /// <summary>A store that deletes closed sessions between the lookup of a session and the read of its history.</summary>
    private sealed class PurgedStore(SessionStore inner) : DelegatingStore(inner)
    {
        public bool Purges { get; set; }

        internal override async Task<IReadOnlyList<StoredRow>> ReadPageAsync(
            string persistenceId,
            long from,
            long to,
            int max,
            CancellationToken cancellationToken
        )
        {
            if (Purges)
            {
                await PurgeAsync(DateTimeOffset.UtcNow.AddDays(1), 1, cancellationToken);
            }

            Purges = false;
            return await base.ReadPageAsync(persistenceId, from, to, max, cancellationToken);
        }
    }
}
