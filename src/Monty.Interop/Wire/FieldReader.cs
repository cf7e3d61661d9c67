using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;

namespace Monty.Interop.Wire;

/// <summary>Reads the fields of one protobuf message where it lies in the receive buffer, without an object for it.</summary>
/// <remarks>For what every turn carries: values, calls and results. The generated parsers make three objects of each int (the benchmark <c>micro</c>).</remarks>
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

    /// <summary>The number of the field that <see cref="Next"/> came to.</summary>
    public int Field { get; private set; }

    /// <summary>Where in the message that field ends.</summary>
    public readonly int End => length - rest.Length;

    /// <summary>The field as a number: a varint, or the bits of a fixed one.</summary>
    public readonly ulong Number => type != LengthDelimited ? number : throw CreateWireTypeException();

    /// <summary>The field as a signed number in zigzag.</summary>
    public readonly long Signed => (long)(Number >> 1) ^ -(long)(Number & 1);

    /// <summary>The field as what it spans: text, bytes or a message.</summary>
    public readonly ReadOnlySpan<byte> Bytes => type == LengthDelimited ? bytes : throw CreateWireTypeException();

    public readonly string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>The field as a message without values, through its generated parser.</summary>
    public readonly T Read<T>()
        where T : class, IMessage<T>, new() => LeafParser<T>.Parser.ParseFrom(Bytes);

    /// <summary>How often a field occurs.</summary>
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

    /// <summary>Goes to the next field; false at the end of the message.</summary>
    /// <exception cref="WireFormatException">What follows is no field.</exception>
    public bool Next()
    {
        if (rest.IsEmpty)
        {
            return false;
        }

        var tag = ReadVarint();
        if (tag is < 8 or > uint.MaxValue)
        {
            throw new WireFormatException("a field without a number");
        }

        (Field, type) = ((int)(tag >> 3), (int)(tag & 7));
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
                throw new WireFormatException("a field of an unknown type");
        }

        return true;
    }

    private static WireFormatException CreateWireTypeException() => new("a field of another type than its number has");

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

        throw new WireFormatException("a number that does not end");
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)rest.Length)
        {
            throw new WireFormatException("a field that is longer than its message");
        }

        var taken = rest[..(int)count];
        rest = rest[(int)count..];
        return taken;
    }

    /// <summary>Fields that this version does not know are not kept, as nothing counts them (<see cref="DecodedSize"/>).</summary>
    private static class LeafParser<T>
        where T : class, IMessage<T>, new()
    {
        public static readonly MessageParser<T> Parser = new MessageParser<T>(static () => new T()).WithDiscardUnknownFields(true);
    }
}
