using Monty.Testing.Stores;

namespace Monty.Actors.Sql.Tests;

// Runs the conformance tests on SQLite and PostgreSQL. Two contracts cannot hold, because Akka.Persistence.Sql has no place for other rows in its transaction:
// - FencingContract: the epoch is compared before the append and not in its transaction, so an append that is under way can pass a claim.
// - RefusedChangeContract: the index is written after the append, so a row of the index that the database refuses does not fail the change.
public sealed class SqlOnSqliteWriteTests : WriteContract<SqlOnSqlite>;

public sealed class SqlOnSqliteReadTests : ReadContract<SqlOnSqlite>;

public sealed class SqlOnSqliteOwnershipTests : OwnershipContract<SqlOnSqlite>;

public sealed class SqlOnSqliteListingTests : ListingContract<SqlOnSqlite>;

public sealed class SqlOnSqliteLoadTests : LoadContract<SqlOnSqlite>;

public sealed class SqlOnSqliteModelTests : ModelContract<SqlOnSqlite>;

public sealed class SqlOnSqliteReindexTests : ReindexContract<SqlOnSqlite>;

public sealed class SqlOnPostgreSqlWriteTests : WriteContract<SqlOnPostgreSql>;

public sealed class SqlOnPostgreSqlReadTests : ReadContract<SqlOnPostgreSql>;

public sealed class SqlOnPostgreSqlOwnershipTests : OwnershipContract<SqlOnPostgreSql>;

public sealed class SqlOnPostgreSqlListingTests : ListingContract<SqlOnPostgreSql>;

public sealed class SqlOnPostgreSqlLoadTests : LoadContract<SqlOnPostgreSql>;

public sealed class SqlOnPostgreSqlModelTests : ModelContract<SqlOnPostgreSql>;

public sealed class SqlOnPostgreSqlReindexTests : ReindexContract<SqlOnPostgreSql>;

public sealed class SqlOnSqliteEditedRowsTests : EditedRowsContract<SqlOnSqlite>
{
    protected override Task EditAsync(string sql) => Place.EditAsync(IndexTables.Rename(sql));

    protected override string Zeros(int count) => $"zeroblob({count})";
}

public sealed class SqlOnPostgreSqlEditedRowsTests : EditedRowsContract<SqlOnPostgreSql>
{
    protected override Task EditAsync(string sql) => Place.EditAsync(IndexTables.Rename(sql));

    protected override string Zeros(int count) => $"decode(repeat('00', {count}), 'hex')";
}

/// <summary>The names of the tables of the index.</summary>
internal static class IndexTables
{
    public static string Rename(string sql) =>
        sql.Replace("session_tag", "sql_session_tag", StringComparison.Ordinal)
            .Replace("UPDATE session ", "UPDATE sql_session ", StringComparison.Ordinal)
            .Replace("DELETE FROM session ", "DELETE FROM sql_session ", StringComparison.Ordinal);
}
