using Monty.Actors.Journal;
using Monty.Testing;
using Monty.Testing.Journals;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Journal;

public sealed class GroupCommitTests : IAsyncDisposable
{
    private readonly ScriptedWriter writer = new();
    private GroupCommit? commits;

    public async ValueTask DisposeAsync()
    {
        if (commits is not null && !writer.IsDisposed)
        {
            for (var i = 0; i < 20; i++)
            {
                writer.Allow();
            }

            await commits.DisposeAsync();
        }

        writer.Dispose();
    }

    [Fact]
    public async Task Writes_that_come_while_a_commit_runs_share_the_next()
    {
        Start(new JournalOptions());
        var first = Append("a");
        await writer.Begun.InTime();
        Task<AppendResult>[] next = [Append("b"), Append("c"), Append("d")];
        writer.Allow();
        (await first.InTime()).ShouldBe(AppendResult.Appended);
        await writer.Begun.InTime();
        next.ShouldAllBe(t => !t.IsCompleted);
        writer.Allow();
        await Task.WhenAll(next).InTime();
        writer.Commits.ShouldBe(["a", "b c d"]);
    }

    [Fact]
    public async Task A_failed_commit_fails_its_writes_and_the_next_goes_on()
    {
        Start(new JournalOptions());
        var first = Append("a");
        await writer.Begun.InTime();
        Task<AppendResult>[] second = [Append("b"), Append("c")];
        writer.Allow(new JournalException("the disk is full"));
        (await Should.ThrowAsync<JournalException>(first.InTime())).Message.ShouldBe("the disk is full");
        await writer.Begun.InTime();
        writer.Allow(new InvalidCastException("a defect"));
        foreach (var task in second)
        {
            (await Should.ThrowAsync<JournalException>(task.InTime())).InnerException.ShouldBeOfType<InvalidCastException>();
        }

        var third = Append("d");
        await writer.Begun.InTime();
        writer.Allow();
        (await third.InTime()).ShouldBe(AppendResult.Appended);
    }

    [Fact]
    public async Task A_write_is_cancelled_while_it_is_queued_and_not_once_its_commit_has_begun()
    {
        Start(new JournalOptions());
        using var cancellation = new CancellationTokenSource();
        var begun = Append("begun", cancellation.Token);
        await writer.Begun.InTime();
        var queued = Append("queued", cancellation.Token);
        var other = Append("other");
        await cancellation.CancelAsync();
        (await Should.ThrowAsync<OperationCanceledException>(queued.InTime())).CancellationToken.ShouldBe(cancellation.Token);
        begun.IsCompleted.ShouldBeFalse();
        writer.Allow();
        (await begun.InTime()).ShouldBe(AppendResult.Appended);
        await writer.Begun.InTime();
        writer.Allow();
        await other.InTime();
        writer.Commits.ShouldBe(["begun", "other"]);
    }

    [Fact]
    public async Task A_commit_is_bounded_by_writes_and_by_bytes()
    {
        Start(new JournalOptions { MaxCommitWrites = 3, MaxCommitBytes = 10 });
        List<Task> tasks = [Append("first")];
        await writer.Begun.InTime();
        foreach (var name in (string[])["a", "b", "c", "d"])
        {
            tasks.Add(Append(name));
        }

        foreach (var name in (string[])["e", "f", "g"])
        {
            tasks.Add(AppendBytes(name, 9));
        }

        for (var i = 0; i < 4; i++)
        {
            writer.Allow();
        }

        await Task.WhenAll(tasks).InTime();
        writer.Commits.ShouldBe(["first", "a b c", "d e", "f g"]);
    }

    [Fact]
    public async Task A_full_queue_holds_its_callers_back_in_their_order()
    {
        Start(new JournalOptions { MaxQueuedWrites = 2, MaxCommitWrites = 1 });
        List<Task> tasks = [Append("0")];
        await writer.Begun.InTime();
        using var cancellation = new CancellationTokenSource();
        for (var i = 1; i < 6; i++)
        {
            tasks.Add(Append($"{i}"));
        }

        var impatient = Append("impatient", cancellation.Token);
        tasks.Add(Append("6"));
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(impatient.InTime());
        for (var i = 0; i < 7; i++)
        {
            writer.Allow();
        }

        await Task.WhenAll(tasks).InTime();
        writer.Commits.ShouldBe(Enumerable.Range(0, 7).Select(i => $"{i}"));
    }

    [Fact]
    public async Task A_delay_lets_a_commit_wait_for_company()
    {
        var time = new FakeTime();
        Start(new JournalOptions { CommitDelay = TimeSpan.FromMilliseconds(5), TimeProvider = time });
        var armed = time.WhenArmed(TimeSpan.FromMilliseconds(5));
        Task<AppendResult>[] tasks = [Append("a"), Append("b")];
        await armed.InTime();
        var late = Append("c");
        writer.Commits.ShouldBeEmpty();
        time.Advance(TimeSpan.FromMilliseconds(5));
        writer.Allow();
        await Task.WhenAll([.. tasks, late]).InTime();
        writer.Commits.ShouldBe(["a b c"]);
    }

    [Fact]
    public async Task Closing_commits_what_is_queued_and_takes_no_more()
    {
        Start(new JournalOptions());
        var first = Append("a");
        await writer.Begun.InTime();
        var queued = Append("b");
        var closing = commits!.DisposeAsync().AsTask();
        await Should.ThrowAsync<ObjectDisposedException>(Append("late").InTime());
        writer.Allow();
        writer.Allow();
        (await first.InTime()).ShouldBe(AppendResult.Appended);
        (await queued.InTime()).ShouldBe(AppendResult.Appended);
        await closing.InTime();
        writer.IsDisposed.ShouldBeTrue();
    }

    private void Start(JournalOptions options) => commits = new GroupCommit(options, writer);

    private Task<AppendResult> Append(string name, CancellationToken cancellationToken = default) =>
        AppendBytes(name, 1, cancellationToken);

    private Task<AppendResult> AppendBytes(string name, int bytes, CancellationToken cancellationToken = default) =>
        commits!.RunAsync(new AppendWrite(Story.Append(Story.Session(name), 0, [new string('x', bytes)])), cancellationToken);
}
