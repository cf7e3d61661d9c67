using System.Data.Common;

namespace Monty.Actors.Persistence.Sql;

/// <summary>Rows as objects. All stores return the same columns in the same order.</summary>
internal static class SqlRows
{
    /// <summary>tenant, name, version, status, is_active, created_us, changed_us, due_us, waiting_on, labels.</summary>
    public static SessionEntry Entry(DbDataReader row) =>
        new(new SessionId(row.GetString(0), row.GetString(1)), row.GetInt64(2), Summary(row, 3));

    /// <summary>sequence_number, created (ticks), message, identifier, manifest, writer_uuid or null.</summary>
    public static StoredRow Row(DbDataReader row) =>
        new(
            row.GetInt64(0),
            new DateTimeOffset(row.GetInt64(1), TimeSpan.Zero),
            row.GetFieldValue<byte[]>(2),
            row.GetInt32(3),
            row.GetString(4),
            Text(row, 5) ?? ""
        );

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
