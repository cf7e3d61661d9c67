using FsCheck;
using FsCheck.Fluent;
using Monty.Actors;
using Monty.Interop;
using Shouldly;
using Xunit;

namespace Monty.Testing.Journals;

/// <summary>Compares random sequences of operations with a simple model.</summary>
public abstract class ModelContract<TStore> : JournalContract<TStore>
    where TStore : JournalStore, new()
{
    private static readonly string[] Tags = ["a", "b", "ä"];

    // The ranges are small, so that operations often conflict: two sessions, versions close to the current one, and epochs 1 to 4.
    private static readonly Gen<SessionSummary> Summaries =
        from status in Gen.Elements(Enum.GetValues<SessionStatus>())
        from hour in Gen.Choose(0, 3)
        from active in Gen.Elements(true, false)
        from due in Gen.Choose(-2, 3)
        from waiting in Gen.SubListOf(Tags)
        from labels in Gen.SubListOf(Tags)
        select new SessionSummary(
            status,
            Story.Start,
            Story.Start.AddHours(hour),
            active,
            due < 0 ? null : Story.Start.AddHours(due),
            waiting.ToEquatableArray(),
            labels.ToEquatableArray()
        );

    private static readonly Gen<Operation> Operations = Gen.Frequency(
        (
            8,
            from session in Gen.Choose(0, 1)
            from offset in Gen.Frequency((6, Gen.Constant(0)), (1, Gen.Choose(-2, 2)))
            from epoch in Gen.Choose(1, 4)
            from records in Gen.Choose(1, 3)
            from dump in Gen.Elements(true, false)
            from summary in Summaries
            select (Operation)new Operation.Append(session, offset, epoch, records, dump, summary)
        ),
        (2, from session in Gen.Choose(0, 1) from epoch in Gen.Choose(1, 4) select (Operation)new Operation.Claim(session, epoch)),
        (1, from hour in Gen.Choose(0, 3) from max in Gen.Choose(1, 2) select (Operation)new Operation.Purge(hour, max))
    );

    /// <summary>One operation of a sequence.</summary>
    public abstract record Operation
    {
        /// <summary>An append whose expected version is the model's version plus an offset.</summary>
        public sealed record Append(int Session, int Offset, int Epoch, int Records, bool WithDump, SessionSummary Summary) : Operation;

        /// <summary>A claim.</summary>
        public sealed record Claim(int Session, int Epoch) : Operation;

        /// <summary>A purge.</summary>
        public sealed record Purge(int Hour, int Max) : Operation;
    }

    [Fact]
    public void Every_sequence_of_operations_has_the_same_results_as_the_model()
    {
        var worlds = 0;
        var appended = 0;
        var refused = 0;
        Prop.ForAll(
                Operations.ListOf().ToArbitrary(),
                operations =>
                {
                    RunAsync($"w{worlds++}", [.. operations]).WaitAsync(TestTimeouts.Generous, Cancellation).GetAwaiter().GetResult();
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(120).WithEndSize(25));
        appended.ShouldBeGreaterThan(100);
        refused.ShouldBeGreaterThan(50);

        async Task RunAsync(string world, IReadOnlyList<Operation> operations)
        {
            SessionId[] ids = [new(world, "x"), new(world, "y")];
            Dictionary<SessionId, Model> models = [];
            foreach (var operation in operations)
            {
                switch (operation)
                {
                    case Operation.Append append:
                        var result = await AppendAsync(ids[append.Session], append, models);
                        if (result == AppendResult.Appended)
                        {
                            appended++;
                        }
                        else
                        {
                            refused++;
                        }

                        break;
                    case Operation.Claim claim:
                        await ClaimAsync(ids[claim.Session], claim.Epoch, models);
                        break;
                    case Operation.Purge purge:
                        var since = Story.Start.AddHours(purge.Hour);
                        var old = models
                            .Where(m => m.Value.Summary.Status == SessionStatus.Closed && m.Value.Summary.ChangedAt <= since)
                            .Select(m => m.Key)
                            .ToList();

                        // Earlier worlds in the same journal may have sessions to purge as well.
                        (await Journal.PurgeAsync(since, 1000, Cancellation)).ShouldBeGreaterThanOrEqualTo(old.Count);
                        old.ForEach(id => models.Remove(id));
                        break;
                    default:
                        break;
                }
            }

            await CompareAsync(world, ids, models);
        }
    }

    private async Task<AppendResult> AppendAsync(SessionId id, Operation.Append operation, Dictionary<SessionId, Model> models)
    {
        var model = models.GetValueOrDefault(id);
        var version = model?.Records.Count ?? 0;
        var expected = Math.Max(0, version + operation.Offset);
        string[] texts = [.. Enumerable.Range(0, operation.Records).Select(i => $"{expected + i + 1} by {operation.Epoch}")];
        var dump = operation.WithDump ? Story.Dump(expected + 1, $"after {expected + 1}") : null;
        var result = await Journal.AppendAsync(Story.Append(id, expected, texts, operation.Epoch, operation.Summary, dump), Cancellation);
        result.ShouldBe(Predict());
        if (result != AppendResult.Appended)
        {
            return result;
        }

        model ??= models[id] = new Model();
        model.Records.AddRange(texts);
        model.Epoch = operation.Epoch;
        model.Summary = operation.Summary;
        model.Dump = dump?.Version ?? model.Dump;
        return result;

        AppendResult Predict()
        {
            if (model?.Epoch > operation.Epoch)
            {
                return AppendResult.Fenced;
            }

            return expected == version ? AppendResult.Appended : AppendResult.VersionConflict;
        }
    }

    private async Task ClaimAsync(SessionId id, int epoch, Dictionary<SessionId, Model> models)
    {
        var result = await Journal.ClaimAsync(id, epoch, Cancellation);
        if (!models.TryGetValue(id, out var model))
        {
            result.ShouldBeOfType<ClaimResult.Absent>();
        }
        else if (model.Epoch > epoch)
        {
            result.ShouldBe(new ClaimResult.Fenced(model.Epoch));
        }
        else
        {
            model.Epoch = epoch;
            Check(id, model, result.ShouldBeOfType<ClaimResult.Claimed>().Head);
        }
    }

    private async Task CompareAsync(string world, SessionId[] ids, Dictionary<SessionId, Model> models)
    {
        foreach (var id in ids)
        {
            var head = await Journal.FindAsync(id, Cancellation);
            (head is not null).ShouldBe(models.ContainsKey(id));
            if (head is not null)
            {
                Check(id, models[id], head);
            }

            (await ReadAllAsync(Journal, id, page: 2)).Select(r => r.Text()).ShouldBe(models.GetValueOrDefault(id)?.Records ?? []);
        }

        foreach (var tag in Tags)
        {
            (await Journal.ListAsync(new SessionQuery(world) { Label = tag }, Cancellation))
                .Select(e => e.Session)
                .ShouldBe(ids.Where(id => models.GetValueOrDefault(id)?.Summary.Labels.Contains(tag) == true));
            (await Journal.ListAsync(new SessionQuery(world) { WaitingOn = tag }, Cancellation))
                .Select(e => e.Session)
                .ShouldBe(ids.Where(id => models.GetValueOrDefault(id)?.Summary.WaitingOn.Contains(tag) == true));
        }

        var active = (await Journal.ListActiveAsync(new SessionId(world, "-"), 2, Cancellation)).Where(id => id.Tenant == world);
        active.ShouldBe(ids.Where(id => models.GetValueOrDefault(id)?.Summary.IsActive == true));
        var due = (await Journal.ListDueAsync(DateTimeOffset.MaxValue, null, 10_000, Cancellation)).Where(d => d.Session.Tenant == world);
        due.ShouldBe(
            models
                .Where(m => m.Value.Summary.DueAt is not null)
                .Select(m => new DueSession(m.Key, m.Value.Summary.DueAt!.Value))
                .OrderBy(d => d.DueAt)
                .ThenBy(d => d.Session)
        );
    }

    private static void Check(SessionId id, Model model, SessionHead head)
    {
        (head.Session, head.Version, head.Epoch).ShouldBe((id, model.Records.Count, model.Epoch));
        head.Summary.ShouldBe(model.Summary);
        (head.Dump?.Version ?? 0).ShouldBe(model.Dump);
        if (head.Dump is { } dump)
        {
            dump.Content.ToArray().ShouldBe(Story.Dump(dump.Version, $"after {dump.Version}").Content.ToArray());
        }
    }

    private sealed class Model
    {
        public List<string> Records { get; } = [];

        public long Epoch { get; set; }

        public SessionSummary Summary { get; set; } = Story.Summary();

        public long Dump { get; set; }
    }
}
