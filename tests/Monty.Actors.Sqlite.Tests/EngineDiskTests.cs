using System.Collections.Concurrent;
using Monty.Actors.Actors;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sqlite.Tests;

/// <summary>Tests sessions on a disk that is full for a while.</summary>
public sealed class EngineDiskTests
{
    private const int Large = 400_000;
    private static readonly SessionId Charging = Changes.Session("charging");
    private static readonly SessionId Signalled = Changes.Session("signalled");
    private static readonly SessionId Late = Changes.Session("late");

    public static bool MayMount => SmallDisk.MayMount;

    [Fact(Skip = SmallDisk.NeedsRoot, SkipUnless = nameof(MayMount))]
    public async Task A_full_disk_loses_no_acknowledged_change_starts_no_unannounced_handler_and_sessions_continue_when_space_is_freed()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var store = await SqliteStore.OpenAsync(disk.Database);
        var time = new FakeTime();
        var (started, goOn, full) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        var effects = new ConcurrentQueue<(string Key, string Hash)>();
        var charge = DurableTool.Handled(
            "charge",
            async (call, cancellationToken) =>
            {
                effects.Enqueue((call.IdempotencyKey, call.ArgumentsHash));
                started.TrySetResult();
                await goOn.Task.WaitAsync(cancellationToken);
                return new string('y', Large);
            }
        );
        await using var engine = await MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = store,
                Tools = [charge],
                TimeProvider = time,
                AnswerFirstAfter = TimeSpan.FromDays(1), // no timer with the due time of the backoff, which is counted below
                OnProblem = (_, failure) =>
                {
                    if (failure?.Message.Contains("the disk is full", StringComparison.Ordinal) == true)
                    {
                        full.TrySetResult();
                    }
                },
            },
            TestContext.Current.CancellationToken
        );
        foreach (var session in (SessionId[])[Signalled, Late])
        {
            await engine.AcceptAsync(session, new OpenCommand("open", new SessionSetup()));
        }

        await engine.FeedAsync(Charging, "len(charge(1))");
        await started.Task.InTime();

        disk.FillUp();
        List<Task<SessionReply>> signals = [];
        while (!full.Task.IsCompleted)
        {
            signals.Add(Signal(engine, signals.Count));
            await Task.WhenAny(signals[^1], full.Task).InTime();
        }

        var large = new FeedCommand("feed", $"len(charge(2)) # {new string('z', Large)}");
        var late = engine.SendAsync(Late, large, TestContext.Current.CancellationToken);
        goOn.SetResult();
        await time.WhenArmed(Backoff.After(failures: 1), count: 3).InTime(); // all three are waiting for their retry
        late.IsCompleted.ShouldBeFalse();
        effects.Select(e => e.Key).Distinct().ShouldBe([$"{Charging}/1/0"]);

        disk.MakeRoom();
        time.Advance(Backoff.After(failures: 1));

        (await engine.EndAsync(Charging)).ShouldBe(new FeedOutcome.Completed(Large));
        effects.Where(e => e.Key == $"{Charging}/1/0").Distinct().Count().ShouldBe(1, "the key and the arguments are the same each time");
        (await engine.HistoryAsync(Charging)).OfType<CallAnswered>().Count().ShouldBe(1);
        (await Task.WhenAll(signals).InTime()).ShouldAllBe(r => r is SessionReply.Accepted);
        (await engine.HistoryAsync(Signalled))
            .OfType<SignalReceived>()
            .Select(s => s.Name)
            .ShouldBe(Enumerable.Range(0, signals.Count).Select(i => $"{i}"));
        (await late.InTime()).ShouldBeOfType<SessionReply.Accepted>();
        (await engine.EndAsync(Late)).ShouldBe(new FeedOutcome.Completed(Large));
    }

    private static Task<SessionReply> Signal(MontyEngine engine, int number) =>
        engine.SendAsync(
            Signalled,
            new SignalCommand($"signal-{number}", $"{number}", new string('x', 50_000)),
            TestContext.Current.CancellationToken
        );
}
