using System.Collections.Concurrent;

namespace Monty.Interop.Tests.Sessions;

/// <summary>Runs a program of futures step by step: one host function ends at a time, while the script waits, in the order of the program's schedule.</summary>
internal sealed class FutureRun(MontySession session, FutureProgram program)
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource> deferred = [];
    private readonly Random random = new(program.Schedule);

    /// <summary>What was seen: calls, prints and the end, in order.</summary>
    public List<string> Events { get; } = [];

    /// <summary>The calls whose handlers started.</summary>
    public ConcurrentQueue<int> Started { get; } = [];

    /// <summary>The calls whose handlers came to an end, a cancellation included.</summary>
    public ConcurrentDictionary<int, bool> Ended { get; } = [];

    public MontyResult? Result { get; private set; }

    public Exception? Failure { get; private set; }

    public async Task RunAsync()
    {
        using var cancellation = new CancellationTokenSource();
        var feed = new FeedOptions { Tools = [MontyTool.Async("work", WorkAsync)], OnPrint = text => Events.Add(text) };
        var running = session.FeedAsync(program.Source, feed, cancellation.Token);
        var last = default(MontySuspension);
        while (!running.IsCompleted)
        {
            if (session.Pending is MontyResolveFutures { PendingCallIds: var waited } waiting && !ReferenceEquals(waiting, last))
            {
                last = waiting;
                if (!Advance(waited))
                {
                    await cancellation.CancelAsync();
                }
            }

            await Task.Yield();
        }

        try
        {
            Result = await running;
        }
        catch (Exception exception) when (exception is MontyScriptException or OperationCanceledException)
        {
            Failure = exception;
        }

        Events.Add(
            Failure is null ? $"gives {Result!.Value}"
            : Failure is MontyScriptException script ? script.Error.TypeAndMessage
            : "cancelled"
        );
        if (Result is not null)
        {
            Events.AddRange(Result.Warnings);
        }
    }

    /// <summary>Lets one awaited call end, and now and then one before it that nobody waits for; false when none will ever end.</summary>
    private bool Advance(IReadOnlyCollection<uint> waited)
    {
        var awaited = Started.Where((_, id) => waited.Contains((uint)id)).ToList();
        if (awaited.Exists(Ended.ContainsKey))
        {
            return true; // the script goes on by itself
        }

        Events.Add($"waits for {string.Join(", ", waited)}");
        var mayEnd = deferred.Keys.Where(n => !Ended.ContainsKey(n) && program.Fates[n] != CallFate.Never).Order().ToList();
        var others = mayEnd.Except(awaited).ToList();
        if (others.Count > 0 && random.Next(2) == 0)
        {
            End(others[random.Next(others.Count)]);
        }

        var next = mayEnd.Intersect(awaited).ToList();
        if (next.Count == 0)
        {
            return false;
        }

        End(next[random.Next(next.Count)]);
        return true;
    }

    private void End(int number)
    {
        Events.Add($"ends {number}");
        deferred[number].SetResult();
    }

    private async ValueTask<MontyValue> WorkAsync(MontyFunctionCall call, CancellationToken end)
    {
        var number = (int)((MontyInt)call.Arguments[0]).Value;
        Events.Add($"call {call.CallId} is {number}");
        Started.Enqueue(number);
        try
        {
            var fate = program.Fates[number];
            if (fate == CallFate.FailsAtOnce)
            {
                throw new PythonException("ValueError", $"e{number}");
            }

            if (fate == CallFate.Instant)
            {
                return $"v{number}";
            }

            var ending = deferred.GetOrAdd(number, _ => new TaskCompletionSource());
            using (end.Register(() => ending.TrySetCanceled(end)))
            {
                await ending.Task;
            }

            return fate == CallFate.FailsLater ? throw new PythonException("ValueError", $"e{number}") : $"v{number}";
        }
        finally
        {
            Ended[number] = true;
        }
    }
}
