using Monty.Actors;
using Monty.Testing;
using Xunit;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

namespace Monty.Load.Tests;

/// <summary>The histories, logs and files of two sessions that ran to their end without a crash.</summary>
public sealed class FinishedRun : IAsyncLifetime, IDisposable
{
    private readonly TempFolder folder = new();

    internal static CrashWork Work { get; } = new(Sessions: 2, Calls: 17);

    internal LogFolder Logs => new(folder.Path);

    internal IReadOnlyDictionary<SessionId, IReadOnlyList<SessionEvent>> Histories { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await using var store = new MemoryStore();
        using (var problems = new LineLog(Logs.Problems))
        using (var effects = new LineLog(Logs.Effects))
        using (var clients = new ClientLogs(Logs))
        {
            await DriveCommand.RunClientsAsync(DriveCommand.CreateOptions(store, Logs, effects, problems), Work, clients);
        }

        Histories = await Verdict.ReadHistoriesAsync(store, Work);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose() => folder.Dispose();
}
