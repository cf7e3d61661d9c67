namespace Monty.Actors.PostgreSql;

/// <summary>The database and the limits of a PostgreSQL store.</summary>
/// <remarks>Immutable and thread-safe. <see cref="ToString"/> omits the connection string, because it may contain a password.</remarks>
public sealed record PostgreSqlStoreOptions : SessionStoreOptions
{
    /// <summary>
    /// The connection string, in the format of Npgsql. <c>Maximum Pool Size</c> limits the connections for reading; one more connection writes, and one holds
    /// the ownership. The connections must be sessions of the server: a pooler in between must not use transaction pooling.
    /// </summary>
    /// <remarks>
    /// The server cancels a statement after 30 seconds and a wait for a lock after 10 seconds, so that commits are not delayed longer. To change the times,
    /// add <c>Options=-c statement_timeout=60s -c lock_timeout=20s</c>.
    /// </remarks>
    public required string ConnectionString { get; init; }

    /// <summary>
    /// The schema of the tables: 1 to 63 characters of a-z, 0-9 and _, without a digit at the start. It is created if it does not exist. Default:
    /// <c>monty</c>.
    /// </summary>
    public string Schema { get; init; } = "monty";

    /// <summary>
    /// The interval at which both sides probe an idle connection, so that a lost connection or ownership is noticed. The server releases the ownership of a
    /// machine that does not answer after four times this interval. Must be positive. Default: 10 seconds.
    /// </summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Returns the schema, without the connection string.</summary>
    public override string ToString() => $"{nameof(PostgreSqlStoreOptions)} {{ Schema = {Schema} }}";
}
