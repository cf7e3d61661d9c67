using Monty.Testing.Journals;

namespace Monty.Actors.Sqlite.Tests;

// The conformance kit on SQLite, plain and sealed.
public sealed class SqliteAppendTests : AppendContract<SqliteStore>;

public sealed class SqliteReadTests : ReadContract<SqliteStore>;

public sealed class SqliteListingTests : ListingContract<SqliteStore>;

public sealed class SqliteLoadTests : LoadContract<SqliteStore>;

public sealed class SqliteModelTests : ModelContract<SqliteStore>;

public sealed class SealedSqliteAppendTests : AppendContract<SealedStore<SqliteStore>>;

public sealed class SealedSqliteReadTests : ReadContract<SealedStore<SqliteStore>>;

public sealed class SealedSqliteListingTests : ListingContract<SealedStore<SqliteStore>>;

public sealed class SealedSqliteLoadTests : LoadContract<SealedStore<SqliteStore>>;

public sealed class SealedSqliteModelTests : ModelContract<SealedStore<SqliteStore>>;
