using Monty.Interop.Wire;

namespace Monty.Interop.Workers;

/// <summary>The frames of one worker: requests that wait to be written, and events as they arrive.</summary>
/// <param name="process">The worker.</param>
/// <param name="maxDecodedBytes">The maximum memory for the decoded values of one event, in bytes.</param>
/// <remarks>Not thread-safe.</remarks>
internal sealed class FrameChannel(WorkerProcess process, long maxDecodedBytes)
{
    private readonly SendBuffer outgoing = new();
    private readonly ReceiveBuffer incoming = new();
    private bool inputClosed;

    /// <summary>True when every request has been written.</summary>
    public bool IsFlushed => outgoing.IsEmpty;

    private bool HasUnsent => !outgoing.IsEmpty && !inputClosed;

    public void Enqueue(ParentRequest request) => outgoing.Add(request);

    /// <summary>Writes what the pipe takes now, without waiting.</summary>
    public void Flush()
    {
        if (HasUnsent)
        {
            Write();
        }
    }

    /// <summary>Returns the next event if it has arrived completely.</summary>
    /// <param name="missing">The bytes that are still missing, as far as they are known.</param>
    /// <exception cref="WireFormatException">The bytes are not an event, or the event is over the limit.</exception>
    public WorkerEvent? TryRead(out int missing)
    {
        var taken = FrameParser.TryParse(incoming.Unread.Span, FrameParser.MaxBodyBytes, out var body);
        missing = -taken;
        if (taken < 0)
        {
            return null;
        }

        DecodedSize.Check(body, maxDecodedBytes);
        var received = WorkerEvent.Parse(incoming.Unread[FrameParser.PrefixBytes..taken]);
        incoming.Consume(taken);
        return received;
    }

    /// <summary>Waits once, then writes once, reads once, or both.</summary>
    /// <param name="missing">The bytes that the next event lacks.</param>
    /// <param name="milliseconds">The maximum time to wait; -1 for no limit.</param>
    /// <returns>False when the time passed.</returns>
    /// <exception cref="EndOfStreamException">The worker's output has ended.</exception>
    public bool Exchange(int missing, int milliseconds)
    {
        Flush();
        var state = process.Wait(HasUnsent, milliseconds);
        if (state == PipeState.Nothing)
        {
            return false;
        }

        if ((state & PipeState.Readable) == 0)
        {
            return true;
        }

        var count = process.Read(incoming.GetRoom(missing));
        if (count == 0)
        {
            throw new EndOfStreamException();
        }

        if (count > 0)
        {
            incoming.Received(count);
        }

        return true;
    }

    private void Write()
    {
        var count = process.Write(outgoing.Unsent);
        if (count < 0)
        {
            inputClosed = true; // the worker's death can show here first: its last events are still read, up to the end of its output
        }
        else
        {
            outgoing.Sent(count);
        }
    }
}
