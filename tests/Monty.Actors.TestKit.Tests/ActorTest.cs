using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Monty.Actors.Actors;
using Monty.Actors.Persistence;
using Monty.Actors.Tools;
using Monty.Actors.Turns;
using Monty.Interop;
using Monty.Testing;
using Monty.Testing.Stores;

namespace Monty.Actors.TestKit.Tests;

/// <summary>The base class of tests that run single actors of the engine, on a store in memory and a clock that only the test advances.</summary>
public abstract class ActorTest : Akka.TestKit.Xunit2.TestKit
{
    /// <summary>A timeout that elapses only if a test fails.</summary>
    protected static readonly TimeSpan Generous = TestTimeouts.Generous;

    private readonly Parts parts;

    protected ActorTest()
        : this(new Parts()) { }

    private ActorTest(Parts parts)
        : base(parts.System) => this.parts = parts;

    /// <summary>The session of a test.</summary>
    protected static SessionId Id { get; } = new("tenant", "session");

    /// <summary>The clock of the actors and of the engine.</summary>
    protected FakeTime Time => parts.Time;

    /// <summary>The store. It fails where a test requests it.</summary>
    protected CrashingStore Store => parts.Store;

    /// <summary>The same store, whose commits a test can pause.</summary>
    protected PausableStore Commits => parts.Commits;

    /// <summary>The state of the worker pool.</summary>
    protected MontyPoolStatistics Workers => parts.Pool.Statistics;

    /// <summary>The problems that were reported.</summary>
    protected IReadOnlyCollection<string> Problems => parts.Problems;

    /// <summary>Creates the settings of sessions.</summary>
    private protected SessionEntitySettings CreateSettings(Func<MontyEngineOptions, MontyEngineOptions>? change = null, long epoch = 1)
    {
        var options = new MontyEngineOptions
        {
            Store = Store,
            TimeProvider = Time,
            OnProblem = (message, _) => parts.Problems.Enqueue(message),
        };
        options = change?.Invoke(options) ?? options;
        var tools = new EngineTools(options.Tools);
        return new SessionEntitySettings
        {
            Options = options,
            Tools = tools,
            Turns = new TurnRunner(parts.Pool, tools, options),
            History = new HistoryReader(Sys, options.JournalPluginId, options.SnapshotPluginId),
            Limits = Store.Options,
            Problems = new ProblemReports(options),
            Epoch = epoch,
            RuntimeVersion = "test",
        };
    }

    /// <summary>Advances the clock when a timer of this length is armed.</summary>
    protected async Task PassAsync(TimeSpan wait)
    {
        await Time.WhenArmed(wait).InTime();
        Time.Advance(wait);
    }

    /// <inheritdoc/>
    protected override void AfterAll()
    {
        Commits.Resume();
        base.AfterAll();
        parts.Pool.Dispose();
    }

    private sealed class Parts
    {
        public Parts()
        {
            Commits = new PausableStore(new MemoryStore());
            Store = new CrashingStore(Commits);
            var config = ConfigurationFactory
                .ParseString($"akka.scheduler.implementation = \"{typeof(TimeProviderScheduler).AssemblyQualifiedName}\"")
                .WithFallback(ConfigurationFactory.FromResource<MontyEngine>("Monty.Actors.monty.conf"))
                .WithFallback(DefaultConfig);
            var setup = BootstrapSetup.Create().WithConfig(config).And(new StoreSetup(Store, new Seal([])));
            System = TimeProviderScheduler.Create(Time, () => ActorSystem.Create("test", setup));
        }

        public FakeTime Time { get; } = new();

        public PausableStore Commits { get; }

        public CrashingStore Store { get; }

        public System.Collections.Concurrent.ConcurrentQueue<string> Problems { get; } = new();

        public MontyPool Pool { get; } = new();

        public ActorSystem System { get; }
    }
}
