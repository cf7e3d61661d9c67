using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Monty.Interop.Values.Clr;

/// <summary>Converts to the CLR types that are not filled from other values: numbers, text, bytes, dates, times, enums and JSON.</summary>
internal static class HydratedScalar
{
    private static readonly Dictionary<Type, Func<MontyValue, object>> Readers = new()
    {
        [typeof(bool)] = value => value.AsBoolean(),
        [typeof(string)] = value => value.AsString(),
        [typeof(char)] = value =>
            value.AsString() is [var only] ? only : throw new InvalidCastException("Expected a str of one UTF-16 character."),
        [typeof(byte[])] = value => value.AsBytes().ToArray(),
        [typeof(ReadOnlyMemory<byte>)] = value => value.AsBytes(),
        [typeof(sbyte)] = value => (sbyte)value.AsBigInteger(),
        [typeof(byte)] = value => (byte)value.AsBigInteger(),
        [typeof(short)] = value => (short)value.AsBigInteger(),
        [typeof(ushort)] = value => (ushort)value.AsBigInteger(),
        [typeof(int)] = value => value.AsInt32(),
        [typeof(uint)] = value => (uint)value.AsBigInteger(),
        [typeof(long)] = value => value.AsInt64(),
        [typeof(ulong)] = value => (ulong)value.AsBigInteger(),
        [typeof(Int128)] = value => (Int128)value.AsBigInteger(),
        [typeof(UInt128)] = value => (UInt128)value.AsBigInteger(),
        [typeof(BigInteger)] = value => value.AsBigInteger(),
        [typeof(Half)] = value => (Half)ReadRounded(value, number => Half.IsFinite((Half)number)),
        [typeof(float)] = value => (float)ReadRounded(value, number => float.IsFinite((float)number)),
        [typeof(double)] = value => value.AsDouble(),
        [typeof(decimal)] = value => ReadDecimal(value),
        [typeof(DateTime)] = value => value.AsDateTime(),
        [typeof(DateTimeOffset)] = value => value.AsDateTimeOffset(),
        [typeof(DateOnly)] = value => value.AsDateOnly(),
        [typeof(TimeOnly)] = value => value.AsTimeOnly(),
        [typeof(TimeSpan)] = value => value.AsTimeSpan(),
        [typeof(Guid)] = value => Guid.Parse(value.AsString()),
        [typeof(Uri)] = value =>
            Uri.TryCreate(value.AsString(), UriKind.RelativeOrAbsolute, out var address)
                ? address
                : throw new FormatException("Expected the text of a URI."),
        [typeof(JsonElement)] = value => ReadJson(value),
        [typeof(JsonNode)] = value => ReadNode(value),
        [typeof(JsonObject)] = value => value is MontyDict && ReadNode(value) is JsonObject json ? json : throw new InvalidCastException(),
        [typeof(JsonArray)] = value => value is MontyList ? ReadNode(value) : throw new InvalidCastException(),
    };

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MontyJson.MaxDepth };

    public static bool CanRead(Type type) => type.IsEnum || Readers.ContainsKey(type);

    /// <exception cref="InvalidCastException">The value is of another kind.</exception>
    /// <exception cref="OverflowException">The number is out of range.</exception>
    /// <exception cref="FormatException">The float is nan or infinite and the type has no such value, or the str is not a Guid or Uri.</exception>
    /// <exception cref="JsonException">The value cannot be written as JSON.</exception>
    /// <exception cref="MontySizeException">The JSON of the value would be too large.</exception>
    public static object Read(MontyValue value, Type type) => type.IsEnum ? ReadEnum(value.AsString(), type) : Readers[type](value);

    /// <summary>Returns a float that the target type may round, but not to infinity.</summary>
    private static double ReadRounded(MontyValue value, Func<double, bool> staysFinite)
    {
        var number = value.AsDouble();
        return !double.IsFinite(number) || staysFinite(number) ? number : throw new OverflowException();
    }

    private static JsonElement ReadJson(MontyValue value) => JsonElement.Parse(MontyJson.SerializeToUtf8Bytes(value).Span, Options);

    private static JsonNode ReadNode(MontyValue value) =>
        JsonNode.Parse(MontyJson.SerializeToUtf8Bytes(value).Span, documentOptions: Options) ?? throw new InvalidCastException();

    private static decimal ReadDecimal(MontyValue value) =>
        value is MontyFloat number
            ? decimal.Parse(FloatText.Format(number.Value), NumberStyles.Float, CultureInfo.InvariantCulture)
            : (decimal)value.AsBigInteger();

    private static object ReadEnum(string name, Type type) =>
        Enum.GetNames(type).Contains(name)
            ? Enum.Parse(type, name)
            : throw new InvalidCastException($"{ClrTypeName.Format(type)} has no member {ValuePath.Shorten(name)}.");
}
