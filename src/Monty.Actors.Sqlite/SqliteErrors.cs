using Microsoft.Data.Sqlite;

namespace Monty.Actors.Sqlite;

/// <summary>Explains SQLite's result codes: the problem and its fix.</summary>
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

    /// <summary>Returns true if the rows of a write violate a constraint, a type or a size limit, and the database itself has no problem.</summary>
    public static bool IsOfTheWrite(SqliteException exception) => exception.SqliteErrorCode is TooBig or Constraint or Mismatch;

    public static SessionStoreException Explain(string what, SqliteException exception) =>
        new(
            $"{what} failed: "
                + exception.SqliteErrorCode switch
                {
                    Full =>
                        "the disk is full, or the database has reached its largest size. Free disk space. No acknowledged change is lost.",
                    ReadOnly => "the database or its folder is read-only. Give the process write permission.",
                    Busy => "another process has locked the database for too long. Stop the other process that writes to it.",
                    CannotOpen =>
                        "the database cannot be opened. Use a file in an existing folder, and check that the process can write to both: neither may be read-only.",
                    Corrupt => "the database is damaged. Restore it from a backup.",
                    NotADatabase => "the file is not a SQLite database. Use the path of another file.",
                    InputOutput => "reading or writing the disk failed. Check the system log.",
                    _ => $"SQLite reported error {exception.SqliteExtendedErrorCode}, {exception.Message}",
                },
            exception
        );
}
