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
        using var acks = new LineLog(logs.Acks);
        while (!await TryAsync(store, location, work, effects, acks, problems))
        {
            await Task.Delay(50);
        }

        return 0;
    }

    /// <summary>Runs an engine. Returns false if the store failed, or if the worker was killed while the engine requested its version.</summary>
    private static async Task<bool> TryAsync(string store, string location, CrashWork work, LineLog effects, LineLog acks, LineLog problems)
    {
        try
        {
            await using var sessions = await Stores.OpenAsync(store, location);
            await using var engine = await MontyEngine.StartAsync(
                new MontyEngineOptions
                {
                    Store = sessions,
                    Tools =
                    [
                        EffectTool("effect", isAsync: false, effects),
                        EffectTool("effect_async", isAsync: true, effects),
                        DurableTool.External("ask"),
                        DurableTool.External("ask_async", isAsync: true),
                    ],
                    OnProblem = (message, _) => problems.Write($"process {Environment.ProcessId}: {message}"),
                }
            );
            await Task.WhenAll(work.Ids.Select(id => new SessionClient(engine, id, acks, engine.Lost).RunAsync(work)));
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

                return CrashWork.GetValue(call.Session, CrashWork.GetArgument(call.Call));
            },
            isAsync
        );
}
