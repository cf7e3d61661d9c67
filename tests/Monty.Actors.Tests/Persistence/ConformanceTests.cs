using Monty.Testing.Stores;

namespace Monty.Actors.Tests.Persistence;

// Runs the conformance tests on the store in memory.
public sealed class MemoryWriteTests : WriteContract<MemoryTestStore>;

public sealed class MemoryReadTests : ReadContract<MemoryTestStore>;

public sealed class MemoryOwnershipTests : OwnershipContract<MemoryTestStore>;

public sealed class MemoryListingTests : ListingContract<MemoryTestStore>;

public sealed class MemoryLoadTests : LoadContract<MemoryTestStore>;

public sealed class MemoryModelTests : ModelContract<MemoryTestStore>;

public sealed class MemoryFencingTests : FencingContract<MemoryTestStore>;

public sealed class MemoryReindexTests : ReindexContract<MemoryTestStore>;
