using Akka.Configuration;
using Akka.Dispatch;

namespace Monty.Actors.Actors;

/// <summary>Runs actors on .NET's thread pool, in the order in which they received their messages.</summary>
/// <remarks>
/// Akka's own executor for the thread pool prefers the queue of the current thread, which runs the last work first. Under load, a session could then wait as
/// long as others keep the thread busy. Akka's channel executor is fair, but twice as expensive. <c>hocon/monty.conf</c> names this class.
/// </remarks>
internal sealed class FairExecutorConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : ExecutorServiceConfigurator(config, prerequisites)
{
    /// <inheritdoc/>
    public override ExecutorService Produce(string id) => new FairExecutor(id);

    private sealed class FairExecutor(string id) : ExecutorService(id)
    {
        public override void Execute(IRunnable run) => ThreadPool.UnsafeQueueUserWorkItem(run, preferLocal: false);

        public override void Shutdown() { }
    }
}
