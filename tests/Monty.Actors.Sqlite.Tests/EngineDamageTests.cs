using System.Collections.Concurrent;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sqlite.Tests;

/// <summary>Tests rows that were edited while an engine uses them. The session is refused and never run, and other sessions are not affected.</summary>
public sealed class EngineDamageTests : IAsyncDisposable
{
    private const string Bad = "persistence_id LIKE 'tenant/bad#%'";
    private const string Good = "persistence_id LIKE 'tenant/good#%'";
    private const string GoodChange = $"(SELECT message FROM journal WHERE {Good} AND sequence_number = 2)";
    private const string FirstChange = $"(SELECT message FROM journal WHERE {Bad} AND sequence_number = 1)";
    private static readonly SessionId BadId = new("tenant", "bad");
    private static readonly SessionId GoodId = new("tenant", "good");
    private readonly SqliteTestStore place = new();
    private readonly ConcurrentQueue<string> problems = [];
    private readonly FakeTime time = new();
    private int maxInlineDump = 4096;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => place.DisposeAsync();

    [Theory]
    [InlineData($"UPDATE journal SET message = {GoodChange} WHERE {Bad} AND sequence_number = 2")]
    [InlineData($"UPDATE journal SET message = zeroblob(40) WHERE {Bad} AND sequence_number = 2")]
    [InlineData($"UPDATE journal SET message = substr(message, 1, 20) WHERE {Bad} AND sequence_number = 1")]
    [InlineData($"DELETE FROM journal WHERE {Bad} AND sequence_number = 1")]
    [InlineData($"UPDATE journal SET manifest = 'change/9' WHERE {Bad} AND sequence_number = 2")]
    [InlineData($"UPDATE journal SET identifier = 5 WHERE {Bad} AND sequence_number = 2")]
    public async Task A_damaged_history_is_refused_and_never_run(string damage)
    {
        await PrepareAsync(isSealed: true, damage);
        await RefusedAsync(isSealed: true);
    }

    [Theory]
    [InlineData($"DELETE FROM journal WHERE {Bad} AND sequence_number = 1")]
    [InlineData($"UPDATE journal SET manifest = 'change/9' WHERE {Bad} AND sequence_number = 2")]
    [InlineData($"UPDATE journal SET message = {GoodChange} WHERE {Bad} AND sequence_number = 2")]
    [InlineData($"UPDATE journal SET message = {FirstChange} WHERE {Bad} AND sequence_number = 2")]
    public async Task An_inconsistent_history_is_refused_even_without_seals(string damage)
    {
        await PrepareAsync(isSealed: false, damage);
        await RefusedAsync(isSealed: false);
    }

    [Theory]
    [InlineData($"UPDATE snapshot SET snapshot = zeroblob(300) WHERE {Bad}")]
    [InlineData($"UPDATE snapshot SET snapshot = (SELECT snapshot FROM snapshot WHERE {Good}) WHERE {Bad}")]
    public async Task A_damaged_snapshot_is_ignored(string damage)
    {
        maxInlineDump = 0; // the interpreter is stored in a snapshot then
        await PrepareAsync(isSealed: true, damage);
        await using var store = await place.OpenAsync();
        await using var engine = await StartAsync(store, isSealed: true);
        await engine.AcceptAsync(BadId, new AnswerCommand("a", 1, 0, MontyAnswer.Return(2)));

        (await engine.EndAsync(BadId)).ShouldBe(new FeedOutcome.Completed(42));
    }

    /// <summary>Creates two waiting sessions, and damages the store.</summary>
    private async Task PrepareAsync(bool isSealed, string damage)
    {
        await using (var store = await place.OpenAsync())
        {
            await using var engine = await StartAsync(store, isSealed);
            await engine.FeedAsync(BadId, "x = 40\nx + ask(1)");
            await engine.FeedAsync(GoodId, "x = 50\nx + ask(1)");
        }

        (await Sql.RunAsync(place.Path, damage)).ShouldBeGreaterThan(0);
    }

    private async Task RefusedAsync(bool isSealed)
    {
        await using var store = await place.OpenAsync();
        await using var engine = await StartAsync(store, isSealed);
        for (var i = 0; i < 5; i++)
        {
            (await engine.SendAsync(BadId, new AnswerCommand("a", 1, 0, MontyAnswer.Return(2)), Token).InTime())
                .ShouldBeOfType<SessionReply.Refused>()
                .Reason.ShouldBe(SessionRefusal.Unreadable);
        }

        time.Advance(TimeSpan.FromSeconds(20)); // longer than any wait before a retry
        await engine.AcceptAsync(GoodId, new AnswerCommand("a", 1, 0, MontyAnswer.Return(2)));
        (await engine.EndAsync(GoodId)).ShouldBe(new FeedOutcome.Completed(52));
        problems.ShouldHaveSingleItem("an unreadable history is read once").ShouldContain(BadId.ToString());
    }

    private Task<MontyEngine> StartAsync(SessionStore store, bool isSealed) =>
        MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = store,
                SealKeys = isSealed ? [new SealKey(1, Enumerable.Repeat((byte)7, 32).ToArray())] : [],
                Tools = [DurableTool.External("ask")],
                TimeProvider = time,
                MaxInlineDump = maxInlineDump,
                AnswerFirstAfter = TimeSpan.FromDays(1), // a command is acknowledged only after its turn
                OnProblem = (message, _) => problems.Enqueue(message),
            },
            Token
        );
}
