// A process is killed during a tool call, and a second process resumes the session from the store.
// The call runs again with the same idempotency key.
using System.Diagnostics;
using Monty.Actors;
using Monty.Actors.Sqlite;

if (args is [var file])
{
    await PayAsync(file, crashInCall: true);
    return 1; // This is not reached, because the process is killed during the call.
}

var folder = Directory.CreateTempSubdirectory("monty-");
var path = Path.Combine(folder.FullName, "sessions.db");
using (var child = Process.Start(System.Environment.ProcessPath!, [path]))
{
    await child.WaitForExitAsync();
    Console.WriteLine($"the process was killed: {child.ExitCode}");
}

await PayAsync(path, crashInCall: false);
folder.Delete(recursive: true);
return 0;

static async Task PayAsync(string file, bool crashInCall)
{
    var charge = DurableTool.Handled(
        "charge",
        (call, _) =>
        {
            Console.WriteLine($"charging {call.Arguments[0]} with the key {call.IdempotencyKey}");
            if (crashInCall)
            {
                Process.GetCurrentProcess().Kill(); // SIGKILL ends the process without any cleanup.
            }

            return ValueTask.FromResult<Monty.Interop.MontyValue>("paid");
        }
    );
    await using var store = await SqliteStore.OpenAsync(file);
    await using var engine = await MontyEngine.StartAsync(new MontyEngineOptions { Store = store, Tools = [charge] });
    Console.WriteLine(
        await engine.RunAsync(new SessionId("acme", "order-7"), "price = 19 + 1\nf'{price} {charge(price)}'", commandId: "pay")
    );
}
