using Monty.Actors;
using Shouldly;
using Xunit;

namespace Monty.Testing.Journals;

/// <summary>Tests of claims, pages of records, epochs and ownership.</summary>
public abstract class ReadContract<TStore> : JournalContract<TStore>
    where TStore : JournalStore, new()
{
    private static readonly SessionId Session = Story.Session("s");

    [Fact]
    public async Task A_claim_returns_the_head_and_fences_lower_epochs()
    {
        await Journal.AppendAsync(
            Story.Append(Session, 0, ["a", "b"], epoch: 2, summary: Story.Summary(labels: ["l"]), dump: Story.Dump(1)),
            Cancellation
        );

        var head = (await Journal.ClaimAsync(Session, 4, Cancellation)).ShouldBeOfType<ClaimResult.Claimed>().Head;
        (head.Session, head.Version, head.Epoch, head.Dump!.Version).ShouldBe((Session, 2, 4, 1));
        head.Summary.ShouldBe(Story.Summary(labels: ["l"]));
        (await Journal.ClaimAsync(Session, 4, Cancellation)).ShouldBeOfType<ClaimResult.Claimed>().Head.Epoch.ShouldBe(4);
        (await Journal.ClaimAsync(Session, 3, Cancellation)).ShouldBe(new ClaimResult.Fenced(4));
        (await Journal.AppendAsync(Story.Append(Session, 2, ["x"], epoch: 3), Cancellation)).ShouldBe(AppendResult.Fenced);
        (await Journal.AppendAsync(Story.Append(Session, 2, ["c"], epoch: 4), Cancellation)).ShouldBe(AppendResult.Appended);
    }

    [Fact]
    public async Task Claiming_an_absent_session_stores_nothing()
    {
        (await Journal.ClaimAsync(Session, 4, Cancellation)).ShouldBeOfType<ClaimResult.Absent>();
        (await Journal.FindAsync(Session, Cancellation)).ShouldBeNull();
        (await Journal.AppendAsync(Story.Append(Session, 0, ["a"], epoch: 1), Cancellation)).ShouldBe(AppendResult.Appended);
    }

    [Fact]
    public async Task Concurrent_claims_and_appends_are_applied_in_the_order_of_their_calls()
    {
        var append = Journal.AppendAsync(Story.Append(Session, 0, ["a"], epoch: 1), Cancellation);
        var claim = Journal.ClaimAsync(Session, 2, Cancellation);
        var late = Journal.AppendAsync(Story.Append(Session, 1, ["b"], epoch: 1), Cancellation);
        var next = Journal.AppendAsync(Story.Append(Session, 1, ["c"], epoch: 2), Cancellation);
        (await append).ShouldBe(AppendResult.Appended);
        (await claim).ShouldBeOfType<ClaimResult.Claimed>().Head.Version.ShouldBe(1);
        (await late).ShouldBe(AppendResult.Fenced);
        (await next).ShouldBe(AppendResult.Appended);
    }

    [Fact]
    public async Task Records_are_read_in_pages_from_any_version()
    {
        await Journal.AppendAsync(Story.Append(Session, 0, [.. Enumerable.Range(1, 10).Select(i => $"r{i}")]), Cancellation);
        await Journal.AppendAsync(Story.Append(Story.Session("other"), 0, ["no"]), Cancellation);

        async Task<string> PageAsync(long after, int max) =>
            string.Join(' ', (await Journal.ReadAsync(Session, after, max, Cancellation)).Select(r => r.Text()));
        (await PageAsync(0, 3)).ShouldBe("r1 r2 r3");
        (await PageAsync(3, 3)).ShouldBe("r4 r5 r6");
        (await PageAsync(8, 2)).ShouldBe("r9 r10");
        (await PageAsync(9, 100)).ShouldBe("r10");
        (await PageAsync(10, 1)).ShouldBe("");
        (await PageAsync(11, 1)).ShouldBe("");
        (await Journal.ReadAsync(Story.Session("absent"), 0, 1, Cancellation)).ShouldBeEmpty();
        (await Journal.ReadAsync(new SessionId("other", "s"), 0, 1, Cancellation)).ShouldBeEmpty();
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await Journal.ReadAsync(Session, 0, 0, Cancellation));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await Journal.ReadAsync(Session, -1, 1, Cancellation));
    }

    [Fact]
    public async Task A_page_of_large_records_ends_early_but_has_at_least_one_record()
    {
        var payload = new byte[5 << 20];
        var huge = new byte[12 << 20];
        byte[][] payloads = [payload, payload, payload, huge, payload];
        await Journal.AppendAsync(
            new SessionAppend(
                Session,
                0,
                1,
                [.. payloads.Select((p, i) => new JournalRecord(i + 1, "fed", 1, p, Story.Start))],
                Story.Summary()
            ),
            Cancellation
        );

        (await Journal.ReadAsync(Session, 0, 100, Cancellation)).Count.ShouldBeInRange(1, 2);
        (await Journal.ReadAsync(Session, 3, 100, Cancellation)).Count.ShouldBe(1);
        (await ReadAllAsync(Journal, Session)).Select(r => r.Payload.Length).ShouldBe(payloads.Select(p => p.Length));
    }

    [Fact]
    public async Task Epochs_increase_across_the_journals_of_one_store()
    {
        var other = await OpenAsync();
        List<long> epochs = [];
        for (var i = 0; i < 10; i++)
        {
            epochs.Add(await (i % 2 == 0 ? Journal : other).NextEpochAsync(Cancellation));
        }

        epochs.AddRange(
            await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? Journal : other).NextEpochAsync(Cancellation)))
        );
        epochs[0].ShouldBeGreaterThan(0);
        epochs.Take(10).ShouldBeInOrder(SortDirection.Ascending);
        epochs.ShouldBeUnique();
        epochs.Skip(10).ShouldAllBe(e => e > epochs[9]);
        (await (await OpenAsync()).NextEpochAsync(Cancellation)).ShouldBeGreaterThan(epochs.Max());
    }

    [Fact]
    public async Task Only_one_engine_owns_a_store_at_a_time()
    {
        var other = await OpenAsync();
        var before = await Journal.NextEpochAsync(Cancellation);
        var first = await Journal.OwnAsync("engine one", Cancellation);
        first.Epoch.ShouldBeGreaterThan(before);
        first.Lost.IsCancellationRequested.ShouldBeFalse();

        Task<JournalOwnership>? waiting = null;
        if (Store.WaitsForOwner)
        {
            waiting = other.OwnAsync("engine two", Cancellation);
            using var impatient = new CancellationTokenSource(TestTimeouts.MeantToPass);
            await Should.ThrowAsync<OperationCanceledException>(() => other.OwnAsync("engine three", impatient.Token));
            waiting.IsCompleted.ShouldBeFalse();
        }
        else
        {
            var refused = await Should.ThrowAsync<JournalOwnedException>(() => other.OwnAsync("engine two", Cancellation));
            refused.Holder.ShouldBe("engine one");
            refused.Message.ShouldContain("engine one");
        }

        await first.DisposeAsync();
        await first.DisposeAsync();
        await using var second = await (waiting ?? other.OwnAsync("engine two", Cancellation)).WaitAsync(
            TestTimeouts.Generous,
            Cancellation
        );
        second.Epoch.ShouldBeGreaterThan(first.Epoch);
        (await other.NextEpochAsync(Cancellation)).ShouldBeGreaterThan(second.Epoch);
    }
}
