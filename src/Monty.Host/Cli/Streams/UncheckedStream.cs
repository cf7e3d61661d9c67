namespace Monty.Host.Cli.Streams;

/// <summary>A stream for messages: one that cannot be written cannot be reported anywhere, and nothing need fail for it.</summary>
internal sealed class UncheckedStream(Stream stream) : WriteOnlyStream
{
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            stream.Write(buffer);
        }
        catch (IOException)
        {
            // The reader went away, the disk is full, or the stream was closed before this process started.
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
