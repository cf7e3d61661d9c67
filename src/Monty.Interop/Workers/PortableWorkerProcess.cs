using System.ComponentModel;
using System.Diagnostics;

namespace Monty.Interop.Workers;

/// <summary>A worker on systems other than Linux, started through <see cref="Process"/>. Two threads read its output, so that a wait can end early.</summary>
/// <remarks>When the host dies, a worker between two turns ends because its input closes. A script that loops at that moment is stopped only by its duration limit.</remarks>
internal sealed class PortableWorkerProcess : WorkerProcess
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>The time after which a wait checks the process itself, and the time that the readers then have for the bytes that are still in the pipes.</summary>
    private const int SliceMilliseconds = 250;

    /// <summary>The time in which the readers end. On Windows a descendant that outlives its parents can hold them for longer.</summary>
    private static readonly TimeSpan PipeGrace = TimeSpan.FromSeconds(1);

    private readonly Process process;
    private readonly Thread outputReader;
    private readonly Thread errorReader;
    private readonly StandardErrorTail errorTail = new();
    private readonly Lock exitLock = new();
    private readonly CancellationTokenSource closing = new();
    private readonly object gate = new(); // guards the fields below, and is pulsed whenever one changes
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

    public static new PortableWorkerProcess Start(string runtimePath, string argument = Subprocess)
    {
        var start = new ProcessStartInfo(runtimePath, [argument])
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

    /// <remarks>
    /// The end of the process shows as the end of its output, unless a descendant outside its tree holds the pipe open. So a wait in which
    /// nothing arrives checks the process itself.
    /// </remarks>
    public override PipeState Wait(bool forWriting, int milliseconds)
    {
        var deadline = milliseconds < 0 ? long.MaxValue : Environment.TickCount64 + milliseconds;
        var slicesSinceExit = 0;
        while (true)
        {
            lock (gate)
            {
                var state =
                    (arrived.Count > 0 || outputEnded ? PipeState.Readable : 0) | (forWriting && !isWriting ? PipeState.Writable : 0);
                if (state != 0)
                {
                    return state;
                }

                if (Monitor.Wait(gate, milliseconds < 0 ? SliceMilliseconds : Math.Min(milliseconds, SliceMilliseconds)))
                {
                    continue;
                }
            }

            if (HasEnded() && (milliseconds == 0 || ++slicesSinceExit > 1))
            {
                EndOutput();
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
        writing = Task.Run(() => WriteInputAsync(slice));
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

            errorReader.Join(PipeGrace); // so that the tail is complete
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

            closing.Cancel();
            var ended = outputReader.Join(PipeGrace) & errorReader.Join(PipeGrace);
            if (writing.Wait(PipeGrace))
            {
                CloseInput();
            }

            process.Dispose();
            if (ended)
            {
                closing.Dispose();
            }
        }
    }

    private bool HasEnded()
    {
        lock (exitLock)
        {
            return exitCode is not null || process.HasExited;
        }
    }

    private void EndOutput()
    {
        lock (gate)
        {
            outputEnded = true;
            Monitor.PulseAll(gate);
        }
    }

    private async Task WriteInputAsync(byte[] slice)
    {
        var broken = false;
        try
        {
            var input = process.StandardInput.BaseStream;
            await input.WriteAsync(slice, closing.Token).ConfigureAwait(false);
            await input.FlushAsync(closing.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            broken = true; // the worker no longer reads
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
            // The worker no longer reads. The handle is closed nevertheless.
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
                WaitUntilTaken();
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
            WaitUntilTaken();
            EndOutput();
        }
    }

    /// <summary>Waits until the last chunk has been read. The caller holds <see cref="gate"/>.</summary>
    private void WaitUntilTaken()
    {
        while (arrived.Count > 0 && !disposed)
        {
            Monitor.Wait(gate);
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

    /// <summary>Reads what has arrived. Returns 0 at the end, and where the pipe broke because the process ended.</summary>
    /// <remarks>
    /// Only an asynchronous read can be canceled, which matters where a descendant holds the pipe open. On Windows an asynchronous read of
    /// these pipes would block a second thread and could not be canceled either; there the whole tree of the process is killed.
    /// </remarks>
    private int Read(Stream stream, byte[] into)
    {
        try
        {
            return OperatingSystem.IsWindows()
                ? stream.Read(into)
                : stream.ReadAsync(into, closing.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return 0;
        }
    }
}
