using System.Runtime.InteropServices;

namespace Monty.Interop.Workers;

/// <summary>The result of a wait on a worker's pipes.</summary>
[Flags]
internal enum PipeState
{
    Nothing = 0,
    Readable = 1,
    Writable = 2,
}

/// <summary>One child process with its three pipes.</summary>
/// <remarks>Not thread-safe, except <see cref="Kill"/>. Only <see cref="Wait"/> and <see cref="WaitForExit"/> block.</remarks>
internal abstract class WorkerProcess : IDisposable
{
    /// <summary>The runtime's command that serves requests.</summary>
    protected const string Subprocess = "subprocess";

    /// <summary>Starts the runtime with an empty environment and no handle but its three pipes.</summary>
    /// <param name="runtimePath">The executable.</param>
    /// <param name="argument">Its only argument.</param>
    /// <exception cref="MontyWorkerException">The file could not be started.</exception>
    public static WorkerProcess Start(string runtimePath, string argument = Subprocess) =>
        RuntimeInformation.IsOSPlatform(OSPlatform.Linux)
            ? LinuxWorkerProcess.Start(runtimePath, argument)
            : PortableWorkerProcess.Start(runtimePath, argument);

    public abstract int Id { get; }

    /// <summary>Waits until output or its end can be read, or input can be written. The output ends with the process, even where a descendant holds the pipe open.</summary>
    /// <param name="forWriting">True to wait for room in the input too.</param>
    /// <param name="milliseconds">The maximum time to wait; -1 for no limit.</param>
    public abstract PipeState Wait(bool forWriting, int milliseconds);

    /// <summary>Reads what has arrived. Returns 0 at the end of the output, and -1 when nothing has arrived.</summary>
    public abstract int Read(Span<byte> into);

    /// <summary>Writes as much as the pipe takes now. Returns -1 when the worker no longer reads.</summary>
    public abstract int Write(ReadOnlySpan<byte> from);

    /// <summary>Kills the process, and does nothing when it has ended. Thread-safe.</summary>
    public abstract void Kill();

    /// <summary>Waits for the end of the process, and kills it when it does not end in time.</summary>
    /// <returns>The exit code; 128 + n after signal n; -1 where the host ignores SIGCHLD, so that the code is lost.</returns>
    public abstract int WaitForExit(TimeSpan grace);

    /// <summary>The last 4 KiB at most that the worker wrote to standard error.</summary>
    public abstract string StandardErrorTail { get; }

    /// <summary>Kills the process if it runs, reads its exit code so that no zombie stays, and closes the pipes.</summary>
    public abstract void Dispose();
}
