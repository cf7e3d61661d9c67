using System.Runtime.Versioning;
using Monty.Testing;
using Shouldly;

namespace Monty.Interop.Tests;

/// <summary>Compares the children, pipes and worker threads of this process with those at its making. Only in <see cref="ProcessCountingCollection"/>.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LeakCheck
{
    private const string WorkerThreads = "Monty worker";
    private readonly HashSet<int> children = [.. ProcessTable.OwnChildren.Select(p => p.Id)];
    private readonly HashSet<KeyValuePair<int, string>> pipeEnds = [.. ProcessTable.OwnPipeEnds];

    private readonly HashSet<NativeThread> threads = [.. NativeThread.OwnNamed(WorkerThreads)];

    public void AssertNothingIsLeft()
    {
        NativeThread
            .OwnNamed(WorkerThreads)
            .Where(t => !threads.Contains(t) && !t.WaitForEnd(TestTimeouts.Generous))
            .ShouldBeEmpty("threads are left");
        ProcessTable.OwnChildren.Where(p => !children.Contains(p.Id)).ShouldBeEmpty("processes are left, or zombies of them");
        ProcessTable.OwnPipeEnds.Where(p => !pipeEnds.Contains(p)).ShouldBeEmpty("ends of pipes are left open");
    }
}
