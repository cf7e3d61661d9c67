using System.Globalization;
using Monty.Actors;
using Monty.Actors.PostgreSql;
using Monty.Actors.Sqlite;
using Monty.Testing.Journals;

namespace Monty.Testing;

/// <summary>Appends to a journal until the process is killed. Writes one line <c>session version</c> for each acknowledged append.</summary>
internal static class AppendCommand
{
    /// <summary>Runs the command.</summary>
    /// <param name="store">The kind of store: <c>sqlite</c> or another value for PostgreSQL.</param>
    /// <param name="location">The path of the SQLite file, or the connection string of PostgreSQL.</param>
    public static async Task<int> RunAsync(string store, string location)
    {
        await using IJournal journal =
            store == "sqlite" ? await SqliteJournal.OpenAsync(location) : await PostgreSqlJournal.OpenAsync(location);
        await using var ownership = await journal.OwnAsync($"Monty.Testing.Host, process {Environment.ProcessId}");
        var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => WriteAsync(journal, Story.Session($"s{i}"), output)));
        return 0;
    }

    private static async Task WriteAsync(IJournal journal, SessionId session, TextWriter output)
    {
        var version = (await journal.FindAsync(session))?.Version ?? 0;
        while (await journal.AppendAsync(TornWrites.Append(session, version)) == AppendResult.Appended)
        {
            version += 2;
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{session.Name} {version}"));
        }
    }
}
