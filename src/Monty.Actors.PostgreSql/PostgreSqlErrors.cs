using Npgsql;

namespace Monty.Actors.PostgreSql;

/// <summary>Explains the errors of the server and the driver: the problem and its fix.</summary>
internal static class PostgreSqlErrors
{
    public static SessionStoreException Explain(string what, NpgsqlException exception) =>
        new(
            $"{what} failed: "
                + exception switch
                {
                    PostgresException { SqlState: PostgresErrorCodes.DiskFull } =>
                        "the server's disk is full. Free disk space. No acknowledged change is lost.",
                    PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } =>
                        "the server is read-only, for example a standby. Use the primary in the connection string.",
                    PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } =>
                        "the user has no permission for the store's tables. Grant it, or use another user.",
                    PostgresException { SqlState: PostgresErrorCodes.UndefinedTable } =>
                        "the store's tables are gone. Open the store again to create them, or restore it from a backup.",
                    PostgresException
                    {
                        SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification
                    } => "the server refuses the user or the password.",
                    PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
                        "the database does not exist. Create it, or use another one in the connection string.",
                    PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } =>
                        "the server accepts no more connections. Lower Maximum Pool Size, or raise the server's max_connections.",
                    PostgresException
                    {
                        SqlState: PostgresErrorCodes.AdminShutdown
                            or PostgresErrorCodes.CrashShutdown
                            or PostgresErrorCodes.CannotConnectNow
                    } => "the server cannot be reached, because it is stopping or starting. The next call connects again.",
                    PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } =>
                        "the server did not finish within its statement_timeout. Find the cause of the load, or raise the timeout with Options in the connection string.",
                    PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } =>
                        "the server waited longer than its lock_timeout for rows that another transaction has locked. End that transaction.",
                    PostgresException refused when IsOfTheWrite(refused) => $"the server rejected a value of a row ({refused.SqlState}).",
                    PostgresException refused => $"the server reported error {refused.SqlState}, {refused.MessageText}.",
                    _ => "the server cannot be reached, or the connection broke. The next call connects again.",
                },
            exception
        );

    /// <summary>
    /// Returns true if the rows of a write violate a constraint or contain an invalid value (classes 22 and 23), and the server itself has no problem.
    /// </summary>
    public static bool IsOfTheWrite(NpgsqlException exception) =>
        exception.SqlState is { } state
        && (state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("23", StringComparison.Ordinal));

    /// <summary>Returns true if the server rolled the transaction back because of another one, so that it can be tried again immediately.</summary>
    public static bool IsContention(NpgsqlException exception) =>
        exception.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure
        || exception is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "journal_uq" };

    /// <summary>Returns true if the connection broke or was ended, so that it is unknown whether the statement was run.</summary>
    public static bool IsConnectionLost(NpgsqlException exception) =>
        exception
            is not PostgresException
                or PostgresException
                {
                    SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
                };
}
