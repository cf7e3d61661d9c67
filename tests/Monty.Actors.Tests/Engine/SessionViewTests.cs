using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests the view of a session from outside.</summary>
public sealed class SessionViewTests : IAsyncDisposable
{
    private static readonly SessionId Id = new("tenant", "session");
    private readonly MemoryStore store = new();
    private readonly FakeTime time = new();

    [Fact]
    public async Task A_view_contains_everything_that_a_session_waits_for_and_does_not_wake_it()
    {
        const string Code = "import asyncio\nawait asyncio.gather(approve('Rome', nights=2), sleep(60), receive('go'), flaky('x'))";
        DurableTool[] tools =
        [
            DurableTool.External("approve", isAsync: true) with
            {
                Timeout = TimeSpan.FromHours(1),
            },
            DurableTool.Handled("flaky", (_, _) => throw new HttpRequestException("no route"), isAsync: true) with
            {
                MaxAttempts = 3,
                RetryDelay = TimeSpan.FromSeconds(10),
            },
        ];
        var setup = new SessionSetup { Labels = ["trips"] };
        var begun = time.GetUtcNow();
        await using (var engine = await StartAsync(tools))
        {
            await engine.RunAsync(Id, new FeedCommand("before", "1"), setup, Token);
            await engine.SendAsync(Id, new SignalCommand("early", "stop", 1), Token);
            await engine.SendAsync(Id, new FeedCommand("feed", Code), Token);
            await engine.EventAsync(Id, e => e is AttemptFailed);
        }

        await using var next = await StartAsync(tools);
        var view = (await next.FindAsync(Id, Token)).ShouldNotBeNull();

        (await next.CountLiveSessionsAsync(Token)).ShouldBe(0);
        view.ShouldBe(
            new SessionView(Id, view.Version, SessionStatus.Waiting, setup, begun, begun)
            {
                Feed = new FeedView(2, "feed", Code),
                Calls = view.Calls,
                Signals = ["stop"],
            }
        );
        view.Version.ShouldBe((await store.FindAsync(Id, Token))!.Version);
        view.Calls.Select(c => c.Display()).ShouldBe(["approve('Rome', nights=2)", "sleep(60)", "receive('go')", "flaky('x')"]);
        view.Calls.Select(c => (c.Feed, c.CallId, c.Name, c.Kind))
            .ShouldBe([
                (2, 0u, "approve", CallKind.External),
                (2, 1u, "sleep", CallKind.Timer),
                (2, 2u, "receive", CallKind.Signal),
                (2, 3u, "flaky", CallKind.Handler),
            ]);
        view.Calls.Select(c => c.DueAt).ShouldBe([begun + TimeSpan.FromHours(1), begun + TimeSpan.FromMinutes(1), null, null]);
        view.Calls.Select(c => (c.FailedAttempts, c.RetryAt))
            .ShouldBe([(0, null), (0, null), (0, null), (1, begun + TimeSpan.FromSeconds(10))]);
        view.Calls[0].Arguments.ShouldBe(["Rome"]);
        view.Calls[0].Keywords.ShouldBe([KeyValuePair.Create<string, MontyValue>("nights", 2)]);
    }

    [Fact]
    public async Task A_call_of_the_view_can_be_answered_in_a_session_with_earlier_feeds()
    {
        await using var engine = await StartAsync(DurableTool.External("ask"));
        await engine.RunAsync(Id, "1", cancellationToken: Token);
        await engine.SendAsync(Id, new FeedCommand("feed", "ask('a') + ask('b')"), Token);
        for (var answer = 1; (await engine.FindAsync(Id, Token))!.Calls is [var call]; answer++)
        {
            (
                await engine.SendAsync(Id, call.Answer($"answer-{answer}", MontyAnswer.Return(answer)), Token)
            ).ShouldBeOfType<SessionReply.Accepted>();
        }

        (await engine.WaitAsync(Id, "feed", Token)).ShouldBe(new FeedOutcome.Completed(3));
        var view = (await engine.FindAsync(Id, Token))!;
        (view.Status, view.Feed, view.Calls.Count).ShouldBe((SessionStatus.Idle, null, 0));
    }

    [Fact]
    public async Task A_long_history_is_read_to_its_end()
    {
        await using var engine = await StartAsync(DurableTool.External("ask"));
        await engine.SendAsync(Id, new OpenCommand("open", new SessionSetup { Limits = MontyLimits.None }), Token);
        await engine.SendAsync(Id, new FeedCommand("feed", "for i in range(1100): now()\nask(i)"), Token);
        await engine.EventAsync(Id, e => e is CallAnnounced);

        var view = (await engine.FindAsync(Id, Token))!;

        view.Version.ShouldBeGreaterThan(1100);
        view.Calls.ShouldHaveSingleItem().Display().ShouldBe("ask(1099)");
    }

    [Fact]
    public async Task A_follower_that_has_received_the_close_does_not_wait()
    {
        await using var engine = await StartAsync();
        await engine.RunAsync(Id, "1", cancellationToken: Token);
        await engine.SendAsync(Id, new CloseCommand("close"), Token);
        List<StoredEvent> history = [];
        await foreach (var stored in engine.FollowAsync(Id, 0, Token))
        {
            history.Add(stored);
        }

        await foreach (var stored in engine.FollowAsync(Id, history[^2].Version, Token))
        {
            stored.ShouldBe(history[^1]);
        }

        var seen = engine.FollowAsync(Id, history[^1].Version, Token).ToListAsync(Token).AsTask();

        (await seen.InTime()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Sessions_are_listed_until_they_are_purged()
    {
        await using var engine = await StartAsync();
        (await engine.FindAsync(Id, Token)).ShouldBeNull();
        await engine.RunAsync(
            Id,
            new FeedCommand("feed", "n + 1", [KeyValuePair.Create<string, MontyValue>("n", 1)]),
            new SessionSetup { Labels = ["trips"] },
            Token
        );
        (await engine.ListAsync(new SessionQuery("tenant") { Label = "trips" }, Token)).ShouldHaveSingleItem().Session.ShouldBe(Id);
        var later = time.GetUtcNow() + TimeSpan.FromDays(1);
        (await engine.PurgeAsync(later, 10, Token)).ShouldBe(0, "it is not closed");

        await engine.SendAsync(Id, new CloseCommand("close"), Token);

        (await engine.FindAsync(Id, Token))!.Status.ShouldBe(SessionStatus.Closed);
        (await engine.PurgeAsync(later, 10, Token)).ShouldBe(1);
        (await engine.FindAsync(Id, Token)).ShouldBeNull();
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<MontyEngine> StartAsync(params DurableTool[] tools) =>
        MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = store,
                Tools = tools,
                TimeProvider = time,
            },
            Token
        );
}
