namespace Monty.Interop.Wire;

/// <summary>Estimates the memory that an event's values will take once decoded, before anything is allocated for them.</summary>
/// <remarks>A list of 60 million empty lists travels in 240 MB and takes 3.4 GB: the frame's length alone bounds nothing.</remarks>
internal static class DecodedSize
{
    private const int BytesPerSlot = 8;

    /// <summary>A value, string or message with what it points to: 24 to 140, and within a factor of three in each case.</summary>
    private const int BytesPerObject = 56;

    private const int BytesPerFrame = 160;

    /// <summary>A byte each at least, in a list that grows and is then put in order.</summary>
    private const int BytesPerCallId = 12;

    /// <summary>The most that one byte of a message can decode to: the shortest frame of a traceback takes two.</summary>
    private const int WorstBytesPerByte = (BytesPerFrame / 2) + BytesPerTextByte;

    private const int BytesPerTextByte = 2;
    private const int MaxDepth = 100;

    /// <summary>The messages that hold values, and where in them; <see cref="Text"/> is a string or message that is an object of its own and holds none.</summary>
    private enum Message
    {
        Leaf,
        Text,
        Event,
        FunctionCall,
        OsCall,
        Getenv,
        Complete,
        Error,
        Exception,
        Frame,
        Object,
        Items,
        NamedTuple,
        Dict,
        Pair,
        Type,
        Instance,
        CallIds,
    }

    /// <exception cref="WireFormatException">The event's values would take more than the limit.</exception>
    public static void Check(ReadOnlySpan<byte> frame, long maxBytes)
    {
        if (frame.Length <= maxBytes / WorstBytesPerByte)
        {
            return;
        }

        var size = ((long)BytesPerTextByte * frame.Length) + Measure(frame, Message.Event, MaxDepth);
        if (size > maxBytes)
        {
            throw new WireFormatException(
                $"values that would take about {size} bytes once decoded, over the limit of {maxBytes} (MaxDecodedBytes)"
            );
        }
    }

    /// <summary>Reads a message as the most generous of the decoders does: what is skipped here must be what each of them skips or refuses.</summary>
    private static long Measure(ReadOnlySpan<byte> body, Message message, int depth)
    {
        if (message == Message.CallIds)
        {
            return (long)body.Length * BytesPerCallId;
        }

        long bytes = message switch
        {
            Message.Object => BytesPerSlot,
            Message.Type => BytesPerObject,
            Message.Frame => BytesPerFrame,
            _ => 0,
        };
        while (!body.IsEmpty && TryReadVarint(ref body, out var tag))
        {
            uint length;
            switch (tag & 7)
            {
                case 0:
                    if (!TryReadVarint(ref body, out _))
                    {
                        return bytes;
                    }

                    length = 0;
                    break;
                case 1:
                    length = 8;
                    break;
                case 2:
                    if (!TryReadVarint(ref body, out length))
                    {
                        return bytes;
                    }

                    break;
                case 3 or 4: // a group is skipped with what is in it; measuring that too errs on the safe side
                    continue;
                case 5:
                    length = 4;
                    break;
                default:
                    return bytes;
            }

            if (length > body.Length)
            {
                return bytes; // every decoder refuses it
            }

            if (message == Message.Object && tag >> 3 > MontyObject.BooleanFieldNumber)
            {
                bytes += BytesPerObject; // those up to it are always the same objects
            }

            var inner = (tag & 7) == 2 ? MessageIn(message, tag >> 3) : Message.Leaf;
            if (inner == Message.Text)
            {
                bytes += BytesPerObject;
            }
            else if (inner != Message.Leaf && depth > 0)
            {
                bytes += Measure(body[..(int)length], inner, depth - 1);
            }

            body = body[(int)length..];
        }

        return bytes;
    }

    private static Message MessageIn(Message message, uint field) =>
        (message, field) switch
        {
            (Message.Event, 2) => Message.FunctionCall,
            (Message.Event, 3) => Message.OsCall,
            (Message.Event, 5) => Message.CallIds,
            (Message.Event, 6) => Message.Complete,
            (Message.Event, 7) => Message.Error,

            (Message.FunctionCall, 2) or (Message.Complete, 1) or (Message.Items, 1) => Message.Object,
            (Message.NamedTuple, 3) or (Message.Pair, 1 or 2) or (Message.Getenv, 2) => Message.Object,
            (Message.FunctionCall, 3) or (Message.Dict, 1) => Message.Pair,
            (Message.OsCall, 21) => Message.Getenv,
            (Message.Error, 1) => Message.Exception,
            (Message.Exception, 3) => Message.Frame,
            (Message.Frame, 2 or 3) or (Message.NamedTuple, 2) => Message.Text,
            (Message.Object, 11 or 12 or 15 or 16) => Message.Items,
            (Message.Object, 13) => Message.NamedTuple,
            (Message.Object, 14) or (Message.Type, 5) or (Message.Instance, 3) => Message.Dict,
            (Message.Object, 23) or (Message.Instance, 1) => Message.Type,
            (Message.Object, 24) => Message.Instance,
            _ => Message.Leaf,
        };

    /// <summary>The lower half of a varint: the generated parsers drop the upper from tags and lengths.</summary>
    private static bool TryReadVarint(ref ReadOnlySpan<byte> bytes, out uint value)
    {
        ulong read = 0;
        value = 0;
        for (int at = 0, shift = 0; at < bytes.Length && shift < 64; at++, shift += 7)
        {
            read |= (ulong)(bytes[at] & 0x7F) << shift;
            if (bytes[at] >= 0x80)
            {
                continue;
            }

            bytes = bytes[(at + 1)..];
            value = (uint)read;
            return true;
        }

        return false;
    }
}
