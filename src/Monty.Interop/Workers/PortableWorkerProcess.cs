using System.ComponentModel;
using System.Diagnostics;

namespace Monty.Interop.Workers;

/// <summary>A worker on systems other than Linux, through <see cref="Process"/>: one thread reads its output, so that waiting can end early.</summary>
/// <remarks>It ends with the host between turns, when its input closes; a script that loops while the host dies is stopped by its duration limit only.</remarks>
internal sealed class PortableWorkerProcess : WorkerProcess
{
    private const int MaxWaiting = 64;
    private readonly Process process;
    private readonly Queue<ArraySegment<byte>> chunks = new();
    private readonly StandardErrorTail errorTail = new();
    private readonly Lock exitLock = new();
    private Task writing = Task.CompletedTask;
    private bool ended;
    private bool disposed;

    private PortableWorkerProcess(Process process)
    {
        this.process = process;
        new Thread(ReadOutput) { IsBackground = true, Name = "Monty worker output" }.Start();
        new Thread(ReadError) { IsBackground = true, Name = "Monty worker error" }.Start();
    }

    public override int Id => process.Id;

    public override string StandardErrorTail
    {
        get
        {
            lock (errorTail) return errorTail.ToString();
        }
    }

    public static new PortableWorkerProcess Start(string runtimePath)
    {
        var start = new ProcessStartInfo(runtimePath, ["subprocess"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, CreateNoWindow = true,
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
                $"The Monty runtime {runtimePath} could not be started: {exception.Message}. Check that it is an executable for this system.");
        }
    }

    public override PipeState Wait(bool forWriting, int milliseconds)
    {
        if (forWriting && writing.IsCompleted) return PipeState.Writable;
        lock (chunks)
        {
            if (chunks.Count == 0 && !ended && milliseconds != 0) Monitor.Wait(chunks, milliseconds);
            return chunks.Count > 0 || ended ? PipeState.Readable : PipeState.Nothing;
        }
    }

    public override int Read(Span<byte> into)
    {
        lock (chunks)
        {
            if (!chunks.TryPeek(out var chunk)) return ended ? 0 : -1;
            var count = Math.Min(into.Length, chunk.Count);
            chunk.AsSpan(0, count).CopyTo(into);
            chunks.Dequeue();
            Monitor.PulseAll(chunks);
            if (count < chunk.Count) PutBack(chunk[count..]);
            return count;
        }
    }

    public override int Write(ReadOnlySpan<byte> from)
    {
        if (writing.IsFaulted) return -1;
        var copy = from.ToArray();
        writing = Task.Run(() =>
        {
            process.StandardInput.BaseStream.Write(copy);
            process.StandardInput.BaseStream.Flush();
        }).ContinueWith(
            written =>
            {
                lock (chunks) Monitor.PulseAll(chunks);
                written.GetAwaiter().GetResult();
            },
            TaskScheduler.Default);
        return copy.Length;
    }

    public override void Kill()
    {
        lock (exitLock)
        {
            if (!disposed && !process.HasExited) process.Kill();
        }
    }

    public override int WaitForExit(TimeSpan grace)
    {
        if (!process.WaitForExit(grace))
        {
            Kill();
            process.WaitForExit();
        }

        return process.ExitCode;
    }

    public override void Dispose()
    {
        Kill();
        lock (exitLock)
        {
            if (disposed) return;
            disposed = true;
            process.WaitForExit();
            process.Dispose();
        }
    }

    private void PutBack(ArraySegment<byte> rest)
    {
        var others = chunks.ToArray();
        chunks.Clear();
        chunks.Enqueue(rest);
        foreach (var chunk in others) chunks.Enqueue(chunk);
    }

    private void ReadOutput()
    {
        var stream = process.StandardOutput.BaseStream;
        try
        {
            while (true)
            {
                var chunk = new byte[16 * 1024];
                var count = stream.Read(chunk);
                if (count == 0) return;
                lock (chunks)
                {
                    while (chunks.Count >= MaxWaiting && !disposed) Monitor.Wait(chunks);
                    chunks.Enqueue(new ArraySegment<byte>(chunk, 0, count));
                    Monitor.PulseAll(chunks);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The pipe broke because the process ended: the same as its end of output.
        }
        finally
        {
            lock (chunks)
            {
                ended = true;
                Monitor.PulseAll(chunks);
            }
        }
    }

    private void ReadError()
    {
        var chunk = new byte[1024];
        try
        {
            while (process.StandardError.BaseStream.Read(chunk) is var count and > 0)
            {
                lock (errorTail) errorTail.Append(chunk.AsSpan(0, count));
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The process ended; what it wrote is in the tail.
        }
    }
}
