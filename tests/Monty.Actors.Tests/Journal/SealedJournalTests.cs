using Monty.Testing.Journals;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Journal;

public sealed class SealedJournalTests : IAsyncDisposable
{
    private static readonly SessionId Session = Story.Session("s");
    private static readonly JournalKey Key = new(1, Secret(1));
    private readonly MemoryJournal store = new();
    private readonly SealedJournal journal;

    public SealedJournalTests() => journal = new SealedJournal(store, Key);

    public async ValueTask DisposeAsync()
    {
        await journal.DisposeAsync();
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Its_limits_are_those_of_the_store_less_the_seal()
    {
        await using var small = new SealedJournal(
            new MemoryJournal(
                new JournalOptions
                {
                    MaxRecordBytes = 100,
                    MaxDumpBytes = 200,
                    MaxAppendBytes = 300,
                }
            ),
            Key
        );
        foreach (var (record, dump) in ((int, int)[])[(83, 183), (84, 1), (1, 184), (83, 184)])
        {
            var append = Story.Append(Session, 0, [new string('x', record)], dump: Story.Dump(1, new string('d', dump)));
            if (small.Limits.WhyTooLarge(append.Records, dump) is not { } why)
            {
                (await small.AppendAsync(append)).ShouldBe(AppendResult.Appended);
            }
            else
            {
                (await Should.ThrowAsync<JournalLimitException>(() => small.AppendAsync(append))).Message.ShouldNotBe(why);
            }

            (small.Limits.WhyTooLarge(append.Records, dump) is null).ShouldBe((record, dump) == (83, 183));
        }

        small
            .Limits.WhyTooLarge([.. Enumerable.Repeat(Story.Record(1, new string('x', 60)), 4)], 0)
            .ShouldBe("all that happened at once has 308 bytes where the journal takes 300");
    }

    [Fact]
    public async Task A_seal_holds_every_field_of_a_record()
    {
        await journal.AppendAsync(Story.Append(Session, 0, ["one", "two"]));
        var stored = await store.ReadAsync(Session, 0, 2);
        var (one, two) = (stored[0], stored[1]);
        one.Payload.Length.ShouldBe("one".Length + 17);
        await CheckAsync(Session, one, fits: true);

        await CheckAsync(Story.Session("t"), one);
        await CheckAsync(new SessionId("acme2", "s"), one);
        await CheckAsync(Session, new JournalRecord(1, one.Kind, one.Schema, two.Payload, one.At)); // moved from version 2
        await CheckAsync(Session, new JournalRecord(1, one.Kind + "x", one.Schema, one.Payload, one.At));
        await CheckAsync(Session, new JournalRecord(1, one.Kind, one.Schema + 1, one.Payload, one.At));
        await CheckAsync(Session, new JournalRecord(1, one.Kind, one.Schema, one.Payload, one.At.AddTicks(10)));
        for (var i = 0; i < one.Payload.Length; i++)
        {
            var damaged = one.Payload.ToArray();
            damaged[i] ^= 1;
            await CheckAsync(Session, new JournalRecord(1, one.Kind, one.Schema, damaged, one.At));
            await CheckAsync(Session, new JournalRecord(1, one.Kind, one.Schema, one.Payload[..i], one.At));
        }
    }

    [Fact]
    public async Task A_broken_seal_of_a_dump_leaves_the_dump_out_and_says_why()
    {
        await journal.AppendAsync(Story.Append(Session, 0, ["one", "two"], dump: Story.Dump(2, "state")));
        var dump = (await store.FindAsync(Session))!.Dump!;
        await CheckAsync(Session, dump, fits: true);
        await CheckAsync(Story.Session("t"), dump);
        await CheckAsync(Session, new JournalDump(1, dump.Runtime, dump.Content));
        await CheckAsync(Session, new JournalDump(2, "monty 0.0.24", dump.Content));
        await CheckAsync(Session, new JournalDump(2, dump.Runtime, dump.Content[1..]));

        static async Task CheckAsync(SessionId session, JournalDump dump, bool fits = false)
        {
            await using var sealedJournal = new SealedJournal(await StoreWithAsync(session, Story.Record(1), dump), Key);
            var found = await sealedJournal.FindAsync(session);
            var claimed = ((ClaimResult.Claimed)await sealedJournal.ClaimAsync(session, 2)).Head;
            foreach (var head in (SessionHead[])[found!, claimed])
            {
                (head.Dump is not null).ShouldBe(fits);
                if (fits)
                {
                    head.DumpProblem.ShouldBeNull();
                }
                else
                {
                    head.DumpProblem!.ShouldContain($"dump of version {dump.Version} of {session}");
                }

                head.Version.ShouldBe(2);
            }
        }
    }

    [Fact]
    public async Task A_dump_and_a_record_are_not_taken_for_one_another()
    {
        await journal.AppendAsync(
            new SessionAppend(
                Session,
                0,
                1,
                [new JournalRecord(1, "r", 1, new byte[] { 1 }, DateTimeOffset.UnixEpoch)],
                Story.Summary(),
                new JournalDump(1, "r", new byte[] { 1 })
            )
        );
        var dump = (await store.FindAsync(Session))!.Dump!;
        await CheckAsync(Session, new JournalRecord(1, "r", 1, dump.Content, DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public async Task Keys_change_and_older_ones_still_open_what_they_sealed()
    {
        await journal.AppendAsync(Story.Append(Session, 0, ["old"], dump: Story.Dump(1)));
        var newer = new SealedJournal(store, new JournalKey(2, Secret(2)), Key);
        await newer.AppendAsync(Story.Append(Session, 1, ["new"]));
        (await newer.ReadAsync(Session, 0, 9)).Select(r => r.Text()).ShouldBe(["old", "new"]);
        (await newer.FindAsync(Session))!.Dump.ShouldNotBeNull();

        (await Should.ThrowAsync<JournalTamperedException>(() => journal.ReadAsync(Session, 0, 9))).Version.ShouldBe(2);
        var without = new SealedJournal(store, new JournalKey(2, Secret(2)));
        (await Should.ThrowAsync<JournalTamperedException>(() => without.ReadAsync(Session, 0, 9))).Message.ShouldContain(
            "key 1, which is not among the keys"
        );
        var impostor = new SealedJournal(store, new JournalKey(1, Secret(3)));
        await Should.ThrowAsync<JournalTamperedException>(() => impostor.ReadAsync(Session, 0, 1));
    }

    [Fact]
    public async Task What_was_written_without_a_seal_is_refused()
    {
        await store.AppendAsync(Story.Append(Session, 0, ["x", "a text that is longer than a seal"], dump: Story.Dump(1)));
        await Should.ThrowAsync<JournalTamperedException>(() => journal.ReadAsync(Session, 0, 1));
        await Should.ThrowAsync<JournalTamperedException>(() => journal.ReadAsync(Session, 1, 1));
        (await journal.FindAsync(Session))!.DumpProblem.ShouldNotBeNull();
    }

    [Fact]
    public void Keys_are_long_numbered_once_and_silent()
    {
        Should.Throw<ArgumentException>(() => new JournalKey(1, new byte[31])).Message.ShouldContain("32 bytes");
        Should
            .Throw<ArgumentException>(() => new SealedJournal(store, Key, new JournalKey(1, Secret(2))))
            .Message.ShouldContain("number 1");
        Key.ToString().ShouldBe("key 1");
    }

    private static byte[] Secret(byte of) => [.. Enumerable.Repeat(of, 32)];

    private static async Task CheckAsync(SessionId session, JournalRecord record, bool fits = false)
    {
        await using var sealedJournal = new SealedJournal(await StoreWithAsync(session, record, null), Key);
        if (fits)
        {
            (await sealedJournal.ReadAsync(session, 0, 1)).Single().Text().ShouldBe("one");
            return;
        }

        var exception = await Should.ThrowAsync<JournalTamperedException>(() => sealedJournal.ReadAsync(session, 0, 1));
        (exception.Session, exception.Version).ShouldBe((session, 1));
        exception.Message.ShouldContain($"Record 1 ({record.Kind}) of {session}");
    }

    private static async Task<MemoryJournal> StoreWithAsync(SessionId session, JournalRecord record, JournalDump? dump)
    {
        var store = new MemoryJournal();
        await store.AppendAsync(new SessionAppend(session, 0, 1, [record, Story.Record(2)], Story.Summary(), dump));
        return store;
    }
}
