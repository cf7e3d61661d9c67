using Monty.Testing.Journals;

namespace Monty.Actors.PostgreSql.Tests;

// The conformance kit on PostgreSQL, plain and sealed.
public sealed class PostgreSqlAppendTests : AppendContract<PostgreSqlStore>;

public sealed class PostgreSqlReadTests : ReadContract<PostgreSqlStore>;

public sealed class PostgreSqlListingTests : ListingContract<PostgreSqlStore>;

public sealed class PostgreSqlLoadTests : LoadContract<PostgreSqlStore>;

public sealed class PostgreSqlModelTests : ModelContract<PostgreSqlStore>;

public sealed class SealedPostgreSqlAppendTests : AppendContract<SealedStore<PostgreSqlStore>>;

public sealed class SealedPostgreSqlReadTests : ReadContract<SealedStore<PostgreSqlStore>>;

public sealed class SealedPostgreSqlListingTests : ListingContract<SealedStore<PostgreSqlStore>>;

public sealed class SealedPostgreSqlLoadTests : LoadContract<SealedStore<PostgreSqlStore>>;

public sealed class SealedPostgreSqlModelTests : ModelContract<SealedStore<PostgreSqlStore>>;
