using Akka.Actor;
using Akka.Actor.Setup;

namespace Monty.Actors.Persistence;

/// <summary>Passes the session store and the seal to an actor system.</summary>
/// <param name="Store">The store.</param>
/// <param name="Seal">The seal.</param>
internal sealed class StoreSetup(SessionStore Store, Seal Seal) : Setup
{
    public SessionStore Store { get; } = Store;

    public Seal Seal { get; } = Seal;
}

/// <summary>
/// The store of an actor system. The journal, the snapshot store and the serializer find it here, because Akka creates them from their configuration.
/// </summary>
internal sealed class StoreExtension(SessionStore store, Seal seal) : IExtension
{
    /// <summary>The store.</summary>
    public SessionStore Store { get; } = store;

    /// <summary>The seal for stored data.</summary>
    public Seal Seal { get; } = seal;

    /// <summary>The thread that writes to the store.</summary>
    public StoreWriter Writer { get; } = new(store);

    /// <summary>Returns the extension of an actor system.</summary>
    /// <exception cref="InvalidOperationException">The system was created without a <see cref="StoreSetup"/>.</exception>
    public static StoreExtension For(ActorSystem system) => system.WithExtension<StoreExtension, Provider>();

    private sealed class Provider : ExtensionIdProvider<StoreExtension>
    {
        public override StoreExtension CreateExtension(ExtendedActorSystem system) =>
            system.Settings.Setup.Get<StoreSetup>() is { HasValue: true, Value: var setup }
                ? new StoreExtension(setup.Store, setup.Seal)
                : throw new InvalidOperationException(
                    "Finding the session store failed: the actor system was created without one. Create it with a StoreSetup."
                );
    }
}
