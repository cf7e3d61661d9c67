using System.Runtime.Versioning;
using Monty.Testing.Journals;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sqlite.Tests;

[SupportedOSPlatform("linux")]
public sealed class KilledProcessTests : IAsyncDisposable
{
    private readonly SqliteStore store = new();

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task What_a_killed_process_had_acknowledged_is_there_whole_and_the_next_one_goes_on()
    {
        await using var journal = await store.OpenAsync();
        var writes = new TornWrites(journal, 4);
        for (var round = 0; round < 4; round++)
        {
            await KilledWriter.RunAsync(writes, "sqlite", store.Path, 30 + (17 * round), TestContext.Current.CancellationToken);
            await writes.CheckAsync();
        }
    }

    [Fact]
    public async Task A_second_engine_is_refused_by_the_name_of_the_process_that_runs()
    {
        await using var journal = await store.OpenAsync();
        using (var host = Testing.TestHost.StartAppending("sqlite", store.Path))
        {
            await host.ReadLineAsync(TestContext.Current.CancellationToken);
            var refused = await Should.ThrowAsync<JournalOwnedException>(() => journal.OwnAsync("a second engine"));
            refused.Holder.ShouldStartWith("Monty.Testing.Host, process ");
        }

        await using var owned = await journal.OwnAsync("the next engine");
    }
}
