using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Monty.Testing.Journals;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sqlite.Tests;

/// <summary>Rows that somebody edited under an engine: the session is refused, never run, and no other session notices.</summary>
public sealed class EngineDamageTests : IAsyncDisposable
{
    private const string Bad = "session_key = (SELECT session_key FROM session WHERE name = 'bad')";
    private const string Good = "session_key = (SELECT session_key FROM session WHERE name = 'good')";
    private static readonly SessionId BadId = new("tenant", "bad");
    private static readonly SessionId GoodId = new("tenant", "good");
    private readonly SqliteStore store = new();
    private readonly ConcurrentQueue<string> problems = [];
    private readonly FakeTime time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Theory]
    [InlineData($"UPDATE record SET payload = (SELECT payload FROM record WHERE {Good} AND version = 2) WHERE {Bad} AND version = 2")]
    [InlineData($"UPDATE record SET payload = zeroblob(40) WHERE {Bad} AND version = 2")]
    [InlineData($"UPDATE record SET payload = substr(payload, 1, 20) WHERE {Bad} AND version = 3")]
    [InlineData($"DELETE FROM record WHERE {Bad} AND version = 2")]
    [InlineData($"DELETE FROM record WHERE {Bad} AND version >= 3")]
    [InlineData($"DELETE FROM record WHERE {Bad}")]
    [InlineData($"UPDATE record SET kind = 'new' WHERE {Bad} AND version = 2")]
    [InlineData($"UPDATE record SET schema = 9 WHERE {Bad} AND version = 3")]
    public async Task A_damaged_story_is_refused_and_never_run(string damage)
    {
        await PrepareAsync(isSealed: true, damage);
        await RefusedAsync(isSealed: true);
    }

    [Theory]
    [InlineData($"DELETE FROM record WHERE {Bad} AND version = 2")]
    [InlineData($"DELETE FROM record WHERE {Bad} AND version >= 3")]
    [InlineData($"DELETE FROM record WHERE {Bad}")]
    [InlineData($"UPDATE record SET kind = 'new' WHERE {Bad} AND version = 2")]
    [InlineData($"UPDATE record SET schema = 9 WHERE {Bad} AND version = 3")]
    [InlineData($"UPDATE record SET kind = 'closed' WHERE {Bad} AND version = 3")]
    [InlineData(
        $"UPDATE record SET payload = (SELECT payload FROM record WHERE {Bad} AND version = 1), kind = 'opened' WHERE {Bad} AND version = 2"
    )]
    public async Task A_story_that_makes_no_sense_is_refused_also_where_nothing_is_sealed(string damage)
    {
        await PrepareAsync(isSealed: false, damage);
        await RefusedAsync(isSealed: false);
    }

    [Theory]
    [InlineData($"UPDATE dump SET content = zeroblob(300) WHERE {Bad}")]
    [InlineData($"UPDATE dump SET content = (SELECT content FROM dump WHERE {Good}) WHERE {Bad}")]
    [InlineData($"UPDATE dump SET runtime = runtime || '1' WHERE {Bad}")]
    public async Task A_damaged_dump_is_reported_and_rebuilt_from_the_story(string damage)
    {
        await PrepareAsync(isSealed: true, damage);
        await using var journal = await OpenAsync(isSealed: true);
        await using var engine = await StartAsync(journal);
        await engine.AcceptAsync(BadId, new AnswerCommand("a", 1, 0, MontyAnswer.Return(2)));

        (await engine.EndAsync(BadId)).ShouldBe(new FeedOutcome.Completed(42));
        problems.ShouldHaveSingleItem().ShouldContain(BadId.ToString());
    }

    /// <summary>Two sessions that wait, and then the damage.</summary>
    private async Task PrepareAsync(bool isSealed, string damage)
    {
        await using (var journal = await OpenAsync(isSealed))
        {
            await using var engine = await StartAsync(journal);
            await engine.FeedAsync(BadId, "x = 40\nx + ask(1)");
            await engine.FeedAsync(GoodId, "x = 50\nx + ask(1)");
        }

        await using var connection = new SqliteConnection($"Data Source={store.Path};Pooling=False");
        await connection.OpenAsync(Token);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = damage;
#pragma warning restore CA2100
        (await command.ExecuteNonQueryAsync(Token)).ShouldBeGreaterThan(0);
    }

    private async Task RefusedAsync(bool isSealed)
    {
        await using var journal = await OpenAsync(isSealed);
        await using var engine = await StartAsync(journal);
        var timers = time.ArmedTimers;
        for (var i = 0; i < 5; i++)
        {
            var refused = await Should.ThrowAsync<JournalException>(() =>
                engine.SendAsync(BadId, new AnswerCommand("a", 1, 0, MontyAnswer.Return(2)), Token).InTime()
            );
            (refused is JournalTamperedException or JournalUnreadableException).ShouldBeTrue(refused.ToString());
        }

        await engine.AcceptAsync(GoodId, new AnswerCommand("a", 1, 0, MontyAnswer.Return(2)));
        (await engine.EndAsync(GoodId)).ShouldBe(new FeedOutcome.Completed(52));
        problems.ShouldContain(p => p.StartsWith($"{BadId} left memory", StringComparison.Ordinal));
        problems.ShouldAllBe(p => p.Contains(BadId.ToString()));
        time.ArmedTimers.ShouldBeLessThan(timers + 2, "what cannot be read is not tried again by itself");
    }

    private async Task<IJournal> OpenAsync(bool isSealed)
    {
        var journal = await store.OpenAsync();
        return isSealed ? new SealedJournal(journal, new JournalKey(1, Enumerable.Repeat((byte)7, 32).ToArray())) : journal;
    }

    private Task<MontyEngine> StartAsync(IJournal journal) =>
        MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Journal = journal,
                Tools = [DurableTool.External("ask")],
                TimeProvider = time,
                OnProblem = (message, _) => problems.Enqueue(message),
            },
            Token
        );
}
