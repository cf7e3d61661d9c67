using Monty.Interop;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests that invalid options are refused before a store is claimed.</summary>
public sealed class MontyEngineOptionsTests : IAsyncDisposable
{
    private static readonly TimeSpan TooLong = TimeSpan.FromDays(50);
    private readonly MemoryStore store = new();

    [Fact]
    public async Task Durations_must_be_valid_for_timers()
    {
        foreach (var time in (TimeSpan[])[TooLong, TimeSpan.Zero, TimeSpan.FromSeconds(-1)])
        {
            await RefusedAsync(o => o with { TurnTimeout = time }, nameof(MontyEngineOptions.TurnTimeout));
            await RefusedAsync(o => o with { AnswerFirstAfter = time }, nameof(MontyEngineOptions.AnswerFirstAfter));
            await RefusedAsync(o => o with { IdleTimeout = time }, nameof(MontyEngineOptions.IdleTimeout));
            await RefusedAsync(o => o with { StopTimeout = time }, nameof(MontyEngineOptions.StopTimeout));
        }
    }

    [Fact]
    public async Task The_options_of_the_pool_are_checked_too() =>
        await RefusedAsync(o => o with { Pool = new MontyPoolOptions { StartTimeout = TooLong } }, nameof(MontyPoolOptions.StartTimeout));

    [Fact]
    public async Task No_option_may_be_null()
    {
        await RefusedAsync(o => o with { Store = null! }, nameof(MontyEngineOptions.Store));
        await RefusedAsync(o => o with { Tools = null! }, nameof(MontyEngineOptions.Tools));
        await RefusedAsync(o => o with { Pool = null! }, nameof(MontyEngineOptions.Pool));
        await RefusedAsync(o => o with { Environment = null! }, nameof(MontyEngineOptions.Environment));
        await RefusedAsync(o => o with { TimeProvider = null! }, nameof(MontyEngineOptions.TimeProvider));
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private async Task RefusedAsync(Func<MontyEngineOptions, MontyEngineOptions> change, string name)
    {
        var refused = await Should.ThrowAsync<ArgumentException>(() =>
            MontyEngine.StartAsync(change(new MontyEngineOptions { Store = store }), TestContext.Current.CancellationToken)
        );

        refused.ParamName.ShouldBe(name);
    }
}
