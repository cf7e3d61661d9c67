using System.Globalization;
using Monty.Actors;
using Monty.Actors.PostgreSql;
using Monty.Actors.Sqlite;
using Monty.Testing.Journals;

namespace Monty.Testing;

/// <summary>A process that writes a journal until it is killed, and says what was acknowledged: a line <c>session version</c> each.</summary>
internal static class AppendVerb
{
    public static async Task<int> RunAsync(string store, string place)
    {
        await using IJournal journal = store == "sqlite" ? await SqliteJournal.OpenAsync(place) : await PostgreSqlJournal.OpenAsync(place);
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
