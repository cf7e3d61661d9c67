using System.Collections.Concurrent;
using Monty.Actors.Actors;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Stores;
using Xunit;

namespace Monty.Actors.Tests.Engine;

/// <summary>An engine whose store, clock, mounts and tools fail where a test requests it. The waits between attempts pass by themselves.</summary>
internal sealed class HostileEngine : IAsyncDisposable
{
    public static readonly SessionId Id = new("tenant", "session");

    private readonly HostileStore store;
    private readonly FakeTime clock = new();
    private volatile bool isOver;

    private HostileEngine(int maxChangeBytes)
    {
        store = new HostileStore(new MemoryStore(new SessionStoreOptions { MaxChangeBytes = maxChangeBytes }));
        Time = new HostileTime(clock);
    }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public MontyEngine Engine { get; private set; } = null!;

    public HostileTime Time { get; }

    public FakeTime Clock => clock;

    public ConcurrentQueue<(string Message, Exception? Failure)> Problems { get; } = [];

    /// <summary>The exception that a commit with a change of the session throws, or null.</summary>
    public Func<Exception?> Write
    {
        set => store.Failing = value;
    }

    /// <summary>The number of commits with a change of the session, including those that failed.</summary>
    public int Writes => store.Writes;

    /// <summary>The exception that opening the mounts throws, or null.</summary>
    public Func<Exception?> Mount { get; set; } = () => null;

    /// <summary>The number of times that the mounts were opened, including those that failed.</summary>
    public int Mounted { get; private set; }

    public static async Task<HostileEngine> StartAsync(int maxChangeBytes = 4096, params DurableTool[] tools)
    {
        var hostile = new HostileEngine(maxChangeBytes);
        hostile.Engine = await MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = hostile.store,
                TimeProvider = hostile.Time,
                Tools = tools,
                Mounts = _ => hostile.Open(),
                WorkingDirectory = "/work",
                AnswerFirstAfter = TimeSpan.FromDays(1),
                CommandTimeout = TimeSpan.FromDays(1),
                TurnTimeout = TimeSpan.FromDays(1),
                IdleTimeout = TimeSpan.FromDays(1),
                OnProblem = (message, failure) => hostile.Problems.Enqueue((message, failure)),
            },
            Token
        );
        for (var failures = 1; failures <= 6; failures++)
        {
            _ = hostile.PassAsync(Backoff.After(failures));
        }

        return hostile;
    }

    public Task<SessionReply> SendAsync(SessionCommand command, SessionId? session = null) =>
        Engine.SendAsync(session ?? Id, command, Token).InTime();

    public async Task<SessionSummary?> SummaryAsync() => (await store.FindAsync(Id, Token))?.Summary;

    /// <summary>Waits until the session has nothing to do by itself, or is stuck.</summary>
    public Task SettleAsync() =>
        TestTasks.UntilAsync(async () => Engine.StuckSessions.Contains(Id) || await SummaryAsync() is not { IsActive: true });

    public async ValueTask DisposeAsync()
    {
        isOver = true;
        await Engine.DisposeAsync();
        await store.DisposeAsync();
    }

    private IReadOnlyCollection<MontyMount> Open()
    {
        Mounted++;
        return Mount() is { } failure ? throw failure : [MontyMount.InMemory("/work")];
    }

    private async Task PassAsync(TimeSpan wait)
    {
        while (!isOver)
        {
            await clock.WhenArmed(wait);
            clock.Advance(wait);
        }
    }

    private sealed class HostileStore(SessionStore inner) : DelegatingStore(inner)
    {
        public Func<Exception?> Failing { get; set; } = () => null;

        public int Writes { get; private set; }

        internal override void Write(IReadOnlyList<ChangeWrite> writes)
        {
            if (writes.Any(w => w.Session == Id))
            {
                Writes++;
                if (Failing() is { } failure)
                {
                    throw failure;
                }
            }

            base.Write(writes);
        }
    }
}
