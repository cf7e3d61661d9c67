using System.Collections.Concurrent;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Engine;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.PostgreSql.Tests;

/// <summary>Tests two engines on one store. One owns it, and the other stands by.</summary>
public sealed class EngineOwnershipTests : IAsyncDisposable
{
    private const string HoldsTheStore = "EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.granted)";
    private static readonly SessionId Id = new("tenant", "session");
    private readonly PostgreSqlTestStore store = new();
    private readonly ConcurrentQueue<DurableCall> calls = [];
    private readonly ConcurrentQueue<string> problems = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task The_second_engine_stands_by_and_continues_when_the_first_stops()
    {
        await using var sessions = await store.OpenAsync();
        await using var another = await OpenAsync("second");
        var engine = await StartAsync(sessions, Never.EndsAsync);
        await engine.FeedAsync(Id, "40 + charge(1)");
        await engine.EventAsync(Id, e => e is CallAnnounced);
        var standingBy = StartAsync(another, _ => Task.CompletedTask);
        await WaitsForTheStoreAsync("second");
        standingBy.IsCompleted.ShouldBeFalse();

        await engine.DisposeAsync();

        await using var next = await standingBy.InTime();
        (await next.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed(42));
        engine.Lost.IsCancellationRequested.ShouldBeFalse("it released the store");
    }

    [Fact]
    public async Task An_engine_that_is_cut_off_notices_it_and_is_fenced_and_the_other_engine_runs_its_call_again()
    {
        await using var sessions = new HeldStore(await OpenAsync("first"), e => e is CallAnswered);
        await using var another = await OpenAsync("second");
        await using var engine = await StartAsync(sessions, _ => Task.CompletedTask);
        await engine.FeedAsync(Id, "40 + charge(1)");
        await sessions.Held.InTime(); // the answer has been given and is not durable yet
        var standingBy = StartAsync(another, _ => Task.CompletedTask);
        await WaitsForTheStoreAsync("second");
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = engine.Lost.Register(lost.SetResult);

        await Sql.RunAsync(
            $"SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a WHERE a.application_name = '{Name("first")}' AND {HoldsTheStore}"
        );

        await using var next = await standingBy.InTime();
        await lost.Task.InTime();
        (await next.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed(42));
        (await sessions.GoOnAsync().InTime()).ShouldBe(WriteOutcome.Fenced);
        await Should.ThrowAsync<ObjectDisposedException>(() => engine.SendAsync(Id, new CloseCommand("late"), Token).InTime());
        calls.Count.ShouldBe(2);
        calls.Distinct().ShouldHaveSingleItem().IdempotencyKey.ShouldBe("tenant/session/1/0");
        (await next.HistoryAsync(Id)).OfType<CallAnswered>().ShouldHaveSingleItem();
        (await next.RunAsync(Id, "1 + 1", cancellationToken: Token).InTime()).ShouldBe(new FeedOutcome.Completed(2));
    }

    [Fact]
    public async Task A_database_that_becomes_read_only_is_reported_and_sessions_continue_when_it_is_writable()
    {
        var database = $"{store.Options.Schema}_readonly";
        await Sql.RunAsync($"CREATE DATABASE {database}");
        await using var sessions = await PostgreSqlStore.OpenAsync(
            store.Options with
            {
                ConnectionString = $"{store.Options.ConnectionString};Database={database}",
            }
        );
        await using var engine = await StartAsync(sessions, _ => Task.CompletedTask);
        await engine.AcceptAsync(Id, new OpenCommand("open", new SessionSetup()));

        await SetReadOnlyAsync("on");
        var sent = engine.SendAsync(Id, new FeedCommand("feed", "40 + charge(1)"), Token);
        await TestTasks.UntilAsync(() => problems.Any(p => p.Contains("read-only", StringComparison.Ordinal)));
        sent.IsCompleted.ShouldBeFalse();
        calls.ShouldBeEmpty();

        await SetReadOnlyAsync("off");
        (await sent.InTime()).ShouldBeOfType<SessionReply.Accepted>();
        (await engine.EndAsync(Id)).ShouldBe(new FeedOutcome.Completed(42));
        engine.Lost.IsCancellationRequested.ShouldBeFalse();

        async Task SetReadOnlyAsync(string value)
        {
            await Sql.RunAsync($"ALTER DATABASE {database} SET default_transaction_read_only = {value}");
            await Sql.RunAsync(
                $"SELECT pg_terminate_backend(a.pid, 5000) FROM pg_stat_activity a WHERE a.datname = '{database}' AND NOT {HoldsTheStore}"
            );
        }
    }

    private Task<MontyEngine> StartAsync(SessionStore sessions, Func<CancellationToken, Task> wait) =>
        MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = sessions,
                Tools =
                [
                    DurableTool.Handled(
                        "charge",
                        async (call, cancellationToken) =>
                        {
                            calls.Enqueue(call);
                            await wait(cancellationToken);
                            return 2;
                        }
                    ),
                ],
                OnProblem = (message, exception) => problems.Enqueue($"{message} {exception?.Message}"),
            },
            Token
        );

    private string Name(string which) => $"{store.Options.Schema}_{which}";

    private async Task<SessionStore> OpenAsync(string which) =>
        await PostgreSqlStore.OpenAsync(
            store.Options with
            {
                ConnectionString = $"{store.Options.ConnectionString};Application Name={Name(which)}",
            }
        );

    private Task WaitsForTheStoreAsync(string which) =>
        TestTasks.UntilAsync(async () =>
            await Sql.ScalarAsync(
                $"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{Name(which)}' AND wait_event = 'advisory'"
            )
                is not 0L
        );
}
