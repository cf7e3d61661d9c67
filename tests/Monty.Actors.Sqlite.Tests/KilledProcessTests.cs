using System.Runtime.Versioning;
using Monty.Testing;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sqlite.Tests;

/// <summary>Tests processes that own a file and are killed or suspended.</summary>
[SupportedOSPlatform("linux")]
public sealed class KilledProcessTests : IAsyncDisposable
{
    private readonly SqliteTestStore place = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => place.DisposeAsync();

    [Fact]
    public async Task The_acknowledged_changes_of_a_killed_process_are_complete_and_the_next_process_continues()
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
    public async Task A_second_engine_is_refused_with_the_name_of_the_running_or_suspended_process_until_that_process_ends()
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
    public async Task A_process_that_owns_the_file_through_a_symbolic_link_owns_it_for_every_path()
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
