using Monty.Actors;
using Monty.Actors.PostgreSql;
using Monty.Actors.Sqlite;
using Monty.Testing.Stores;

namespace Monty.Testing;

/// <summary>A process that owns a store and writes to it until it is killed or refused, and says what was acknowledged.</summary>
internal static class WriteVerb
{
    public static async Task<int> RunAsync(string kind, string place)
    {
        await using SessionStore store =
            kind == "sqlite"
                ? await SqliteStore.OpenAsync(place)
                : await PostgreSqlStore.OpenAsync(new PostgreSqlStoreOptions { ConnectionString = place });
        var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        await TornWrites.OwnAndWriteAsync(store, $"Monty.Testing.Host, process {Environment.ProcessId}", output);
        return 0;
    }
}
