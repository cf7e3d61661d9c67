namespace Monty.Interop.Wire;

/// <summary>Estimates the memory that the values of an event will take, before they are decoded.</summary>
/// <remarks>The length of a frame alone does not limit memory: a list of 60 million empty lists takes 240 MB in a frame and 3.4 GB in memory.</remarks>
internal static class DecodedSize
{
    private const int BytesPerSlot = 8;

    /// <summary>The size of a value, string or message, with the objects that belong to it. Actual sizes are 24 to 140 bytes, within a factor of three.</summary>
    private const int BytesPerObject = 56;

    /// <summary>The size of one frame of a traceback.</summary>
    private const int BytesPerFrame = 160;

    /// <summary>The size of one pending call id, which takes at least one byte of a message. The ids are collected in a growing list, and then sorted.</summary>
    private const int BytesPerCallId = 12;

    /// <summary>The maximum memory per byte of a message. It is reached by traceback frames, the shortest of which takes two bytes.</summary>
    private const int MaxBytesPerByte = (BytesPerFrame / 2) + BytesPerTextByte;

    private const int BytesPerTextByte = 2;
    private const int MaxDepth = 100;

    /// <summary>The kinds of messages that are measured. <see cref="Text"/> is a string or message that becomes one object without values; <see cref="Leaf"/> takes no extra memory.</summary>
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

    /// <exception cref="WireFormatException">The values of the event would take more memory than the limit.</exception>
    public static void Check(ReadOnlySpan<byte> frame, long maxBytes)
    {
        if (frame.Length <= maxBytes / MaxBytesPerByte)
        {
            return;
        }

        var size = ((long)BytesPerTextByte * frame.Length) + Measure(frame, Message.Event, MaxDepth);
        if (size > maxBytes)
        {
            throw new WireFormatException(
                $"values that would take about {size} bytes in memory, over the limit of {maxBytes} (MaxDecodedBytes)"
            );
        }
    }

    /// <summary>Returns the estimate for one message. It must not skip any bytes that one of the decoders would decode.</summary>
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
                case 3 or 4: // Decoders skip a group with its content. Measuring the content can only make the estimate too high.
                    continue;
                case 5:
                    length = 4;
                    break;
                default:
                    return bytes;
            }

            if (length > body.Length)
            {
                return bytes; // Every decoder refuses this field.
            }

            // The kinds with lower field numbers are decoded to shared instances.
            if (message == Message.Object && tag >> 3 > MontyObject.BooleanFieldNumber)
            {
                bytes += BytesPerObject;
            }

            var inner = (tag & 7) == 2 ? GetFieldMessage(message, tag >> 3) : Message.Leaf;
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

    private static Message GetFieldMessage(Message message, uint field) =>
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

    /// <summary>Reads the lower 32 bits of a varint. The generated parsers ignore the upper bits of tags and lengths.</summary>
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
