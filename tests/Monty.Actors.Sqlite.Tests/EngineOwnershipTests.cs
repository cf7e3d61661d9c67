using System.Globalization;
using Monty.Interop;
using Monty.Testing.Engine;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sqlite.Tests;

/// <summary>Tests two engines on one file.</summary>
public sealed class EngineOwnershipTests : IAsyncDisposable
{
    private static readonly SessionId Id = new("tenant", "session");
    private readonly SqliteTestStore store = new();

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task The_second_engine_is_refused_with_the_name_of_the_owner_until_the_first_has_stopped()
    {
        await using var sessions = await store.OpenAsync();
        await using var another = await store.OpenAsync();
        await using (var engine = await StartAsync(sessions))
        {
            await engine.FeedAsync(Id, "40 + ask(1)");
            var refused = await Should.ThrowAsync<StoreOwnedException>(() => StartAsync(another));
            refused.Holder.ShouldContain(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            refused.Message.ShouldContain(refused.Holder);
        }

        await using var next = await StartAsync(another);
        await next.AcceptAsync(Id, new AnswerCommand("a", 1, 0, MontyAnswer.Return(2)));
        (await next.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed(42));
    }

    private static Task<MontyEngine> StartAsync(SessionStore sessions) =>
        MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = sessions,
                Tools = [DurableTool.External("ask")],
                AnswerFirstAfter = TimeSpan.FromDays(1),
            }, // a command is acknowledged only after its turn
            TestContext.Current.CancellationToken
        );
}
