namespace Monty.Host.Cli.Streams;

/// <summary>Ignores errors when it writes to another stream.</summary>
/// <remarks>It is used for messages: a message that cannot be written should not fail the command.</remarks>
internal sealed class BestEffortStream(Stream stream) : WriteOnlyStream
{
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            stream.Write(buffer);
        }
        catch (IOException)
        {
            // The reader has closed the pipe, the disk is full, or the stream was closed before this process started.
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            stream.Dispose();
        }

        base.Dispose(disposing);
    }
}
