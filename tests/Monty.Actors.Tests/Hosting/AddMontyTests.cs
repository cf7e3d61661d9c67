using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Hosting;

public sealed class AddMontyTests
{
    private static readonly SessionId Id = new("tenant", "session");

    [Fact]
    public async Task The_engine_runs_from_the_start_of_the_host_to_its_stop()
    {
        await using var services = Services();
        var service = services.GetServices<IHostedService>().ShouldHaveSingleItem();
        var host = services.GetRequiredService<MontyEngineHost>();
        host.State.ShouldBe(MontyEngineState.Created);
        Should.Throw<InvalidOperationException>(() => host.Engine).Message.ShouldContain(nameof(MontyEngineHost.GetEngineAsync));
        await service.StartAsync(Token);

        var engine = await host.GetEngineAsync(Token);
        (await engine.RunAsync(Id, "6 * 7", cancellationToken: Token)).ShouldBe(new FeedOutcome.Completed(42));
        host.Engine.ShouldBeSameAs(engine);

        await service.StopAsync(Token);
        await Should.ThrowAsync<ObjectDisposedException>(() => engine.RunAsync(Id, "1", cancellationToken: Token));
    }

    [Fact]
    public async Task The_engine_itself_is_not_a_service_because_it_can_be_replaced()
    {
        await using var services = Services();

        services.GetService<MontyEngine>().ShouldBeNull();
    }

    [Fact]
    public async Task Services_that_are_disposed_without_a_stop_release_the_store()
    {
        await using var store = new MemoryStore();
        await using (var services = new ServiceCollection().AddMonty(_ => new MontyEngineOptions { Store = store }).BuildServiceProvider())
        {
            await services.GetRequiredService<IHostedService>().StartAsync(Token);
            await services.GetRequiredService<MontyEngineHost>().GetEngineAsync(Token);
        }

        await using var next = await MontyEngine.StartAsync(new MontyEngineOptions { Store = store }, Token);
    }

    [Fact]
    public async Task A_host_that_never_started_stops()
    {
        await using var services = Services();

        await services.GetRequiredService<IHostedService>().StopAsync(Token);
    }

    [Fact]
    public void A_second_engine_is_refused() =>
        Should
            .Throw<InvalidOperationException>(() => new ServiceCollection().AddMonty(_ => null!).AddMonty((_, _) => null!))
            .Message.ShouldContain("one engine");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ServiceProvider Services() =>
        new ServiceCollection()
            .AddSingleton<SessionStore, MemoryStore>()
            .AddMonty(provider => new MontyEngineOptions { Store = provider.GetRequiredService<SessionStore>() })
            .BuildServiceProvider();
}
