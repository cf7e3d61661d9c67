using Microsoft.Data.Sqlite;

namespace Monty.Actors.Sqlite;

/// <summary>SQLite's result codes as what went wrong and what to do.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int TooBig = 18;
    private const int Constraint = 19;
    private const int Mismatch = 20;
    private const int NotADatabase = 26;

    /// <summary>True when a constraint, a type or a size of one write's rows is at fault, and not the database.</summary>
    public static bool IsOfTheWrite(SqliteException exception) => exception.SqliteErrorCode is TooBig or Constraint or Mismatch;

    public static SessionStoreException Explain(string what, SqliteException exception) =>
        new(
            $"{what} failed: "
                + exception.SqliteErrorCode switch
                {
                    Full =>
                        "the disk is full, or the database has reached its largest size. Make room; nothing that was acknowledged is lost.",
                    ReadOnly => "the database or its folder is read-only. Let the process write to it.",
                    Busy => "another process holds the database for too long. Stop what else writes to it.",
                    CannotOpen =>
                        "the database cannot be opened. Give the path of a file in an existing folder, and see that neither is read-only to the process.",
                    Corrupt => "the database is damaged. Restore it from a backup.",
                    NotADatabase => "the file is not a SQLite database. Give the path of another file.",
                    InputOutput => "the disk failed to read or write. See the system's log.",
                    _ => $"SQLite says {exception.SqliteExtendedErrorCode}, {exception.Message}",
                },
            exception
        );
}
