using Npgsql;

namespace Monty.Actors.PostgreSql;

/// <summary>What the server or the driver says, as what went wrong and what to do.</summary>
internal static class PostgreSqlErrors
{
    public static SessionStoreException Explain(string what, NpgsqlException exception) =>
        new(
            $"{what} failed: "
                + exception switch
                {
                    PostgresException { SqlState: PostgresErrorCodes.DiskFull } =>
                        "the server's disk is full. Make room; nothing that was acknowledged is lost.",
                    PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } =>
                        "the server is read-only, such as a standby. Name the primary in the connection string.",
                    PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } =>
                        "the user has no right to the store's tables. Grant it, or name another user.",
                    PostgresException { SqlState: PostgresErrorCodes.UndefinedTable } =>
                        "the store's tables are gone. Open the store again to create them, or restore it from a backup.",
                    PostgresException
                    {
                        SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification
                    } => "the server refuses the user or the password.",
                    PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
                        "the database does not exist. Create it, or name another in the connection string.",
                    PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } =>
                        "the server has no connection left. Lower Maximum Pool Size, or raise the server's max_connections.",
                    PostgresException
                    {
                        SqlState: PostgresErrorCodes.AdminShutdown
                            or PostgresErrorCodes.CrashShutdown
                            or PostgresErrorCodes.CannotConnectNow
                    } => "the server cannot be reached: it stops, or starts. The next call connects again.",
                    PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } =>
                        "the server did not finish within its statement_timeout. See what keeps it busy, or raise the timeout by Options in the connection string.",
                    PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } =>
                        "the server waited longer than its lock_timeout for rows that another transaction holds. End that transaction.",
                    PostgresException refused when IsOfTheWrite(refused) => $"the server refuses a value of a row ({refused.SqlState}).",
                    PostgresException refused => $"the server says {refused.SqlState}, {refused.MessageText}.",
                    _ => "the server cannot be reached, or the connection broke. The next call connects again.",
                },
            exception
        );

    /// <summary>True when a constraint or a value of one write's rows is at fault (classes 22 and 23), and not the server.</summary>
    public static bool IsOfTheWrite(NpgsqlException exception) =>
        exception.SqlState is { } state
        && (state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("23", StringComparison.Ordinal));

    /// <summary>True when the server undid the transaction because of another one, and it may be tried again at once.</summary>
    public static bool IsContention(NpgsqlException exception) =>
        exception.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure
        || exception is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "journal_uq" };

    /// <summary>True when the connection broke or was ended, so that what was sent may have been done or not.</summary>
    public static bool IsConnectionLost(NpgsqlException exception) =>
        exception
            is not PostgresException
                or PostgresException
                {
                    SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
                };
}
