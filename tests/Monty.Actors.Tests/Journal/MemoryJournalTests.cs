using Monty.Testing.Journals;

namespace Monty.Actors.Tests.Journal;

// The conformance kit on the store in memory, plain and sealed.
public sealed class MemoryAppendTests : AppendContract<MemoryStore>;

public sealed class MemoryReadTests : ReadContract<MemoryStore>;

public sealed class MemoryListingTests : ListingContract<MemoryStore>;

public sealed class MemoryLoadTests : LoadContract<MemoryStore>;

public sealed class MemoryModelTests : ModelContract<MemoryStore>;

public sealed class SealedMemoryAppendTests : AppendContract<SealedStore<MemoryStore>>;

public sealed class SealedMemoryReadTests : ReadContract<SealedStore<MemoryStore>>;

public sealed class SealedMemoryListingTests : ListingContract<SealedStore<MemoryStore>>;

public sealed class SealedMemoryLoadTests : LoadContract<SealedStore<MemoryStore>>;

public sealed class SealedMemoryModelTests : ModelContract<SealedStore<MemoryStore>>;
