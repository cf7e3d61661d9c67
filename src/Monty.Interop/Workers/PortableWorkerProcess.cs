using System.ComponentModel;
using System.Diagnostics;

namespace Monty.Interop.Workers;

/// <summary>A worker on systems other than Linux, through <see cref="Process"/>: threads of its own read and write, so that waiting can end early.</summary>
/// <remarks>It ends with the host between turns, when its input closes; a script that loops while the host dies is stopped by its duration limit only.</remarks>
internal sealed class PortableWorkerProcess : WorkerProcess
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>How long the threads may take to see that the process has ended: for ever only when a process outside its tree holds the pipes.</summary>
    private static readonly TimeSpan PipeGrace = TimeSpan.FromSeconds(1);

    private readonly Process process;
    private readonly Thread outputReader;
    private readonly Thread errorReader;
    private readonly StandardErrorTail errorTail = new();
    private readonly Lock exitLock = new();
    private readonly object gate = new(); // guards what follows, and is pulsed at every change of it
    private ArraySegment<byte> arrived = ArraySegment<byte>.Empty;
    private Task writing = Task.CompletedTask;
    private bool isWriting;
    private bool inputBroken;
    private bool outputEnded;
    private bool disposed;
    private int? exitCode;

    private PortableWorkerProcess(Process process)
    {
        this.process = process;
        Id = process.Id;
        outputReader = new Thread(ReadOutput) { IsBackground = true, Name = "Monty worker output" };
        errorReader = new Thread(ReadError) { IsBackground = true, Name = "Monty worker error" };
        outputReader.Start();
        errorReader.Start();
    }

    public override int Id { get; }

    public override string StandardErrorTail
    {
        get
        {
            lock (errorTail)
            {
                return errorTail.ToString();
            }
        }
    }

    public static new PortableWorkerProcess Start(string runtimePath)
    {
        var start = new ProcessStartInfo(runtimePath, ["subprocess"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        start.Environment.Clear();
        try
        {
            return new PortableWorkerProcess(Process.Start(start)!);
        }
        catch (Win32Exception exception)
        {
            throw new MontyWorkerException(
                WorkerFailure.NotStarted,
                $"The Monty runtime {runtimePath} could not be started: {exception.Message}. Check that it is an executable for this system."
            );
        }
    }

    public override PipeState Wait(bool forWriting, int milliseconds)
    {
        var timeout = milliseconds < 0 ? long.MaxValue : Environment.TickCount64 + milliseconds;
        lock (gate)
        {
            while (true)
            {
                var state =
                    (arrived.Count > 0 || outputEnded ? PipeState.Readable : 0) | (forWriting && !isWriting ? PipeState.Writable : 0);
                if (state != 0 || milliseconds == 0)
                {
                    return state;
                }

                if (milliseconds > 0 && (milliseconds = (int)(timeout - Environment.TickCount64)) <= 0)
                {
                    return PipeState.Nothing;
                }

                Monitor.Wait(gate, milliseconds);
            }
        }
    }

    public override int Read(Span<byte> into)
    {
        lock (gate)
        {
            if (arrived.Count == 0)
            {
                return outputEnded ? 0 : -1;
            }

            var count = Math.Min(into.Length, arrived.Count);
            arrived.AsSpan(0, count).CopyTo(into);
            arrived = arrived[count..];
            Monitor.PulseAll(gate);
            return count;
        }
    }

    public override int Write(ReadOnlySpan<byte> from)
    {
        lock (gate)
        {
            if (inputBroken)
            {
                return -1;
            }

            if (isWriting)
            {
                return 0;
            }

            isWriting = true;
        }

        var slice = from[..Math.Min(from.Length, BufferBytes)].ToArray();
        writing = Task.Run(() => WriteInput(slice));
        return slice.Length;
    }

    public override void Kill()
    {
        lock (exitLock)
        {
            if (exitCode is null && !process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    public override int WaitForExit(TimeSpan grace)
    {
        lock (exitLock)
        {
            if (exitCode is { } known)
            {
                return known;
            }

            if (!process.WaitForExit(grace))
            {
                Kill();
                process.WaitForExit();
            }

            errorReader.Join(PipeGrace); // so that the last words are in the tail
            exitCode = process.ExitCode;
            return exitCode.Value;
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

            WaitForExit(TimeSpan.Zero);
            lock (gate)
            {
                disposed = true;
                Monitor.PulseAll(gate);
            }

            outputReader.Join(PipeGrace);
            if (writing.Wait(PipeGrace))
            {
                CloseInput();
            }

            process.Dispose();
        }
    }

    private void WriteInput(byte[] slice)
    {
        var broken = false;
        try
        {
            var input = process.StandardInput.BaseStream;
            input.Write(slice);
            input.Flush();
        }
        catch (IOException)
        {
            broken = true; // nobody reads any more
        }

        lock (gate)
        {
            isWriting = false;
            inputBroken = broken;
            Monitor.PulseAll(gate);
        }
    }

    private void CloseInput()
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // Nobody reads any more; the handle is closed all the same.
        }
    }

    private void ReadOutput()
    {
        using var output = process.StandardOutput;
        var (reading, other) = (new byte[BufferBytes], new byte[BufferBytes]);
        while (Read(output.BaseStream, reading) is var count and > 0)
        {
            lock (gate)
            {
                while (arrived.Count > 0 && !disposed)
                {
                    Monitor.Wait(gate);
                }

                if (disposed)
                {
                    return;
                }

                arrived = new ArraySegment<byte>(reading, 0, count);
                Monitor.PulseAll(gate);
            }

            (reading, other) = (other, reading);
        }

        lock (gate)
        {
            while (arrived.Count > 0 && !disposed)
            {
                Monitor.Wait(gate);
            }

            outputEnded = true;
            Monitor.PulseAll(gate);
        }
    }

    private void ReadError()
    {
        using var error = process.StandardError;
        var chunk = new byte[BufferBytes];
        while (Read(error.BaseStream, chunk) is var count and > 0)
        {
            lock (errorTail)
            {
                errorTail.Append(chunk.AsSpan(0, count));
            }
        }
    }

    /// <summary>Reads what is there; 0 at the end, and where the pipe broke because the process ended.</summary>
    private static int Read(Stream stream, byte[] into)
    {
        try
        {
            return stream.Read(into);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
