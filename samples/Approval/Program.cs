// A script waits for the approval of a person. Meanwhile its engine stops, so the session exists only in the file.
// A second engine on the same file continues the session with the answer.
using Monty.Actors;
using Monty.Actors.Sqlite;
using Monty.Interop;

const string Script = """
    days = 3
    answer = approve('Rome', nights=days - 1)
    f'{days} days in Rome: {answer}'
    """;
var trip = new SessionId("acme", "trip-1");
var folder = Directory.CreateTempSubdirectory("monty-");
await using (var store = await SqliteStore.OpenAsync(Path.Combine(folder.FullName, "sessions.db")))
{
    var options = new MontyEngineOptions { Store = store, Tools = [DurableTool.External("approve")] };
    await using (var engine = await MontyEngine.StartAsync(options))
    {
        await engine.SendAsync(trip, new OpenCommand("open", new SessionSetup()));
        await engine.SendAsync(trip, new FeedCommand("plan", Script)); // The feed is durable when this returns.
        await engine.FollowAsync(trip).FirstAsync(stored => stored.Event is CallAnnounced); // The script has called approve().
    }

    Console.WriteLine("the engine has stopped");
    await using (var engine = await MontyEngine.StartAsync(options))
    {
        foreach (var waiting in await engine.ListAsync(new SessionQuery("acme") { WaitingOn = "approve" }))
        {
            var call = (await engine.FindAsync(waiting.Session))!.Calls.First(c => c.Name == "approve");
            Console.WriteLine($"{waiting.Session} is waiting for {call.Display()}");
            await engine.SendAsync(waiting.Session, call.Answer("boss", MontyAnswer.Return("go")));
        }

        Console.WriteLine(await engine.WaitAsync(trip, "plan"));
    }
}

folder.Delete(recursive: true);
