using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;

namespace Monty.Interop.Wire;

/// <summary>Reads the fields of one protobuf message directly from the receive buffer, without allocating.</summary>
/// <remarks>Used for the content of most turns: values, calls and results. The generated parsers allocate three objects for each int (see the benchmark <c>micro</c>).</remarks>
internal ref struct FieldReader(ReadOnlySpan<byte> message)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    private readonly int length = message.Length;
    private ReadOnlySpan<byte> rest = message;
    private ReadOnlySpan<byte> bytes;
    private ulong number;
    private int type;

    /// <summary>The number of the current field, which <see cref="Next"/> has read.</summary>
    public int Field { get; private set; }

    /// <summary>The position after the current field in the message.</summary>
    public readonly int End => length - rest.Length;

    /// <summary>The value of the current field as a number: a varint, or the bits of a fixed-size number.</summary>
    public readonly ulong Number => type != LengthDelimited ? number : throw CreateWireTypeException();

    /// <summary>The value of the current field as a signed number in zigzag encoding.</summary>
    public readonly long Signed => (long)(Number >> 1) ^ -(long)(Number & 1);

    /// <summary>The content of the current field: text, bytes or a message.</summary>
    public readonly ReadOnlySpan<byte> Bytes => type == LengthDelimited ? bytes : throw CreateWireTypeException();

    public readonly string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>Parses the content of the current field with a generated parser. For messages that contain no values.</summary>
    public readonly T Read<T>()
        where T : class, IMessage<T>, new() => LeafParser<T>.Parser.ParseFrom(Bytes);

    /// <summary>Counts the occurrences of a field in a message.</summary>
    public static int Count(ReadOnlySpan<byte> message, int field)
    {
        var count = 0;
        for (var reader = new FieldReader(message); reader.Next(); )
        {
            if (reader.Field == field)
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>Reads the next field. Returns false at the end of the message.</summary>
    /// <exception cref="WireFormatException">The next bytes are not a valid field.</exception>
    public bool Next()
    {
        if (rest.IsEmpty)
        {
            return false;
        }

        var tag = ReadVarint();
        if (tag is < 8 or > uint.MaxValue)
        {
            throw new WireFormatException("a field with an invalid number");
        }

        Field = (int)(tag >> 3);
        type = (int)(tag & 7);
        switch (type)
        {
            case Varint:
                number = ReadVarint();
                break;
            case Fixed64:
                number = BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));
                break;
            case LengthDelimited:
                bytes = Take(ReadVarint());
                break;
            case Fixed32:
                number = BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));
                break;
            default:
                throw new WireFormatException("a field with an unknown wire type");
        }

        return true;
    }

    private static WireFormatException CreateWireTypeException() => new("a field with the wrong wire type");

    private ulong ReadVarint()
    {
        if (!rest.IsEmpty && rest[0] < 0x80)
        {
            ulong single = rest[0];
            rest = rest[1..];
            return single;
        }

        ulong value = 0;
        for (int at = 0, shift = 0; at < rest.Length && shift < 64; at++, shift += 7)
        {
            value |= (ulong)(rest[at] & 0x7F) << shift;
            if (rest[at] >= 0x80)
            {
                continue;
            }

            rest = rest[(at + 1)..];
            return value;
        }

        throw new WireFormatException("an unterminated varint");
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)rest.Length)
        {
            throw new WireFormatException("a field that extends past the end of its message");
        }

        var taken = rest[..(int)count];
        rest = rest[(int)count..];
        return taken;
    }

    /// <summary>The generated parser of a message. It discards unknown fields, because <see cref="DecodedSize"/> does not count them.</summary>
    private static class LeafParser<T>
        where T : class, IMessage<T>, new()
    {
        public static readonly MessageParser<T> Parser = new MessageParser<T>(static () => new T()).WithDiscardUnknownFields(true);
    }
}
