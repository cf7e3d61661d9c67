using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Monty.Interop.Tools.Signatures;

/// <summary>The Python type names of CLR types that need no further analysis.</summary>
internal static class ScalarTypeNames
{
    private static readonly Dictionary<Type, string> Names = new()
    {
        [typeof(bool)] = "bool",
        [typeof(string)] = "str",
        [typeof(char)] = "str",
        [typeof(Guid)] = "str",
        [typeof(Uri)] = "str",
        [typeof(sbyte)] = "int",
        [typeof(byte)] = "int",
        [typeof(short)] = "int",
        [typeof(ushort)] = "int",
        [typeof(int)] = "int",
        [typeof(uint)] = "int",
        [typeof(long)] = "int",
        [typeof(ulong)] = "int",
        [typeof(Int128)] = "int",
        [typeof(UInt128)] = "int",
        [typeof(BigInteger)] = "int",
        [typeof(Half)] = "float",
        [typeof(float)] = "float",
        [typeof(double)] = "float",
        [typeof(decimal)] = "float",
        [typeof(byte[])] = "bytes",
        [typeof(ReadOnlyMemory<byte>)] = "bytes",
        [typeof(DateTime)] = "datetime.datetime",
        [typeof(DateTimeOffset)] = "datetime.datetime",
        [typeof(DateOnly)] = "datetime.date",
        [typeof(TimeOnly)] = "datetime.time",
        [typeof(TimeSpan)] = "datetime.timedelta",
        [typeof(JsonElement)] = "Any",
        [typeof(JsonNode)] = "Any",
        [typeof(JsonObject)] = "dict[str, Any]",
        [typeof(JsonArray)] = "list[Any]",
        [typeof(MontyNone)] = "None",
        [typeof(MontyBool)] = "bool",
        [typeof(MontyInt)] = "int",
        [typeof(MontyFloat)] = "float",
        [typeof(MontyStr)] = "str",
        [typeof(MontyBytes)] = "bytes",
        [typeof(MontyList)] = "list[Any]",
        [typeof(MontyTuple)] = "tuple[Any, ...]",
        [typeof(MontyDict)] = "dict[Any, Any]",
        [typeof(MontySet)] = "set[Any]",
        [typeof(MontyFrozenSet)] = "frozenset[Any]",
    };

    public static bool TryGet(Type type, [NotNullWhen(true)] out string? name) => Names.TryGetValue(type, out name);
}
