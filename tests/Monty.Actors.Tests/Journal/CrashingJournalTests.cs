using Monty.Testing;
using Monty.Testing.Journals;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Journal;

public sealed class CrashingJournalTests
{
    [Fact]
    public async Task It_crashes_before_or_after_the_call_that_was_named_and_only_there()
    {
        var store = new MemoryJournal();
        var journal = new CrashingJournal(store);
        var (s, t) = (Story.Session("s"), Story.Session("t"));
        var crashed = journal.CrashAt(JournalOperation.Append, CrashMoment.Before, skip: 1, session: s);
        await journal.AppendAsync(Story.Append(t, 0, ["t1"]));
        await journal.AppendAsync(Story.Append(s, 0, ["s1"]));
        crashed.IsCompleted.ShouldBeFalse();
        await Should.ThrowAsync<JournalException>(() => journal.AppendAsync(Story.Append(s, 1, ["s2"])));
        await crashed.InTime();
        (await store.FindAsync(s))!.Version.ShouldBe(1);

        var again = journal.CrashAt(JournalOperation.Append, CrashMoment.After);
        await Should.ThrowAsync<JournalException>(() => journal.AppendAsync(Story.Append(s, 1, ["s2"])));
        await again.InTime();
        (await store.FindAsync(s))!.Version.ShouldBe(2);
        (await journal.AppendAsync(Story.Append(s, 2, ["s3"]))).ShouldBe(AppendResult.Appended);
    }

    [Fact]
    public async Task Every_operation_can_crash()
    {
        foreach (var moment in Enum.GetValues<CrashMoment>())
        {
            var journal = new CrashingJournal(new MemoryJournal());
            foreach (var operation in Enum.GetValues<JournalOperation>())
            {
                _ = journal.CrashAt(operation, moment);
                await Should.ThrowAsync<JournalException>(() => CallAsync(journal, operation), $"{operation}");
                await CallAsync(journal, operation);
            }
        }
    }

    private static Task CallAsync(CrashingJournal journal, JournalOperation operation) =>
        operation switch
        {
            JournalOperation.Append => journal.AppendAsync(Story.Append(Story.Session("s"), 0, ["a"])),
            JournalOperation.Claim => journal.ClaimAsync(Story.Session("s"), 1),
            JournalOperation.Find => journal.FindAsync(Story.Session("s")),
            JournalOperation.Read => journal.ReadAsync(Story.Session("s"), 0, 1),
            JournalOperation.List => journal.ListAsync(new SessionQuery("a")),
            JournalOperation.Due => journal.FindNextDueAsync(),
            JournalOperation.Active => journal.ListActiveAsync(null, 1),
            JournalOperation.Purge => journal.PurgeAsync(Story.Start, 1),
            JournalOperation.Epoch => journal.NextEpochAsync(),
            _ => journal.OwnAsync("test"),
        };
}
