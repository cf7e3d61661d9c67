namespace Monty.Interop.Wire;

/// <summary>Estimates the memory that an event's values will take once decoded, before anything is allocated for them.</summary>
/// <remarks>A list of 14 million <c>None</c> travels in 56 MB and takes over a gigabyte: the frame's length alone bounds nothing.</remarks>
internal static class DecodedSize
{
    /// <summary>A wire object, the value made of it and the slots that point to both.</summary>
    private const long BytesPerObject = 128;

    /// <summary>The most that one byte of a frame can decode to: an object takes four bytes at least.</summary>
    private const int WorstBytesPerByte = 40;

    private const int MaxDepth = 100;

    /// <summary>The messages that hold values, and where in them.</summary>
    private enum Message
    {
        Leaf, Event, FunctionCall, OsCall, Getenv, Complete, Error, Exception, Frame, Object, Items, NamedTuple, Dict, Pair, Type, Instance,
    }

    /// <exception cref="WireFormatException">The event's values would take more than the limit.</exception>
    public static void Check(ReadOnlySpan<byte> frame, long maxBytes)
    {
        if (frame.Length <= maxBytes / WorstBytesPerByte) return;
        var size = (2L * frame.Length) + (CountObjects(frame, Message.Event, MaxDepth) * BytesPerObject);
        if (size > maxBytes) throw new WireFormatException($"values that would take about {size} bytes once decoded, over the limit of {maxBytes} (MaxDecodedBytes)");
    }

    private static long CountObjects(ReadOnlySpan<byte> body, Message message, int depth)
    {
        long count = 1;
        while (!body.IsEmpty && TryReadVarint(ref body, out var tag))
        {
            ulong length;
            switch (tag & 7)
            {
                case 0:
                    if (!TryReadVarint(ref body, out _)) return count;
                    continue;
                case 1:
                    length = 8;
                    break;
                case 5:
                    length = 4;
                    break;
                default:
                    if (!TryReadVarint(ref body, out length)) return count;
                    break;
            }

            if (length > (ulong)body.Length) return count; // the decoder will refuse the frame
            var inner = (tag & 7) == 2 ? MessageIn(message, tag >> 3) : Message.Leaf;
            if (inner != Message.Leaf && depth > 0) count += CountObjects(body[..(int)length], inner, depth - 1);
            body = body[(int)length..];
        }

        return count;
    }

    private static Message MessageIn(Message message, ulong field) => (message, field) switch
    {
        (Message.Event, 2) => Message.FunctionCall,
        (Message.Event, 3) => Message.OsCall,
        (Message.Event, 6) => Message.Complete,
        (Message.Event, 7) => Message.Error,
        (Message.FunctionCall, 2) or (Message.Getenv, 2) or (Message.Complete, 1) or (Message.Items, 1) or (Message.NamedTuple, 3)
            or (Message.Pair, 1 or 2) => Message.Object,
        (Message.FunctionCall, 3) or (Message.Dict, 1) => Message.Pair,
        (Message.OsCall, 21) => Message.Getenv,
        (Message.Error, 1) => Message.Exception,
        (Message.Exception, 3) => Message.Frame,
        (Message.Object, 11 or 12 or 15 or 16) => Message.Items,
        (Message.Object, 13) => Message.NamedTuple,
        (Message.Object, 14) or (Message.Type, 5) or (Message.Instance, 3) => Message.Dict,
        (Message.Object, 23) or (Message.Instance, 1) => Message.Type,
        (Message.Object, 24) => Message.Instance,
        _ => Message.Leaf,
    };

    private static bool TryReadVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (int at = 0, shift = 0; at < bytes.Length && shift < 64; at++, shift += 7)
        {
            value |= (ulong)(bytes[at] & 0x7F) << shift;
            if (bytes[at] >= 0x80) continue;
            bytes = bytes[(at + 1)..];
            return true;
        }

        return false;
    }
}
