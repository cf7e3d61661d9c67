using Monty.Actors;
using Monty.Actors.PostgreSql;
using Monty.Actors.Sqlite;
using Monty.Testing.Stores;

namespace Monty.Testing;

/// <summary>Owns a store and writes to it until it is killed or refused, and prints each acknowledged write.</summary>
internal static class WriteCommand
{
    public static async Task<int> RunAsync(string kind, string location)
    {
        await using SessionStore store =
            kind == "sqlite"
                ? await SqliteStore.OpenAsync(location)
                : await PostgreSqlStore.OpenAsync(new PostgreSqlStoreOptions { ConnectionString = location });
        var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        await TornWrites.OwnAndWriteAsync(store, $"Monty.Testing.Host, process {Environment.ProcessId}", output);
        return 0;
    }
}
