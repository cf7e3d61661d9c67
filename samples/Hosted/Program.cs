// A host with an engine of durable sessions on a SQLite file: it starts with the host, stops with it, and a request asks the host for it.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Monty.Actors;
using Monty.Actors.Sqlite;
using Monty.Interop;

var folder = Directory.CreateTempSubdirectory("monty-");
var builder = Host.CreateApplicationBuilder(args);
builder.Logging.ClearProviders(); // so that nothing but what the sample prints is seen
builder.Services.AddMonty(
    async (_, stopping) =>
        new MontyEngineOptions
        {
            Store = await SqliteStore.OpenAsync(Path.Combine(folder.FullName, "sessions.db"), cancellationToken: stopping), // the host's from here on
            Tools = [DurableTool.Handled("greet", (call, _) => new($"hello, {call.Arguments[0].To<string>()}"))],
        }
);
using var host = builder.Build();
await host.StartAsync();

var sessions = host.Services.GetRequiredService<MontyEngineHost>();
var engine = await sessions.GetEngineAsync();
Console.WriteLine($"{sessions.State}: {await engine.RunAsync(new SessionId("acme", "first"), "greet('world')")}");

await host.StopAsync();
Console.WriteLine(sessions.State);
folder.Delete(recursive: true);
