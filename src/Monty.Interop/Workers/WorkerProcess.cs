using System.Runtime.InteropServices;

namespace Monty.Interop.Workers;

/// <summary>What a wait on a worker's pipes found.</summary>
[Flags]
internal enum PipeState
{
    Nothing = 0,
    Readable = 1,
    Writable = 2,
}

/// <summary>One child process with its three pipes. Reading and writing never block beyond <see cref="Wait"/>; only <see cref="Kill"/> may be called from any thread.</summary>
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

    /// <summary>Waits until output can be read, the end of output included, or input be written.</summary>
    /// <param name="forWriting">Whether to wait for room in the input too.</param>
    /// <param name="milliseconds">How long; -1 waits without end.</param>
    public abstract PipeState Wait(bool forWriting, int milliseconds);

    /// <summary>Reads what is there; 0 at the end of output.</summary>
    public abstract int Read(Span<byte> into);

    /// <summary>Writes as much as the pipe takes now; -1 when the worker no longer reads.</summary>
    public abstract int Write(ReadOnlySpan<byte> from);

    /// <summary>Ends the process at once; harmless when it has ended. Any thread.</summary>
    public abstract void Kill();

    /// <summary>Waits for the end of the process and takes its exit code, killing it when it does not end in time.</summary>
    /// <returns>The exit code, 128 + n after signal n, or -1 where the host ignores the end of its children and nobody knows.</returns>
    public abstract int WaitForExit(TimeSpan grace);

    /// <summary>The last text that the worker wrote to standard error, at most 4 KiB of it.</summary>
    public abstract string StandardErrorTail { get; }

    /// <summary>Kills the process if it runs, takes its exit code so that no zombie stays, and closes the pipes.</summary>
    public abstract void Dispose();
}
