using Monty.Interop;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Sqlite.Tests;

/// <summary>Tests that every change that is accepted can be read again, whatever its size.</summary>
public sealed class LargestChangeTests
{
    private static readonly SessionId Id = new("tenant", "session");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_of_the_largest_size_can_be_read_by_the_next_engine()
    {
        await using var test = new SqliteTestStore();
        await using var store = await test.OpenAsync(new SessionStoreOptions { MaxChangeBytes = 4_000 });
        var size = 3_900;
        await using (var engine = await MontyEngine.StartAsync(new MontyEngineOptions { Store = store }, Token))
        {
            await engine.SendAsync(Id, new OpenCommand("open", new SessionSetup()), Token);
            while (await engine.SendAsync(Id, new SignalCommand($"{size}", "go", new string('x', size)), Token) is SessionReply.Accepted)
            {
                size++;
            }
        }

        size.ShouldBeInRange(3_901, 4_000);
        await using var next = await MontyEngine.StartAsync(new MontyEngineOptions { Store = store }, Token);
        (await next.FindAsync(Id, Token)).ShouldNotBeNull().Signals.Count.ShouldBe(size - 3_900);
        (await next.SendAsync(Id, new CloseCommand("close"), Token)).ShouldBeOfType<SessionReply.Accepted>();
    }
}
