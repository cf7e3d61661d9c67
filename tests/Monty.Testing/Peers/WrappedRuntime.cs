using System.Globalization;
using System.Runtime.Versioning;
using Monty.Interop.Workers;
using Shouldly;

namespace Monty.Testing;

/// <summary>Wraps the real runtime in a shell script that records the process id of each worker, and that can change the behavior of single workers.</summary>
[SupportedOSPlatform("linux")]
public sealed class WrappedRuntime : IDisposable
{
    private readonly ScriptedWorker player = new(PeerScript.Start);

    /// <param name="before">Shell commands that run in the worker process before it executes the runtime. <c>$n</c> is the number of the start, from 1.</param>
    /// <param name="version">The output for <c>--version</c>, or null for the output of the runtime.</param>
    /// <param name="said">Perl code that may change <c>$_</c>, a piece of the worker's output, without changing its length; or null to leave the output unchanged.</param>
    /// <param name="heard">Perl code that may change a piece of the host's output in the same way, or null.</param>
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

    /// <summary>The path of the executable, for <c>MontyPoolOptions.RuntimePath</c>.</summary>
    public string Path => player.Path;

    /// <summary>The process ids of all workers that were started, in order.</summary>
    public IReadOnlyList<int> Started =>
        File.Exists(player.Path + ".started")
            ? [.. File.ReadAllLines(player.Path + ".started").Select(l => int.Parse(l, CultureInfo.InvariantCulture))]
            : [];

    /// <summary>Waits until a number of workers has been started.</summary>
    public async Task WhenStarted(int count)
    {
        using var watcher = new FileSystemWatcher(System.IO.Path.GetDirectoryName(player.Path)!);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        watcher.Changed += (_, _) => CheckCount();
        watcher.Created += (_, _) => CheckCount();
        watcher.EnableRaisingEvents = true;
        CheckCount();
        await reached.Task.InTime();

        void CheckCount()
        {
            if (Started.Count >= count)
            {
                reached.TrySetResult();
            }
        }
    }

    /// <summary>The process ids of the workers that are running or are zombies.</summary>
    public IReadOnlyList<int> Present => [.. Started.Where(id => ProcessTable.Find(id)?.ParentId == Environment.ProcessId)];

    /// <summary>Kills a worker with SIGKILL and waits until it has ended.</summary>
    public static void Kill(int id)
    {
        using var watch = ProcessWatch.Open(id);
        watch.Kill();
        watch.WaitForEnd(TestTimeouts.Generous).ShouldBeTrue($"worker {id} did not end after SIGKILL");
    }

    public void Dispose() => player.Dispose();

    private static string Changing(string perl) => $"perl -e 'while (sysread STDIN, $_, 65536) {{ {perl}; syswrite STDOUT, $_ }}'";
}
