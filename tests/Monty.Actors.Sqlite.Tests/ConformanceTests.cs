using Monty.Testing.Stores;

namespace Monty.Actors.Sqlite.Tests;

// Runs the conformance tests on SQLite.
public sealed class SqliteWriteTests : WriteContract<SqliteTestStore>;

public sealed class SqliteReadTests : ReadContract<SqliteTestStore>;

public sealed class SqliteOwnershipTests : OwnershipContract<SqliteTestStore>;

public sealed class SqliteListingTests : ListingContract<SqliteTestStore>;

public sealed class SqliteLoadTests : LoadContract<SqliteTestStore>;

public sealed class SqliteModelTests : ModelContract<SqliteTestStore>;

public sealed class SqliteFencingTests : FencingContract<SqliteTestStore>;

public sealed class SqliteReindexTests : ReindexContract<SqliteTestStore>;

public sealed class SqliteRefusedChangeTests : RefusedChangeContract<SqliteTestStore>
{
    protected override Task EditAsync(string sql) => Sql.RunAsync(Place.Path, sql);
}
