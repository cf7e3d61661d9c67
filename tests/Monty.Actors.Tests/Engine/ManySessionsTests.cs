using System.Globalization;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Many sessions that share few workers and little memory.</summary>
public sealed class ManySessionsTests : IAsyncDisposable
{
    private const int Many = 2000;
    private readonly MemoryJournal journal = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => journal.DisposeAsync();

    [Fact]
    public async Task Two_thousand_waiting_sessions_are_answered_by_four_workers_and_none_is_left_behind()
    {
        await using var engine = await StartAsync(journal, TimeProvider.System, maxWorkers: 4);
        var all = Ids(Many);
        foreach (var some in all.Chunk(100)) await Task.WhenAll(some.Select(id => engine.FeedAsync(id, "n = ask()\nn + 1")));

        var answers = all.Select((id, i) => engine.AcceptAsync(id, new AnswerCommand("answer", 1, 0, MontyAnswer.Return(i)))).ToList(); // one after the other, and none waits
        await Task.WhenAll(answers);
        for (var i = 0; i < Many; i++) (await engine.EndAsync(all[i])).ShouldBe(new FeedOutcome.Completed(i + 1));

        engine.Workers.Started.ShouldBeLessThanOrEqualTo(4);
    }

    [Fact]
    public async Task Idle_sessions_leave_memory_and_come_back_by_a_command_by_their_time_and_by_an_answer()
    {
        var time = new FakeTime();
        await using var engine = await StartAsync(journal, time, maxWorkers: 2);
        var (commanded, timed, answered) = (Ids(300)[..100], Ids(300)[100..200], Ids(300)[200..]);
        foreach (var id in commanded) await engine.RunAsync(id, "n = 41", "first", Token);
        foreach (var id in timed) await engine.FeedAsync(id, "n = 41\nawait sleep(3600)\nn + 1");
        foreach (var id in answered) await engine.FeedAsync(id, "n = 41\nn + ask()");
        engine.LiveSessions.ShouldBe(300);

        time.Advance(TimeSpan.FromMinutes(2));
        await TestTasks.UntilAsync(() => engine.LiveSessions == 0);

        foreach (var id in commanded) (await engine.RunAsync(id, "n + 1", "second", Token)).ShouldBe(new FeedOutcome.Completed(42));
        time.Advance(TimeSpan.FromHours(1));
        foreach (var id in timed) (await engine.EndAsync(id)).ShouldBe(new FeedOutcome.Completed(42));
        foreach (var id in answered) await engine.AcceptAsync(id, new AnswerCommand("answer", 1, 0, MontyAnswer.Return(1)));
        foreach (var id in answered) (await engine.EndAsync(id)).ShouldBe(new FeedOutcome.Completed(42));
    }

    private static SessionId[] Ids(int count) => [.. Enumerable.Range(0, count).Select(i => new SessionId("tenant", string.Create(CultureInfo.InvariantCulture, $"s{i:0000}")))];

    private static Task<MontyEngine> StartAsync(IJournal journal, TimeProvider time, int maxWorkers) => MontyEngine.StartAsync(
        new MontyEngineOptions { Journal = journal, Tools = [DurableTool.External("ask")], TimeProvider = time, Pool = new MontyPoolOptions { MaxWorkers = maxWorkers } }, Token);
}
