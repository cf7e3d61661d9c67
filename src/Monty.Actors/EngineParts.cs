using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Monty.Actors.Actors;
using Monty.Actors.Persistence;
using Monty.Actors.Region;
using Monty.Actors.Tools;
using Monty.Actors.Turns;
using Monty.Interop;

namespace Monty.Actors;

/// <summary>The parts of an engine that runs in one process.</summary>
internal sealed record EngineParts
{
    /// <summary>The upper bound of a time span. Turns wait for a worker, and type checks for a checker, without a limit of their own.</summary>
    private static readonly TimeSpan Unbounded = TimeSpan.FromDays(49);

    public required MontyEngineOptions Options { get; init; }

    public required StoreOwnership Ownership { get; init; }

    public required MontyPool Pool { get; init; }

    public required TurnRunner Turns { get; init; }

    public required ActorSystem System { get; init; }

    public required IActorRef Region { get; init; }

    public required HistoryReader History { get; init; }

    /// <summary>The stuck sessions with the reasons.</summary>
    public required ConcurrentDictionary<SessionId, string> Stuck { get; init; }

    public SessionStore Store => Options.Store;

    /// <summary>Creates the parts and starts the actors.</summary>
    public static EngineParts Create(MontyEngineOptions options, EngineTools tools, string runtime, StoreOwnership ownership)
    {
        var pool = new MontyPool(options.Pool with { TimeProvider = options.TimeProvider, CheckoutTimeout = Unbounded });
        var turns = new TurnRunner(pool, tools, options);
        var system = CreateSystem(options);
        var history = new HistoryReader(system, options.JournalPluginId, options.SnapshotPluginId);
        var settings = new SessionEntitySettings
        {
            Options = options,
            Tools = tools,
            Turns = turns,
            History = history,
            Limits = options.Store.Options,
            Problems = new ProblemReports(options),
            Epoch = ownership.Epoch,
            RuntimeVersion = runtime,
        };
        Func<SessionId, Props> propsOf = session => Props.Create<SessionEntity>(session, settings);
        var region = system.ActorOf(Props.Create<SessionRegion>(propsOf), "sessions");
        system.ActorOf(Props.Create<WakeUpActor>(options.Store, region, settings), "wake-ups");
        return new EngineParts
        {
            Options = options,
            Ownership = ownership,
            Pool = pool,
            Turns = turns,
            System = system,
            Region = region,
            History = history,
            Stuck = settings.Stuck,
        };
    }

    private static ActorSystem CreateSystem(MontyEngineOptions options)
    {
        var config = ConfigurationFactory.FromResource<EngineParts>("Monty.Actors.monty.conf");
        if (options.TimeProvider != TimeProvider.System)
        {
            config = ConfigurationFactory
                .ParseString($"akka.scheduler.implementation = \"{typeof(TimeProviderScheduler).AssemblyQualifiedName}\"")
                .WithFallback(config);
        }

        var setup = BootstrapSetup.Create().WithConfig(config).And(new StoreSetup(options.Store, new Seal(options.SealKeys)));
        return TimeProviderScheduler.Create(options.TimeProvider, () => ActorSystem.Create("monty", setup));
    }
}
