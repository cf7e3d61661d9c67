namespace Monty.Actors.Sql;

/// <summary>The database and the limits of an <see cref="SqlSessionStore"/>.</summary>
/// <remarks>Immutable and thread-safe. <see cref="ToString"/> omits the connection string, because it may contain a password.</remarks>
public sealed record SqlSessionStoreOptions : SessionStoreOptions
{
    /// <summary>The kind of database. The program references the package of its ADO.NET driver.</summary>
    public required SqlDatabase Database { get; init; }

    /// <summary>
    /// The connection string, in the format of the driver. For SQLite, it names a file on a local disk. For the other databases, the connections must be
    /// sessions of the server: a pooler in between must not use transaction pooling.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>
    /// The schema of the tables on PostgreSQL: 1 to 63 characters of a-z, 0-9 and _, without a digit at the start. It is created if it does not exist. Other
    /// databases ignore it, and use the schema of the user. Default: <c>monty</c>.
    /// </summary>
    public string Schema { get; init; } = "monty";

    /// <summary>Returns the kind of database, without the connection string.</summary>
    public override string ToString() => $"{nameof(SqlSessionStoreOptions)} {{ Database = {Database}, Schema = {Schema} }}";
}
