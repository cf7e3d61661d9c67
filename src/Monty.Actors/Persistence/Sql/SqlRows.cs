using System.Data.Common;

namespace Monty.Actors.Persistence.Sql;

/// <summary>Converts rows to objects. All stores return the same columns in the same order.</summary>
internal static class SqlRows
{
    /// <summary>Reads the columns tenant, name, version, status, is_active, created_us, changed_us, due_us, waiting_on, labels.</summary>
    public static SessionEntry Entry(DbDataReader row) =>
        new(new SessionId(row.GetString(0), row.GetString(1)), row.GetInt64(2), Summary(row, 3));

    /// <summary>
    /// Reads the columns sequence_number, created (ticks), message or null if it is too large, identifier, manifest, writer_uuid. A snapshot has no
    /// writer_uuid.
    /// </summary>
    /// <remarks>Never throws. An edited row is detected by its payload, and affects its session and not the store.</remarks>
    public static StoredRow Row(DbDataReader row) =>
        new(
            row.GetInt64(0),
            new DateTimeOffset(Math.Clamp(row.GetInt64(1), 0, DateTime.MaxValue.Ticks), TimeSpan.Zero),
            row.IsDBNull(2) ? ReadOnlyMemory<byte>.Empty : row.GetFieldValue<byte[]>(2),
            Identifier(row.GetValue(3)),
            Text(row, 4) ?? "",
            row.FieldCount > 5 ? Text(row, 5) ?? "" : ""
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

    private static int Identifier(object column) =>
        column switch
        {
            int identifier => identifier, // PostgreSQL
            long identifier => (int)Math.Clamp(identifier, int.MinValue, int.MaxValue), // SQLite
            _ => 0,
        };

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
