using System.Data.Common;

namespace Monty.Actors.Journal.Sql;

/// <summary>Rows as objects. All stores return the same columns in the same order.</summary>
internal static class SqlRows
{
    /// <summary>tenant, name, version, epoch, status, is_active, created_us, changed_us, due_us, waiting_on, labels, then the dump's version, runtime and content or nulls.</summary>
    public static SessionHead Head(DbDataReader row) =>
        new(
            new SessionId(row.GetString(0), row.GetString(1)),
            row.GetInt64(2),
            row.GetInt64(3),
            Summary(row, 4),
            row.IsDBNull(11) ? null : new JournalDump(row.GetInt64(11), row.GetString(12), row.GetFieldValue<byte[]>(13))
        );

    /// <summary>The first 11 columns of <see cref="Head"/>.</summary>
    public static SessionEntry Line(DbDataReader row) =>
        new(new SessionId(row.GetString(0), row.GetString(1)), row.GetInt64(2), Summary(row, 4));

    /// <summary>version, kind, schema, at_us, payload or null where it is too large.</summary>
    public static JournalRecord Record(DbDataReader row) =>
        row.IsDBNull(4)
            ? throw new FormatException("The payload is too large.")
            : new(row.GetInt64(0), row.GetString(1), row.GetInt32(2), row.GetFieldValue<byte[]>(4), Microseconds.ToTime(row.GetInt64(3)));

    private static SessionSummary Summary(DbDataReader row, int first) =>
        new(
            (SessionStatus)row.GetInt16(first),
            Microseconds.ToTime(row.GetInt64(first + 2)),
            Microseconds.ToTime(row.GetInt64(first + 3)),
            row.GetBoolean(first + 1),
            row.IsDBNull(first + 4) ? null : Microseconds.ToTime(row.GetInt64(first + 4)),
            TagColumn.Read(Text(row, first + 5)),
            TagColumn.Read(Text(row, first + 6))
        );

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
