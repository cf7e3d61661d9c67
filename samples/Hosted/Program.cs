// A generic host with an engine for durable sessions on a SQLite file. The engine starts and stops with the host, and services get it
// from MontyEngineHost.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Monty.Actors;
using Monty.Actors.Sqlite;
using Monty.Interop;

var folder = Directory.CreateTempSubdirectory("monty-");
var builder = Host.CreateApplicationBuilder(args);
builder.Logging.ClearProviders(); // Keeps log messages out of the output of the sample.
builder.Services.AddMonty(
    async (_, stopping) =>
        new MontyEngineOptions
        {
            Store = await SqliteStore.OpenAsync(Path.Combine(folder.FullName, "sessions.db"), cancellationToken: stopping), // The host disposes it.
            Tools = [DurableTool.Handled("greet", (call, _) => new($"hello, {call.Arguments[0].To<string>()}"))],
        }
);
using var host = builder.Build();
await host.StartAsync();

var engineHost = host.Services.GetRequiredService<MontyEngineHost>();
var engine = await engineHost.GetEngineAsync();
Console.WriteLine($"{engineHost.State}: {await engine.RunAsync(new SessionId("acme", "first"), "greet('world')")}");

await host.StopAsync();
Console.WriteLine(engineHost.State);
folder.Delete(recursive: true);
