using System.Collections.Concurrent;
using Monty.Actors.Actors;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sqlite.Tests;

/// <summary>Sessions on a disk that is full for a while.</summary>
public sealed class EngineDiskTests
{
    private const int Large = 400_000;
    private static readonly SessionId Charging = Changes.Session("charging");
    private static readonly SessionId Signalled = Changes.Session("signalled");
    private static readonly SessionId Late = Changes.Session("late");

    public static bool MayMount => SmallDisk.MayMount;

    [Fact(Skip = SmallDisk.NeedsRoot, SkipUnless = nameof(MayMount))]
    public async Task A_full_disk_loses_nothing_acknowledged_starts_no_handler_unannounced_and_sessions_go_on_by_themselves_once_there_is_room()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var store = await SqliteStore.OpenAsync(disk.Database);
        var time = new FakeTime();
        var (started, goOn, leftMemory) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
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
                AnswerFirstAfter = TimeSpan.FromDays(1), // no timer that is due as the backoff is, which is counted below
                OnProblem = (message, _) =>
                {
                    if (
                        message.Contains($"{Charging} left memory", StringComparison.Ordinal)
                        && message.Contains("the disk is full", StringComparison.Ordinal)
                    )
                    {
                        leftMemory.TrySetResult();
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

        var acknowledged = await SignalUntilFullAsync(engine, disk);
        var large = new FeedCommand("feed", $"len(charge(2)) # {new string('z', Large)}");
        (
            await Should.ThrowAsync<SessionStoreException>(() =>
                engine.SendAsync(Late, large, TestContext.Current.CancellationToken).InTime()
            )
        ).Message.ShouldContain("the disk is full");
        goOn.SetResult();
        await leftMemory.Task.InTime();
        effects.Select(e => e.Key).Distinct().ShouldBe([$"{Charging}/1/0"]);

        await time.WhenArmed(Backoff.After(failures: 1), count: 3).InTime(); // all three are to be tried again
        disk.MakeRoom();
        time.Advance(Backoff.After(failures: 1));

        (await engine.EndAsync(Charging)).ShouldBe(new FeedOutcome.Completed(Large));
        effects.Distinct().Count().ShouldBe(1, "the key and the arguments are the same each time");
        (await engine.StoryAsync(Charging)).OfType<CallAnswered>().Count().ShouldBe(1);
        (await engine.StoryAsync(Signalled)).OfType<SignalReceived>().Select(s => s.Name).ShouldBe(acknowledged);
        await engine.AcceptAsync(Late, large);
        (await engine.EndAsync(Late)).ShouldBe(new FeedOutcome.Completed(Large));
    }

    private static async Task<List<string>> SignalUntilFullAsync(MontyEngine engine, SmallDisk disk)
    {
        disk.FillUp();
        List<string> acknowledged = [];
        for (var i = 0; ; i++)
        {
            try
            {
                await engine.AcceptAsync(Signalled, new SignalCommand($"signal-{i}", $"{i}", new string('x', 50_000)));
                acknowledged.Add($"{i}");
            }
            catch (SessionStoreException full)
            {
                full.Message.ShouldContain("the disk is full");
                return acknowledged;
            }
        }
    }
}
