using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>Tests how much of its history a session reads when it comes back into memory.</summary>
public sealed class RecoveryReadsTests : IAsyncDisposable
{
    private static readonly SessionId Id = new("tenant", "session");
    private readonly CountingStore store = new(new MemoryStore());

    [Fact]
    public async Task A_signal_after_the_last_turn_does_not_make_the_next_turn_read_the_history_again()
    {
        await using var engine = await MontyEngine.StartAsync(new MontyEngineOptions { Store = store }, Token);
        await SendAsync(engine, new OpenCommand("open", new SessionSetup()));
        await SendAsync(engine, new FeedCommand("first", "x = 1"));
        await SendAsync(engine, new SignalCommand("signal", "unused", MontyValue.None));
        await engine.PassivateAsync(Id, Token).InTime();
        store.ReadsFromStart = 0;

        await SendAsync(engine, new FeedCommand("second", "x += 1"));

        store.ReadsFromStart.ShouldBe(1, "the recovery reads the history, and the turn continues from the stored interpreter");
        (await engine.RunAsync(Id, "x", cancellationToken: Token).InTime()).ShouldBe(new FeedOutcome.Completed(2));
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task SendAsync(MontyEngine engine, SessionCommand command) =>
        (await engine.SendAsync(Id, command, Token).InTime()).ShouldBeOfType<SessionReply.Accepted>();

    /// <summary>Counts the reads that start at the first change.</summary>
    private sealed class CountingStore(SessionStore inner) : DelegatingStore(inner)
    {
        private int readsFromStart;

        public int ReadsFromStart
        {
            get => Volatile.Read(ref readsFromStart);
            set => Volatile.Write(ref readsFromStart, value);
        }

        internal override Task<IReadOnlyList<StoredRow>> ReadPageAsync(
            string persistenceId,
            long from,
            long to,
            int max,
            CancellationToken cancellationToken
        )
        {
            if (from == 1)
            {
                Interlocked.Increment(ref readsFromStart);
            }

            return base.ReadPageAsync(persistenceId, from, to, max, cancellationToken);
        }
    }
}
