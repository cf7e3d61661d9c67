using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Monty.Interop.Workers;

/// <summary>
/// A worker started with <c>posix_spawn</c>. It has an empty environment, no inherited handle, no core dumps, a process group of its own
/// (so that Ctrl-C reaches only the host), and a lifeline that ends it with the host.
/// </summary>
/// <remarks>
/// The lifeline is a pipe: the worker holds its reading end, and only the host holds its writing end. For asynchronous I/O, the reading end is owned by
/// the worker's process group, with the signal SIGKILL. When the host dies in any way, the kernel closes the writing end, and this hang-up kills
/// the worker even in the middle of a loop. Unlike a parent-death signal, it does not depend on the thread that started the worker
/// (docs/decisions/0004-no-orphans.md).
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class LinuxWorkerProcess : WorkerProcess
{
    /// <summary>The time after which a wait checks the process itself.</summary>
    private const int SliceMilliseconds = 250;

    private readonly Lock exitLock = new();
    private readonly int input;
    private readonly int output;
    private readonly int error;
    private readonly int lifeline;
    private readonly StandardErrorTail errorTail = new();
    private int? exitCode;
    private int? unreadAtExit;
    private bool errorEnded;
    private bool disposed;

    private LinuxWorkerProcess(int id, int input, int output, int error, int lifeline)
    {
        Id = id;
        this.input = input;
        this.output = output;
        this.error = error;
        this.lifeline = lifeline;
    }

    public override int Id { get; }

    public override string StandardErrorTail => errorTail.ToString();

    public static new LinuxWorkerProcess Start(string runtimePath, string argument = Subprocess)
    {
        Span<int> ends = stackalloc int[8];
        ends.Fill(-1);
        try
        {
            for (var i = 0; i < ends.Length; i += 2)
            {
                Posix.CreatePipe(ends.Slice(i, 2));
            }

            var (inputRead, inputWrite, outputRead, outputWrite) = (ends[0], ends[1], ends[2], ends[3]);
            var (errorRead, errorWrite, lifelineRead, lifelineWrite) = (ends[4], ends[5], ends[6], ends[7]);
            Posix.SetNonBlocking(inputWrite);
            Posix.SetNonBlocking(outputRead);
            Posix.SetNonBlocking(errorRead);
            var id = Posix.Spawn(runtimePath, ["monty", argument], [inputRead, outputWrite, errorWrite, lifelineRead]);
            var process = new LinuxWorkerProcess(id, inputWrite, outputRead, errorRead, lifelineWrite);
            ends[1] = -1;
            ends[2] = -1;
            ends[4] = -1;
            ends[7] = -1;
            try
            {
                Posix.KillWhenWriterIsGone(lifelineRead, id);
                Posix.ForbidCoreDumps(id);
            }
            catch (PosixException exception) when (exception.Error == Posix.NoProcessError)
            {
                // It has ended already, and the host ignores SIGCHLD. The reader of its output detects that.
            }
            catch
            {
                process.Dispose();
                throw;
            }

            return process;
        }
        catch (PosixException exception)
        {
            throw new MontyWorkerException(
                WorkerFailure.NotStarted,
                $"The Monty runtime {runtimePath} could not be started: {exception.Message}. Check that it is a Linux executable for this processor, and that this user may execute it (chmod 755)."
            );
        }
        finally
        {
            foreach (var end in ends)
            {
                if (end >= 0)
                {
                    Posix.Close(end);
                }
            }
        }
    }

    /// <remarks>
    /// The end of the worker shows as the end of its output, unless a descendant in a session of its own holds the pipe open. So a wait
    /// without any output checks the process itself.
    /// </remarks>
    public override PipeState Wait(bool forWriting, int milliseconds)
    {
        var deadline = milliseconds < 0 ? long.MaxValue : Environment.TickCount64 + milliseconds;
        Span<Posix.PollEntry> entries = stackalloc Posix.PollEntry[3];
        while (true)
        {
            entries[0] = new Posix.PollEntry(output, Posix.PollIn);
            entries[1] = new Posix.PollEntry(errorEnded ? -1 : error, Posix.PollIn);
            entries[2] = new Posix.PollEntry(forWriting ? input : -1, Posix.PollOut);
            if (
                Posix.Poll(entries, milliseconds < 0 ? SliceMilliseconds : Math.Min(milliseconds, SliceMilliseconds))
                && entries[1].Found != 0
            )
            {
                DrainError();
            }

            var state = (entries[0].Found != 0 ? PipeState.Readable : 0) | (entries[2].Found != 0 ? PipeState.Writable : 0);
            if (state != 0)
            {
                return state;
            }

            if (HasEnded())
            {
                return PipeState.Readable;
            }

            if (milliseconds >= 0 && (milliseconds = (int)(deadline - Environment.TickCount64)) <= 0)
            {
                return PipeState.Nothing;
            }
        }
    }

    public override int Read(Span<byte> into)
    {
        if (unreadAtExit is not { } left)
        {
            return Posix.Read(output, into);
        }

        if (left == 0)
        {
            return 0;
        }

        var count = Posix.Read(output, into[..Math.Min(into.Length, left)]);
        unreadAtExit = left - Math.Max(count, 0);
        return count;
    }

    public override int Write(ReadOnlySpan<byte> from) => Posix.Write(input, from);

    public override void Kill()
    {
        lock (exitLock)
        {
            if (exitCode is null)
            {
                Posix.KillGroup(Id);
            }
        }
    }

    public override int WaitForExit(TimeSpan grace)
    {
        var timeout = Stopwatch.GetTimestamp() + (long)(grace.TotalSeconds * Stopwatch.Frequency);
        while (true)
        {
            var overdue = Stopwatch.GetTimestamp() >= timeout;
            lock (exitLock)
            {
                if (exitCode is null && overdue)
                {
                    Posix.KillGroup(Id);
                }

                exitCode ??= Posix.WaitForExit(Id, block: overdue);
                if (exitCode is { } code)
                {
                    DrainError();
                    return code;
                }
            }

            // A worker that closed its output is about to end, and its standard error closes with it.
            Span<Posix.PollEntry> entries = [new Posix.PollEntry(errorEnded ? -1 : error, Posix.PollIn)];
            Posix.Poll(entries, 5);
            DrainError();
        }
    }

    public override void Dispose()
    {
        lock (exitLock)
        {
            if (disposed)
            {
                return;
            }

            disposed = true;
            errorEnded = true;
            if (exitCode is null)
            {
                Posix.KillGroup(Id);
                exitCode = Posix.WaitForExit(Id, block: true);
            }

            Posix.Close(input);
            Posix.Close(output);
            Posix.Close(error);
            Posix.Close(lifeline);
        }
    }

    /// <summary>Checks whether the worker has ended. After that, only the bytes that are already in its output are read, because later bytes come from another process.</summary>
    private bool HasEnded()
    {
        lock (exitLock)
        {
            if (exitCode is null && !Posix.HasEnded(Id))
            {
                return false;
            }
        }

        unreadAtExit ??= Posix.CountUnread(output);
        return true;
    }

    private void DrainError()
    {
        Span<byte> chunk = stackalloc byte[1024];
        for (var left = 64; left > 0 && !errorEnded; left--)
        {
            var count = Posix.Read(error, chunk);
            if (count < 0)
            {
                return;
            }

            if (count == 0)
            {
                errorEnded = true;
            }
            else
            {
                errorTail.Append(chunk[..count]);
            }
        }
    }
}
