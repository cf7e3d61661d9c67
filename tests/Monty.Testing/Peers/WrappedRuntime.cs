using System.Globalization;
using System.Runtime.Versioning;
using Monty.Interop.Workers;
using Shouldly;

namespace Monty.Testing;

/// <summary>The real runtime behind a shell that notes the process id of each worker, and may act otherwise than the runtime at some starts.</summary>
[SupportedOSPlatform("linux")]
public sealed class WrappedRuntime : IDisposable
{
    private readonly ScriptedWorker player = new(PeerScript.Start);

    /// <param name="before">Shell lines that run in the worker's process before it becomes the runtime; <c>$n</c> is the number of this start, from 1.</param>
    /// <param name="version">What it says to <c>--version</c>; null for the truth.</param>
    /// <param name="said">Perl that changes <c>$_</c>, a part of what the worker says to its host, and keeps its length; null to pass it on untouched.</param>
    /// <param name="heard">The same for what the host says to the worker.</param>
    public WrappedRuntime(string before = "", string? version = null, string? said = null, string? heard = null)
    {
        var runtime = RuntimeLocator.Find(null);
        var start =
            said is null && heard is null
                ? $"exec '{runtime}' \"$@\""
                : $"{(heard is null ? "" : $"{Changing(heard)} | ")}'{runtime}' \"$@\"{(said is null ? "" : $" | {Changing(said)}")}";
        var answer = version is null ? $"exec '{runtime}' --version" : $"echo '{version}'; exit 0";
        File.WriteAllText(
            player.Path + ".script",
            $"""
            if [ "$1" = --version ]; then {answer}; fi
            echo $$ >> "$0.started"
            n=0; while read -r line; do n=$((n+1)); done < "$0.started"
            {before}
            {start}

            """
        );
    }

    /// <summary>Creates a runtime without the built-in function <c>len</c>. The client sends it as a known function, and the runtime refuses it.</summary>
    public static WrappedRuntime WithoutLen() => new(heard: """s/\xd2\x01\x03len/\xd2\x01\x03n\/a/g""");

    /// <summary>What <c>MontyPoolOptions.RuntimePath</c> takes.</summary>
    public string Path => player.Path;

    /// <summary>The process ids of all workers so far, in the order of their starts.</summary>
    public IReadOnlyList<int> Started =>
        File.Exists(player.Path + ".started")
            ? [.. File.ReadAllLines(player.Path + ".started").Select(l => int.Parse(l, CultureInfo.InvariantCulture))]
            : [];

    /// <summary>Completes once this many workers have been started.</summary>
    public async Task WhenStarted(int count)
    {
        using var watcher = new FileSystemWatcher(System.IO.Path.GetDirectoryName(player.Path)!);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        watcher.Changed += (_, _) => Look();
        watcher.Created += (_, _) => Look();
        watcher.EnableRaisingEvents = true;
        Look();
        await reached.Task.InTime();

        void Look()
        {
            if (Started.Count >= count)
            {
                reached.TrySetResult();
            }
        }
    }

    /// <summary>The workers that run, or have ended as zombies.</summary>
    public IReadOnlyList<int> Present => [.. Started.Where(id => ProcessTable.Find(id)?.ParentId == Environment.ProcessId)];

    /// <summary>Kills a worker from outside and waits until it is dead.</summary>
    public static void Kill(int id)
    {
        using var watch = ProcessWatch.Open(id);
        watch.Kill();
        watch.WaitForEnd(TestTimeouts.Generous).ShouldBeTrue($"worker {id} outlived SIGKILL");
    }

    public void Dispose() => player.Dispose();

    private static string Changing(string perl) => $"perl -e 'while (sysread STDIN, $_, 65536) {{ {perl}; syswrite STDOUT, $_ }}'";
}
