using Monty.Actors;
using Monty.Interop;

namespace Monty.Load;

/// <summary>The process that is killed: an engine, and clients that drive its sessions. After a restart, it sends the same commands again.</summary>
internal static class DriveCommand
{
    /// <summary>Runs until all sessions have ended, or until the parent process has ended.</summary>
    public static async Task<int> RunAsync(string store, string location, LogFolder logs, CrashWork work)
    {
        ParentProcess.EndWithIt();
        using var problems = new LineLog(logs.Problems);
        using var effects = new LineLog(logs.Effects);
        using var clients = new ClientLogs(logs);
        while (
            !await TryAsync(
                async () =>
                {
                    await using var sessions = await Stores.OpenAsync(store, location);
                    await RunClientsAsync(CreateOptions(sessions, logs, effects, problems), work, clients);
                },
                problems
            )
        )
        {
            await Task.Delay(50);
        }

        return 0;
    }

    /// <summary>Returns the options of an engine.</summary>
    public static MontyEngineOptions CreateOptions(SessionStore store, LogFolder logs, LineLog effects, LineLog problems) =>
        new()
        {
            Store = store,
            Tools =
            [
                EffectTool("effect", isAsync: false, effects),
                EffectTool("effect_async", isAsync: true, effects),
                HangingTool("hang", effects),
                DurableTool.External("ask"),
                DurableTool.External("ask_async", isAsync: true),
                DurableTool.External("unanswered", isAsync: true),
            ],
            Mounts = id => [MontyMount.ReadWrite(Directory.CreateDirectory(logs.FilesOf(id)).FullName, "/data")],
            OnProblem = (message, _) => problems.Write($"process {Environment.ProcessId}: {message}"),
        };

    /// <summary>Runs an engine and the clients of all sessions until the sessions have ended.</summary>
    public static async Task RunClientsAsync(MontyEngineOptions options, CrashWork work, ClientLogs logs)
    {
        await using var engine = await MontyEngine.StartAsync(options);
        await Task.WhenAll(work.Ids.Select(id => new SessionClient(engine, id, logs, engine.Lost).RunAsync(work.Scripts)));
    }

    /// <summary>Runs an engine. Returns false if the store failed, or if the worker was killed while the engine requested its version.</summary>
    private static async Task<bool> TryAsync(Func<Task> run, LineLog problems)
    {
        try
        {
            await run();
            return true;
        }
        catch (Exception exception)
            when (exception is SessionStoreException or MontyException or OperationCanceledException or ObjectDisposedException)
        {
            problems.Write($"process {Environment.ProcessId}: starting again after {exception.GetType().Name}: {exception.Message}");
            return false;
        }
    }

    private static DurableTool EffectTool(string name, bool isAsync, LineLog effects) =>
        DurableTool.Handled(
            name,
            async (call, cancellationToken) =>
            {
                effects.Write($"{call.IdempotencyKey} {call.ArgumentsHash}");
                if (isAsync)
                {
                    await Task.Delay(Random.Shared.Next(5), cancellationToken);
                }

                return CrashWork.GetValue(call.Session, CrashScripts.GetArgument(call.Call));
            },
            isAsync
        );

    /// <summary>Creates a tool whose calls end only with their feed.</summary>
    private static DurableTool HangingTool(string name, LineLog effects) =>
        DurableTool.Handled(
            name,
            async (call, cancellationToken) =>
            {
                effects.Write($"{call.IdempotencyKey} {call.ArgumentsHash}");
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return MontyValue.None;
            },
            isAsync: true
        );
}
