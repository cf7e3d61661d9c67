namespace Monty.Actors.PostgreSql;

/// <summary>The database that a store is in, and its limits.</summary>
/// <remarks>Immutable and thread-safe. <see cref="ToString"/> leaves the connection string out, as it may hold a password.</remarks>
public sealed record PostgreSqlStoreOptions : SessionStoreOptions
{
    /// <summary>
    /// How to connect, as Npgsql writes it. <c>Maximum Pool Size</c> bounds the connections that read; one more writes, and one holds the ownership.
    /// Sessions of the server must be ours: a pooler between must not share them out by transaction.
    /// </summary>
    /// <remarks>
    /// The server ends a statement after 30 seconds and a wait for a lock after 10, so that a commit is not held up for longer. Other times: <c>Options=-c statement_timeout=60s -c lock_timeout=20s</c>.
    /// </remarks>
    public required string ConnectionString { get; init; }

    /// <summary>The schema that the tables are in: 1 to 63 of a-z, 0-9 and _, no digit first. It is created when it is not there. Default: <c>monty</c>.</summary>
    public string Schema { get; init; } = "monty";

    /// <summary>
    /// How often an idle connection is tried, by both sides, so that a lost one, and an ownership with it, is noticed. The server gives up the ownership of a machine that does not answer
    /// after four times as long. Default: 10 seconds.
    /// </summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The schema and the limits.</summary>
    public override string ToString() => $"{nameof(PostgreSqlStoreOptions)} {{ Schema = {Schema} }}";
}
