using Monty.Testing.Stores;

namespace Monty.Actors.PostgreSql.Tests;

// Runs the conformance tests on PostgreSQL.
public sealed class PostgreSqlWriteTests : WriteContract<PostgreSqlTestStore>;

public sealed class PostgreSqlReadTests : ReadContract<PostgreSqlTestStore>;

public sealed class PostgreSqlOwnershipTests : OwnershipContract<PostgreSqlTestStore>;

public sealed class PostgreSqlListingTests : ListingContract<PostgreSqlTestStore>;

public sealed class PostgreSqlLoadTests : LoadContract<PostgreSqlTestStore>;

public sealed class PostgreSqlModelTests : ModelContract<PostgreSqlTestStore>;

public sealed class PostgreSqlFencingTests : FencingContract<PostgreSqlTestStore>;

public sealed class PostgreSqlReindexTests : ReindexContract<PostgreSqlTestStore>;

public sealed class PostgreSqlRefusedChangeTests : RefusedChangeContract<PostgreSqlTestStore>
{
    protected override Task EditAsync(string sql) => Sql.RunAsync(Place, sql);
}
