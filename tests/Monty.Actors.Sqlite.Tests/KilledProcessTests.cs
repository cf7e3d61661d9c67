using System.Runtime.Versioning;
using Monty.Testing;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sqlite.Tests;

/// <summary>Processes that own a file and are killed or stand still.</summary>
[SupportedOSPlatform("linux")]
public sealed class KilledProcessTests : IAsyncDisposable
{
    private readonly SqliteTestStore place = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => place.DisposeAsync();

    [Fact]
    public async Task What_a_killed_process_had_acknowledged_is_there_whole_and_the_next_one_goes_on()
    {
        await using var store = await place.OpenAsync();
        var writes = new TornWrites(store, 4);
        for (var round = 0; round < 4; round++)
        {
            await KilledWriter.RunAsync(writes, "sqlite", place.Path, 30 + (17 * round), Token);
            await writes.CheckAsync();
        }
    }

    [Fact]
    public async Task A_second_engine_is_refused_by_the_name_of_the_process_that_runs_or_stands_still_until_that_is_gone()
    {
        await using var store = await place.OpenAsync();
        using (var host = TestHost.StartWriting("sqlite", place.Path))
        {
            await host.ReadLineAsync(Token);
            await RefusedAsync();
            await host.SignalAsync("STOP");
            await RefusedAsync();
        }

        await using var owned = await store.OwnAsync("the next engine", Token);

        async Task RefusedAsync() =>
            (await Should.ThrowAsync<StoreOwnedException>(() => store.OwnAsync("a second engine", Token))).Holder.ShouldStartWith(
                "Monty.Testing.Host, process "
            );
    }

    [Fact]
    public async Task A_process_that_owns_the_file_by_a_symbolic_link_owns_it_by_every_path()
    {
        await using var store = await place.OpenAsync();
        using var folder = new TempFolder();
        var link = folder.File("link");
        Directory.CreateSymbolicLink(link, Path.GetDirectoryName(place.Path)!);
        using var host = TestHost.StartWriting("sqlite", Path.Combine(link, Path.GetFileName(place.Path)));
        await host.ReadLineAsync(Token);

        await Should.ThrowAsync<StoreOwnedException>(() => store.OwnAsync("a second engine", Token));
    }
}
