using Monty.Actors.Persistence.Sql;

namespace Monty.Actors.Sqlite;

/// <summary>The index row of a session, with the columns that indexes and triggers use.</summary>
internal sealed record SqliteRow(
    long Status,
    bool IsActive,
    long? DueAt,
    long? ClosedAt,
    long ChangedDay,
    string? WaitingOn,
    string? Labels
)
{
    public static SqliteRow From(SessionSummary summary)
    {
        var changed = Microseconds.From(summary.ChangedAt);
        return new SqliteRow(
            (long)summary.Status,
            summary.IsActive,
            summary.DueAt is { } due ? Microseconds.From(due) : null,
            summary.Status == SessionStatus.Closed ? changed : null,
            Microseconds.Day(changed),
            TagColumn.Write(summary.WaitingOn),
            TagColumn.Write(summary.Labels)
        );
    }

    /// <summary>Reads the stored row and its key. Returns null if there is no row.</summary>
    public static SqliteRow? Find(SessionId session, SqliteStatements statements, out long key)
    {
        using var row = statements["find_row"].Set(session).ExecuteReader();
        if (!row.Read())
        {
            key = 0;
            return null;
        }

        key = row.GetInt64(0);
        return new SqliteRow(
            row.GetInt64(1),
            row.GetBoolean(2),
            row.GetValue(3) as long?,
            row.GetValue(4) as long?,
            row.GetInt64(5),
            row.GetValue(6) as string,
            row.GetValue(7) as string
        );
    }
}
