using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Hosting;

/// <summary>Tests the engine of a host whose store is unavailable, is lost or fails.</summary>
public sealed class MontyEngineHostTests : IDisposable
{
    private static readonly SessionId Id = new("tenant", "session");
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);
    private readonly FakeTime time = new();
    private readonly RecordedHost recorded = new();

    [Fact]
    public async Task An_engine_that_stands_by_does_not_delay_the_start_of_the_host()
    {
        var store = new TakenStore(new MemoryStore());
        await using var services = Services(new MontyEngineOptions { Store = store });
        var host = await StartAsync(services);

        await store.Waited.Task.InTime();
        host.State.ShouldBe(MontyEngineState.StandingBy);
        Should.Throw<InvalidOperationException>(() => host.Engine).Message.ShouldContain(nameof(MontyEngineState.StandingBy));
        var coming = host.GetEngineAsync(Token);
        coming.IsCompleted.ShouldBeFalse();
        store.Free();

        (await (await coming.InTime()).RunAsync(Id, "6 * 7", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(42));
        host.State.ShouldBe(MontyEngineState.Running);
    }

    [Fact]
    public async Task A_host_that_stops_while_its_engine_stands_by_does_not_wait_for_the_store()
    {
        var store = new TakenStore(new MemoryStore());
        await using var services = Services(new MontyEngineOptions { Store = store });
        var host = await StartAsync(services);
        await store.Waited.Task.InTime();
        var coming = host.GetEngineAsync(Token);

        await host.StopAsync(Token).InTime();

        host.State.ShouldBe(MontyEngineState.Stopped);
        await Should.ThrowAsync<ObjectDisposedException>(() => coming);
        await Should.ThrowAsync<ObjectDisposedException>(() => host.GetEngineAsync(Token));
    }

    [Fact]
    public async Task A_lost_store_is_claimed_by_a_new_engine_and_its_sessions_continue()
    {
        var store = new TakenStore(new MemoryStore()).Free();
        await using var services = Services(new MontyEngineOptions { Store = store, Tools = [DurableTool.External("ask")] });
        var host = await StartAsync(services);
        var first = await host.GetEngineAsync(Token).InTime();
        await first.SendAsync(Id, new OpenCommand("open", new SessionSetup()), Token);
        await first.SendAsync(Id, new FeedCommand("feed", "ask() + 1"), Token);

        await store.TakeAsync();
        await store.Waited.Task.InTime();
        host.State.ShouldBe(MontyEngineState.StandingBy);
        await Should.ThrowAsync<ObjectDisposedException>(() => first.RunAsync(Id, "1", cancellationToken: Token));
        store.Free();

        var second = await host.GetEngineAsync(Token).InTime();
        second.ShouldNotBeSameAs(first);
        await second.SendAsync(Id, new AnswerCommand("answer", 1, 0, MontyAnswer.Return(41)), Token);
        (await second.RunAsync(Id, "ask() + 1", "feed", Token)).ShouldBe(new FeedOutcome.Completed(42));
        recorded.Lines.ShouldContain(l => l.StartsWith("Error: The engine lost its store", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_store_that_fails_is_retried_and_reported_once()
    {
        await using var store = new CrashingStore(new MemoryStore());
        _ = store.CrashAt(StoreOperation.Own, CrashMoment.Before);
        _ = store.CrashAt(StoreOperation.Own, CrashMoment.Before);
        await using var services = Services(new MontyEngineOptions { Store = store });
        var host = await StartAsync(services);

        await time.WhenArmed(FirstRetry).InTime();
        host.State.ShouldBe(MontyEngineState.StandingBy);
        time.Advance(FirstRetry);
        await time.WhenArmed(2 * FirstRetry).InTime();
        time.Advance(2 * FirstRetry);

        await host.GetEngineAsync(Token).InTime();
        recorded
            .Lines.Where(l => l.StartsWith("Error", StringComparison.Ordinal))
            .ShouldHaveSingleItem()
            .ShouldContain("crashed at Own, Before");
    }

    [Fact]
    public async Task An_error_that_waiting_cannot_fix_fails_the_start_of_the_host()
    {
        var twice = new MontyEngineOptions
        {
            Store = new MemoryStore(),
            Tools = [DurableTool.External("ask"), DurableTool.External("ask")],
        };
        await using var services = Services(twice);
        await Should.ThrowAsync<ArgumentException>(() => StartAsync(services));
        var host = services.GetRequiredService<MontyEngineHost>();
        host.State.ShouldBe(MontyEngineState.Failed);
        (
            await Should.ThrowAsync<InvalidOperationException>(() => host.GetEngineAsync(Token))
        ).InnerException.ShouldBeOfType<ArgumentException>();

        await using var nowhere = Services(
            new MontyEngineOptions
            {
                Store = new MemoryStore(),
                Pool = new MontyPoolOptions { RuntimePath = "/nowhere/monty" },
            }
        );
        await Should.ThrowAsync<MontyException>(() => StartAsync(nowhere));
        recorded.ApplicationStopping.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task A_factory_whose_store_fails_is_called_again_and_its_store_is_disposed_after_the_engine()
    {
        var inner = new MemoryStore();
        var store = new TakenStore(inner).Free();
        var asked = 0;
        var services = Services(_ =>
            ++asked == 1
                ? throw new SessionStoreException("the server cannot be reached")
                : new MontyEngineOptions { Store = store, TimeProvider = time }
        );
        var host = await StartAsync(services);
        await time.WhenArmed(FirstRetry).InTime();

        time.Advance(FirstRetry);
        var engine = await host.GetEngineAsync(Token).InTime();
        await host.StopAsync(Token).InTime();

        await Should.ThrowAsync<ObjectDisposedException>(() => engine.RunAsync(Id, "1", cancellationToken: Token));
        store.IsDisposed.ShouldBeTrue();
        asked.ShouldBe(2);
        await (await inner.OwnAsync("the engine released it", Token)).DisposeAsync();
        await services.DisposeAsync();
    }

    [Fact]
    public async Task An_error_after_the_start_stops_the_host()
    {
        var asked = 0;
        await using var services = Services(_ =>
            throw (++asked == 1 ? new SessionStoreException("the server cannot be reached") : new FormatException("no connection string"))
        );
        var host = await StartAsync(services);
        await RetryAsync();

        host.State.ShouldBe(MontyEngineState.Failed);
        (await Should.ThrowAsync<InvalidOperationException>(() => host.GetEngineAsync(Token))).Message.ShouldContain(
            "no connection string"
        );
    }

    [Fact]
    public async Task A_runtime_that_turns_out_to_be_missing_after_a_store_that_failed_stops_the_host()
    {
        var asked = 0;
        await using var services = Services(_ =>
            ++asked == 1
                ? throw new SessionStoreException("the server cannot be reached")
                : new MontyEngineOptions
                {
                    Store = new MemoryStore(),
                    TimeProvider = time,
                    Pool = new MontyPoolOptions { RuntimePath = "/nowhere/monty" },
                }
        );
        var host = await StartAsync(services);
        await RetryAsync();

        host.State.ShouldBe(MontyEngineState.Failed);
    }

    [Fact]
    public async Task An_exception_of_OnProblem_does_not_end_the_host()
    {
        var crashing = new CrashingStore(new MemoryStore());
        _ = crashing.CrashAt(StoreOperation.Own, CrashMoment.Before);
        var store = new TakenStore(crashing).Free();
        await using var services = Services(_ => new MontyEngineOptions
        {
            Store = store,
            TimeProvider = time,
            OnProblem = (_, _) => throw new InvalidOperationException("the log is full"),
        });
        var host = await StartAsync(services);
        await time.WhenArmed(FirstRetry).InTime();
        host.State.ShouldBe(MontyEngineState.StandingBy);

        time.Advance(FirstRetry);

        await host.GetEngineAsync(Token).InTime();
        await services.DisposeAsync();
        store.IsDisposed.ShouldBeTrue();
    }

    [Fact]
    public async Task Problems_go_to_OnProblem_if_it_is_set_and_nowhere_without_a_log()
    {
        List<string> heard = [];
        var store = new CrashingStore(new MemoryStore());
        _ = store.CrashAt(StoreOperation.Own, CrashMoment.Before);
        await using var services = Services(new MontyEngineOptions { Store = store, OnProblem = (problem, _) => heard.Add(problem) });
        await StartAsync(services);
        await time.WhenArmed(FirstRetry).InTime();

        heard.ShouldHaveSingleItem().ShouldContain("crashed at Own, Before");
        recorded.Lines.ShouldNotContain(l => l.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_dispose_after_a_canceled_stop_waits_for_the_same_end()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var deaf = DurableTool.Handled(
            "work",
            async (_, _) =>
            {
                started.SetResult();
                await released.Task;
                return 0;
            }
        );
        var store = new TakenStore(new MemoryStore()).Free();
        await using var services = Services(_ => new MontyEngineOptions
        {
            Store = store,
            Tools = [deaf],
            TimeProvider = time,
        });
        var host = await StartAsync(services);
        var engine = await host.GetEngineAsync(Token).InTime();
        await engine.SendAsync(Id, new OpenCommand("open", new SessionSetup()), Token);
        await engine.SendAsync(Id, new FeedCommand("feed", "work()"), Token);
        await started.Task.InTime();

        await Should.ThrowAsync<OperationCanceledException>(() => host.StopAsync(new CancellationToken(canceled: true)));
        var disposed = host.DisposeAsync().AsTask();

        (disposed.IsCompleted, store.IsDisposed).ShouldBe((false, false));
        released.SetResult();
        await disposed.InTime();
        store.IsDisposed.ShouldBeTrue();
    }

    [Fact]
    public void The_log_contains_the_full_text_of_a_failure_only_at_trace()
    {
        new Monty.Actors.Hosting.EngineLog(recorded).Problem("tenant/session left memory: why", new FormatException("a value"));

        recorded.Lines.First().ShouldBe("Error: tenant/session left memory: why FormatException");
        recorded.Lines.Where(l => l.Contains("a value")).ShouldHaveSingleItem().ShouldStartWith("Trace");
    }

    public void Dispose() => recorded.Dispose();

    /// <summary>Lets the host try again, and waits until it stops the application.</summary>
    private async Task RetryAsync()
    {
        await time.WhenArmed(FirstRetry).InTime();
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = recorded.ApplicationStopping.Register(stopping.SetResult);
        time.Advance(FirstRetry);
        await stopping.Task.InTime();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<MontyEngineHost> StartAsync(ServiceProvider services)
    {
        await services.GetServices<IHostedService>().ShouldHaveSingleItem().StartAsync(Token).InTime();
        return services.GetRequiredService<MontyEngineHost>();
    }

    private ServiceProvider Services(MontyEngineOptions options) =>
        Add().AddMonty(_ => options with { TimeProvider = time }).BuildServiceProvider();

    private ServiceProvider Services(Func<IServiceProvider, MontyEngineOptions> open) =>
        Add()
            .AddMonty(
                async (provider, _) =>
                {
                    await Task.Yield();
                    return open(provider);
                }
            )
            .BuildServiceProvider();

    private IServiceCollection Add() =>
        new ServiceCollection()
            .AddSingleton<TimeProvider>(time)
            .AddSingleton<ILoggerFactory>(recorded)
            .AddSingleton<IHostApplicationLifetime>(recorded);
}
