using FsCheck;
using FsCheck.Fluent;
using Monty.Actors;
using Monty.Interop;
using Shouldly;
using Xunit;

namespace Monty.Testing.Stores;

/// <summary>Random operations against a model that a reader sees through at a glance.</summary>
public abstract class ModelContract<TStore> : StoreContract<TStore>
    where TStore : TestStore, new()
{
    private static readonly string[] Tags = ["a", "b", "ä"];
    private int written;

    // Small worlds, so that operations meet: two sessions, sequence numbers around the right one, epochs around the claim.
    private static readonly Gen<SessionSummary> Summaries =
        from status in Gen.Elements(Enum.GetValues<SessionStatus>())
        from hour in Gen.Choose(0, 3)
        from active in Gen.Elements(true, false)
        from due in Gen.Choose(-2, 3)
        from waiting in Gen.SubListOf(Tags)
        from labels in Gen.SubListOf(Tags)
        select new SessionSummary(
            status,
            Changes.Start,
            Changes.Start.AddHours(hour),
            active,
            due < 0 ? null : Changes.Start.AddHours(due),
            waiting.ToEquatableArray(),
            labels.ToEquatableArray()
        );

    private static readonly Gen<Operation.WriteOne> Writes =
        from session in Gen.Choose(0, 1)
        from offset in Gen.Frequency((6, Gen.Constant(0)), (1, Gen.Choose(-2, 2)))
        from late in Gen.Frequency((6, Gen.Constant(false)), (1, Gen.Constant(true)))
        from summary in Summaries
        select new Operation.WriteOne(session, offset, late, summary);

    private static readonly Gen<Operation> Operations = Gen.Frequency(
        (8, from writes in Gen.NonEmptyListOf(Writes) select (Operation)new Operation.Write([.. writes.Take(4)])),
        (1, from session in Gen.Choose(0, 1) select (Operation)new Operation.WriteAgain(session)),
        (2, from session in Gen.Choose(0, 1) from back in Gen.Choose(0, 3) select (Operation)new Operation.SaveSnapshot(session, back)),
        (1, Gen.Constant((Operation)new Operation.Claim())),
        (1, from hour in Gen.Choose(0, 3) select (Operation)new Operation.Purge(hour))
    );

    /// <summary>One step.</summary>
    public abstract record Operation
    {
        /// <summary>A batch.</summary>
        public sealed record Write(IReadOnlyList<WriteOne> Changes) : Operation;

        /// <summary>A change behind those of the model and of the batch, and an offset.</summary>
        public sealed record WriteOne(int Session, int Offset, bool IsLate, SessionSummary Summary);

        /// <summary>The last change of a session once more.</summary>
        public sealed record WriteAgain(int Session) : Operation;

        /// <summary>A snapshot at some changes before the last one.</summary>
        public sealed record SaveSnapshot(int Session, int Back) : Operation;

        /// <summary>A claim.</summary>
        public sealed record Claim : Operation;

        /// <summary>A purge.</summary>
        public sealed record Purge(int Hour) : Operation;
    }

    [Fact]
    public void Every_sequence_of_operations_does_what_the_model_does()
    {
        var worlds = 0;
        Dictionary<WriteOutcome, int> outcomes = [];
        Prop.ForAll(
                Operations.ListOf().ToArbitrary(),
                operations =>
                    RunAsync($"w{worlds++}", [.. operations], outcomes)
                        .WaitAsync(TestTimeouts.Generous, Cancellation)
                        .GetAwaiter()
                        .GetResult()
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(120).WithEndSize(25));
        outcomes[WriteOutcome.Stored].ShouldBeGreaterThan(100);
        outcomes[WriteOutcome.Conflict].ShouldBeGreaterThan(50);
        outcomes[WriteOutcome.Fenced].ShouldBeGreaterThan(20);
    }

    private async Task RunAsync(string world, IReadOnlyList<Operation> operations, Dictionary<WriteOutcome, int> outcomes)
    {
        SessionId[] ids = [new(world, "x"), new(world, "y")];
        Dictionary<SessionId, Model> models = ids.ToDictionary(id => id, _ => new Model());
        var epoch = await Store.RaiseEpochAsync();
        foreach (var operation in operations)
        {
            switch (operation)
            {
                case Operation.Write write:
                    foreach (var outcome in Write(write.Changes, ids, models, epoch))
                    {
                        outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
                    }

                    break;
                case Operation.WriteAgain again when models[ids[again.Session]].Changes is { Count: > 0 } changes:
                    Store.WriteOne(changes[^1]).ShouldBe(WriteOutcome.Stored);
                    break;
                case Operation.SaveSnapshot snapshot:
                    await SnapshotAsync(ids[snapshot.Session], snapshot.Back, models);
                    break;
                case Operation.Claim:
                    epoch = await Store.RaiseEpochAsync();
                    break;
                case Operation.Purge purge:
                    await PurgeAsync(Changes.Start.AddHours(purge.Hour), models);
                    break;
                default:
                    break;
            }
        }

        await CompareAsync(world, ids, models);
    }

    private List<WriteOutcome> Write(
        IReadOnlyList<Operation.WriteOne> writes,
        SessionId[] ids,
        Dictionary<SessionId, Model> models,
        long epoch
    )
    {
        List<ChangeWrite> batch = [];
        List<WriteOutcome> expected = [];
        Dictionary<SessionId, WriteOutcome> refused = [];
        foreach (var write in writes)
        {
            var id = ids[write.Session];
            var model = models[id];
            var sequence = Math.Max(0, model.Changes.Count + 1 + write.Offset);
            var change = Changes.Change(
                id,
                sequence,
                $"{sequence} of {epoch}, {written++}",
                write.IsLate ? epoch - 1 : epoch,
                write.Summary
            );
            batch.Add(change);
            if (!refused.TryGetValue(id, out var outcome))
            {
                outcome =
                    write.IsLate ? WriteOutcome.Fenced
                    : sequence == model.Changes.Count + 1 ? WriteOutcome.Stored
                    : WriteOutcome.Conflict;
            }

            expected.Add(outcome);
            if (outcome == WriteOutcome.Stored)
            {
                model.Changes.Add(change);
            }
            else
            {
                refused[id] = outcome;
            }
        }

        Store.WriteAll(batch).ShouldBe(expected);
        return expected;
    }

    private async Task SnapshotAsync(SessionId id, int back, Dictionary<SessionId, Model> models)
    {
        var model = models[id];
        var sequence = Math.Max(1, model.Changes.Count - back);
        await Store.SaveSnapshotAsync(id.Key(), Changes.Snapshot(sequence), Cancellation);
        if (model.Changes.Count >= sequence)
        {
            model.Snapshots.Add(sequence);
            model.Snapshots.RemoveWhere(s => model.Snapshots.Count(other => other > s) >= 2);
        }
    }

    private async Task PurgeAsync(DateTimeOffset since, Dictionary<SessionId, Model> models)
    {
        var old = models
            .Where(m => m.Value.Changes is { Count: > 0 } && m.Value.Summary is { Status: SessionStatus.Closed } s && s.ChangedAt <= since)
            .ToList();
        (await Store.PurgeAsync(since, 1000, Cancellation)).ShouldBeGreaterThanOrEqualTo(old.Count); // worlds before this one had some too
        old.ForEach(m => models[m.Key] = new Model());
    }

    private async Task CompareAsync(string world, SessionId[] ids, Dictionary<SessionId, Model> models)
    {
        foreach (var (id, model) in models)
        {
            (await Store.FindAsync(id, Cancellation)).ShouldBe(
                model.Changes.Count == 0 ? null : new SessionEntry(id, model.Changes.Count, model.Summary)
            );
            (await Store.FindHighestAsync(id.Key(), Cancellation)).ShouldBe(model.Changes.Count);
            (await Store.ReadTextsAsync(id)).ShouldBe(model.Changes.Select(c => c.Row.Text()));
            for (var upTo = 0; upTo <= model.Changes.Count; upTo++)
            {
                var newest = model.Snapshots.Where(s => s <= upTo).Max(s => (long?)s);
                ((await Store.FindSnapshotAsync(id.Key(), upTo, Cancellation))?.SequenceNumber).ShouldBe(newest);
            }
        }

        foreach (var tag in Tags)
        {
            (await ListAsync(new SessionQuery(world) { Label = tag })).ShouldBe(IdsWhere(s => s.Labels.Contains(tag)));
            (await ListAsync(new SessionQuery(world) { WaitingOn = tag })).ShouldBe(IdsWhere(s => s.WaitingOn.Contains(tag)));
        }

        var active = (await Store.ListActiveAsync(new SessionId(world, "-"), 2, Cancellation)).Where(id => id.Tenant == world);
        active.ShouldBe(IdsWhere(s => s.IsActive));
        var due = (await Store.ListDueAsync(DateTimeOffset.MaxValue, null, 10_000, Cancellation)).Where(d => d.Session.Tenant == world);
        due.ShouldBe(
            IdsWhere(s => s.DueAt is not null)
                .Select(id => new DueSession(id, models[id].Summary.DueAt!.Value))
                .OrderBy(d => d.DueAt)
                .ThenBy(d => d.Session)
        );

        IEnumerable<SessionId> IdsWhere(Predicate<SessionSummary> isSo) =>
            ids.Where(id => models[id].Changes.Count > 0 && isSo(models[id].Summary));

        async Task<IEnumerable<SessionId>> ListAsync(SessionQuery query) =>
            (await Store.ListAsync(query, Cancellation)).Select(e => e.Session);
    }

    private sealed class Model
    {
        public List<ChangeWrite> Changes { get; } = [];

        public SortedSet<int> Snapshots { get; } = [];

        public SessionSummary Summary => Changes[^1].Summary;
    }
}
