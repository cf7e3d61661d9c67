using System.Collections.Concurrent;
using Monty.Actors.Persistence;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Stores;
using Shouldly;
using Xunit;

namespace Monty.Actors.Tests.Engine.Files;

/// <summary>Runs engines one after another on one store, whose sessions have files, and provides a folder for the files.</summary>
internal sealed class FileEngine(Func<SessionId, IReadOnlyCollection<MontyMount>> mounts) : IAsyncDisposable
{
    public static readonly SessionId Id = new("tenant", "session");

    private readonly MemoryStore memory = new();
    private MontyEngine? engine;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public MontyEngine Engine => engine ?? throw new InvalidOperationException("No engine is started.");

    public ConcurrentQueue<string> Problems { get; } = [];

    /// <summary>Starts an engine that replaces the current one.</summary>
    public async Task StartAsync(Func<SessionStore, SessionStore>? on = null, TimeProvider? time = null, params DurableTool[] tools)
    {
        if (engine is not null)
        {
            await engine.DisposeAsync();
        }

        engine = await MontyEngine.StartAsync(
            new MontyEngineOptions
            {
                Store = on?.Invoke(memory) ?? memory,
                Mounts = mounts,
                WorkingDirectory = "/work",
                TimeProvider = time ?? TimeProvider.System,
                Tools = tools,
                OnProblem = (message, _) => Problems.Enqueue(message),
            },
            Token
        );
    }

    /// <summary>Starts an engine that refuses the dumps of earlier ones.</summary>
    public Task StartOnAnotherRuntimeAsync() =>
        StartAsync(inner => new RewrittenStore(inner) { Dump = d => d with { Runtime = "monty 0.0.1" } });

    /// <summary>Runs a feed, and returns its value.</summary>
    public async Task<MontyValue> RunAsync(string code, SessionId? session = null) =>
        (await Engine.RunAsync(session ?? Id, "import os\nfrom pathlib import Path\n" + code, cancellationToken: Token))
            .ShouldBeOfType<FeedOutcome.Completed>()
            .Value;

    /// <summary>Runs a feed, and returns the error that ends it.</summary>
    public async Task<string> FailAsync(string code, SessionId? session = null) =>
        (await Engine.RunAsync(session ?? Id, "import os\nfrom pathlib import Path\n" + code, cancellationToken: Token))
            .ShouldBeOfType<FeedOutcome.Failed>()
            .Error.TypeAndMessage;

    public Task PassivateAsync() => Engine.PassivateAsync(Id);

    public Task<List<SessionEvent>> HistoryAsync() => memory.ReadEventsAsync(Id);

    public async ValueTask DisposeAsync()
    {
        if (engine is not null)
        {
            await engine.DisposeAsync();
        }

        await memory.DisposeAsync();
    }
}
