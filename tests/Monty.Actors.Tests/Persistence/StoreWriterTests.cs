using Monty.Actors.Persistence;
using Monty.Testing;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Persistence;

public sealed class StoreWriterTests : IAsyncDisposable
{
    private ScriptedStore store = null!;
    private StoreWriter writer = null!;

    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < 20; i++)
        {
            store.Allow();
        }

        await writer.DisposeAsync();
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Changes_that_arrive_during_a_commit_share_the_next_one()
    {
        Start(new SessionStoreOptions());
        var first = WriteAsync("a");
        await store.Begun.InTime();
        Task<WriteOutcome>[] next = [WriteAsync("b"), WriteAsync("c"), WriteAsync("d")];
        store.Allow();
        (await first.InTime()).ShouldBe(WriteOutcome.Stored);
        await store.Begun.InTime();
        next.ShouldAllBe(t => !t.IsCompleted);
        store.Allow();
        await Task.WhenAll(next).InTime();
        store.Commits.ShouldBe(["a", "b c d"]);
    }

    [Fact]
    public async Task A_failed_commit_fails_only_its_own_changes()
    {
        Start(new SessionStoreOptions());
        var first = WriteAsync("a");
        await store.Begun.InTime();
        Task<WriteOutcome>[] second = [WriteAsync("b"), WriteAsync("c")];
        store.Allow(new SessionStoreException("the disk is full"));
        (await Should.ThrowAsync<SessionStoreException>(first.InTime())).Message.ShouldBe("the disk is full");
        await store.Begun.InTime();
        store.Allow(new InvalidOperationException("a defect"));
        foreach (var task in second)
        {
            (await Should.ThrowAsync<SessionStoreException>(task.InTime())).InnerException.ShouldBeOfType<InvalidOperationException>();
        }

        var third = WriteAsync("d");
        await store.Begun.InTime();
        store.Allow();
        (await third.InTime()).ShouldBe(WriteOutcome.Stored);
    }

    [Fact]
    public async Task A_change_that_the_database_refuses_does_not_fail_the_others()
    {
        Start(new SessionStoreOptions());
        var first = WriteAsync("a");
        await store.Begun.InTime();
        Task<WriteOutcome>[] second = [WriteAsync("b"), WriteAsync("c")];
        store.Allow();
        await store.Begun.InTime();
        store.Allow(new ChangeRefusedException("a NUL in a text", null));
        await store.Begun.InTime();
        store.Allow(new ChangeRefusedException("a NUL in a text", null));
        await store.Begun.InTime();
        store.Allow();

        (await first.InTime()).ShouldBe(WriteOutcome.Stored);
        await Should.ThrowAsync<ChangeRefusedException>(second[0].InTime());
        (await second[1].InTime()).ShouldBe(WriteOutcome.Stored);
        store.Commits.ShouldBe(["a", "b c", "b", "c"]);
    }

    [Fact]
    public async Task A_change_that_the_driver_cannot_send_does_not_fail_the_others()
    {
        Start(new SessionStoreOptions());
        var first = WriteAsync("a");
        await store.Begun.InTime();
        Task<WriteOutcome>[] second = [WriteAsync("b"), WriteAsync("c")];
        store.Allow();
        foreach (var failure in (Exception?[])[new InvalidCastException("a defect"), new InvalidCastException("a defect"), null])
        {
            await store.Begun.InTime();
            store.Allow(failure);
        }

        (await first.InTime()).ShouldBe(WriteOutcome.Stored);
        await Should.ThrowAsync<ChangeRefusedException>(second[0].InTime());
        (await second[1].InTime()).ShouldBe(WriteOutcome.Stored);
        store.Commits.ShouldBe(["a", "b c", "b", "c"]);
    }

    [Fact]
    public async Task A_commit_is_limited_by_changes_and_by_bytes()
    {
        Start(new SessionStoreOptions { MaxCommitWrites = 3, MaxCommitBytes = 10 });
        List<Task> tasks = [WriteAsync("first")];
        await store.Begun.InTime();
        foreach (var name in (string[])["a", "b", "c", "d"])
        {
            tasks.Add(WriteAsync(name));
        }

        foreach (var name in (string[])["e", "f", "g"])
        {
            tasks.Add(WriteAsync(name, bytes: 9));
        }

        for (var i = 0; i < 4; i++)
        {
            store.Allow();
        }

        await Task.WhenAll(tasks).InTime();
        store.Commits.ShouldBe(["first", "a b c", "d e", "f g"]);
    }

    [Fact]
    public async Task WhenWritten_waits_only_for_the_writes_of_one_session()
    {
        Start(new SessionStoreOptions());
        var first = WriteAsync("a");
        await store.Begun.InTime();
        writer.WhenWritten(Changes.Session("b").Key()).IsCompleted.ShouldBeTrue();
        var written = writer.WhenWritten(Changes.Session("a").Key());
        written.IsCompleted.ShouldBeFalse();

        store.Allow();

        await written.InTime();
        first.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task Closing_commits_the_queued_changes_and_accepts_no_more()
    {
        Start(new SessionStoreOptions());
        var first = WriteAsync("a");
        await store.Begun.InTime();
        var queued = WriteAsync("b");
        var closing = writer.DisposeAsync().AsTask();
        await Should.ThrowAsync<SessionStoreException>(WriteAsync("late").InTime());
        store.Allow();
        store.Allow();
        (await first.InTime()).ShouldBe(WriteOutcome.Stored);
        (await queued.InTime()).ShouldBe(WriteOutcome.Stored);
        await closing.InTime();
    }

    private void Start(SessionStoreOptions options)
    {
        store = new ScriptedStore(options);
        writer = new StoreWriter(store);
    }

    private Task<WriteOutcome> WriteAsync(string name, int bytes = 1) =>
        writer.WriteAsync(Changes.Change(Changes.Session(name), 1, new string('x', bytes)));
}
