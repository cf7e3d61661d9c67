// Three handlers run in parallel under asyncio.gather. Each call is stored before its handler runs.
using Monty.Actors;
using Monty.Actors.Sqlite;
using Monty.Interop;

var folder = Directory.CreateTempSubdirectory("monty-");
var open = 0;
var allAreOpen = new TaskCompletionSource();

// The handlers answer when all three calls are open, so the sample would hang if the calls ran one after the other.
DurableTool Tool(string name, Func<string, MontyValue> answer) =>
    DurableTool.Handled(
        name,
        async (call, cancellationToken) =>
        {
            if (Interlocked.Increment(ref open) == 3)
            {
                allAreOpen.SetResult();
            }

            await allAreOpen.Task.WaitAsync(cancellationToken);
            return answer(call.Arguments[0].To<string>());
        },
        isAsync: true
    );

await using (var store = await SqliteStore.OpenAsync(Path.Combine(folder.FullName, "sessions.db")))
await using (
    var engine = await MontyEngine.StartAsync(
        new MontyEngineOptions
        {
            Store = store,
            Tools = [Tool("flight", city => $"flight to {city}"), Tool("hotel", city => $"hotel in {city}"), Tool("weather", _ => 21)],
        }
    )
)
{
    var session = new SessionId("acme", "trip-2");
    var outcome = await engine.RunAsync(
        session,
        """
        import asyncio
        flight, hotel, degrees = await asyncio.gather(flight('Rome'), hotel('Rome'), weather('Rome'))
        [flight, hotel, degrees]
        """
    );
    await foreach (var stored in engine.ReadAsync(session))
    {
        if (stored.Event is CallAnnounced { Call: MontyFunctionCall call })
        {
            Console.WriteLine($"{stored.Version}: {call.Display()}");
        }
    }

    Console.WriteLine($"{open} calls at the same time");
    Console.WriteLine(((FeedOutcome.Completed)outcome).Value);
}

folder.Delete(recursive: true);
