using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Text;
using Google.Protobuf;
using Monty.Interop.Values;

namespace Monty.Interop.Wire;

/// <summary>
/// Encodes values as wire objects, and refuses every value that the runtime would refuse, because a refusal by the runtime ends the feed.
/// </summary>
/// <remarks>
/// <c>depth</c> is the number of messages around the object: 0 for the request itself. The runtime decodes up to 100 nested messages.
/// For an input this means 48 lists, 32 dicts or 24 instances around the innermost value. The answer to a future has room for one less list.
/// </remarks>
internal static class ValueEncoder
{
    private const int MaxDepth = 100;

    public static MontyObject Encode(MontyValue value, int depth) =>
        value switch
        {
            MontyNone => RequireDepth(depth + 1, new MontyObject { NoneValue = new Unit() }),
            MontyEllipsis => RequireDepth(depth + 1, new MontyObject { Ellipsis = new Unit() }),
            MontyNotImplemented => RequireDepth(depth + 1, new MontyObject { NotImplemented = new Unit() }),
            MontyBool x => RequireDepth(depth, new MontyObject { Boolean = x.Value }),
            MontyInt x => x.TryGetInt64(out var small)
                ? RequireDepth(depth, new MontyObject { Int = small })
                : RequireDepth(depth + 1, EncodeBigInt(x.Value)),
            MontyFloat x => RequireDepth(depth, new MontyObject { Float = x.Value }),
            MontyStr x => RequireDepth(depth, new MontyObject { Str = CheckText(x.Value, "str") }),
            MontyBytes x => RequireDepth(depth, new MontyObject { Bytes = UnsafeByteOperations.UnsafeWrap(x.Value) }),
            MontyList x => new MontyObject { List = EncodeItems(x.Items, depth) },
            MontyTuple x => new MontyObject { Tuple = EncodeItems(x.Items, depth) },
            MontyNamedTuple x => EncodeNamedTuple(x, depth),
            MontyDict x => new MontyObject { Dict = EncodeDict(x, depth + 1, allowsAnyKey: true) },
            MontySet x => new MontyObject { Set = EncodeMembers(x.Items, depth, "set") },
            MontyFrozenSet x => new MontyObject { FrozenSet = EncodeMembers(x.Items, depth, "frozenset") },
            MontyDate x => RequireDepth(depth + 1, TimeEncoder.Encode(x)),
            MontyTime x => RequireDepth(depth + 1, TimeEncoder.Encode(x)),
            MontyDateTime x => RequireDepth(depth + 1, TimeEncoder.Encode(x)),
            MontyTimeDelta x => RequireDepth(depth + 1, TimeEncoder.Encode(x)),
            MontyTimeZone x => RequireDepth(depth + 1, TimeEncoder.Encode(x)),
            MontyExceptionObject x => RequireDepth(depth + 1, EncodeException(x)),
            MontyType x => new MontyObject { Type = EncodeType(x, depth + 1) },
            MontyInstance x => EncodeInstance(x, depth),
            MontyFunction x => RequireDepth(depth + 1, EncodeFunction(x)),
            MontyBuiltin x => RequireDepth(depth, new MontyObject { BuiltinFunction = RuntimeNames.CheckFunction(x.Name) }),
            MontyPath x => RequireDepth(depth, new MontyObject { Path = CheckText(x.Value, "path") }),
            MontyFileHandle x => RequireDepth(depth + 1, EncodeFileHandle(x)),
            MontyRepr x => throw new ArgumentException(
                $"The value {ValuePath.Shorten(x.Text)} has only a repr, which cannot be converted back to a value. Send the data that it stands for, or keep the value in a variable of the session."
            ),
            MontyCycle x => throw new ArgumentException(
                $"The value {ValuePath.Shorten(x.Placeholder)} stands for a container that contains itself. Send a copy without the cycle."
            ),
            null => throw new ArgumentException("A value is null. Use MontyValue.None for Python's None."),
            _ => throw new UnreachableException(),
        };

    /// <summary>Returns the text if it can be encoded in UTF-8, and throws otherwise.</summary>
    public static string CheckText(string value, string subject)
    {
        if (value is null)
        {
            throw new ArgumentException($"The {subject} is null. Pass a text; it may be empty.");
        }

        for (var rest = value.AsSpan(); ; )
        {
            var at = rest.IndexOfAnyInRange('\uD800', '\uDFFF');
            if (at < 0)
            {
                return value;
            }

            if (Rune.DecodeFromUtf16(rest[at..], out _, out var used) != System.Buffers.OperationStatus.Done)
            {
                throw new ArgumentException(
                    $"The {subject} contains a lone surrogate, which UTF-8 cannot encode. Replace it, or send the text as bytes."
                );
            }

            rest = rest[(at + used)..];
        }
    }

    private static T RequireDepth<T>(int depth, T encoded) => depth <= MaxDepth ? encoded : throw CreateDepthException();

    private static ArgumentException CreateDepthException() =>
        new(
            "The value is nested too deeply: the runtime accepts 48 lists, 32 dicts or 24 instances around the innermost value (47 lists in the answer to a future). "
                + "Flatten it, or send it as JSON text and parse it in the script."
        );

    private static Items EncodeItems(EquatableArray<MontyValue> source, int depth)
    {
        var items = RequireDepth(depth + 1, new Items());
        items.Items_.Capacity = source.Count;
        foreach (var item in source)
        {
            items.Items_.Add(Encode(item, depth + 2));
        }

        return items;
    }

    private static Items EncodeMembers(EquatableArray<MontyValue> source, int depth, string container)
    {
        foreach (var item in source)
        {
            RequireHashable(item, container, depth + 2);
        }

        return EncodeItems(source, depth);
    }

    private static MontyObject EncodeBigInt(BigInteger value) =>
        new()
        {
            Bigint = new BigInt
            {
                Negative = value.Sign < 0,
                Magnitude = UnsafeByteOperations.UnsafeWrap(BigInteger.Abs(value).ToByteArray(isUnsigned: true, isBigEndian: true)),
            },
        };

    private static MontyObject EncodeNamedTuple(MontyNamedTuple value, int depth)
    {
        var encoded = RequireDepth(depth + 1, new NamedTuple { TypeName = CheckText(value.Name, "name of a named tuple") });
        foreach (var (name, item) in value.Fields)
        {
            encoded.FieldNames.Add(CheckText(name, "field name of a named tuple"));
            encoded.Values.Add(Encode(item, depth + 2));
        }

        return new MontyObject { NamedTuple = encoded };
    }

    private static Dict EncodeDict(MontyDict value, int depth, bool allowsAnyKey)
    {
        var encoded = RequireDepth(depth, new Dict());
        foreach (var (key, item) in value.Pairs)
        {
            if (allowsAnyKey)
            {
                RequireHashable(key, "dict key", depth + 2);
            }
            else if (key is not MontyStr)
            {
                throw new ArgumentException(
                    $"The name of an attribute is {(key is null ? "null" : ValueSummary.Summarize(key))}. Use a str."
                );
            }

            encoded.Pairs.Add(new Pair { Key = Encode(key, depth + 2), Value = Encode(item, depth + 2) });
        }

        return encoded;
    }

    private static void RequireHashable(MontyValue value, string place, int depth)
    {
        RequireDepth(depth, value);
        switch (value)
        {
            case MontyList or MontyDict or MontySet:
                throw new ArgumentException(
                    $"unhashable type: '{ValuePath.Shorten(value.TypeName)}' in a {place}. Use a tuple or a frozenset instead."
                );
            case MontyInstance { Type.Origin: MontyTypeOrigin.Host } or MontyExceptionObject or MontyFileHandle:
                throw new ArgumentException(
                    $"unhashable type: '{ValuePath.Shorten(value.TypeName)}' in a {place}, because the runtime cannot hash exceptions, open files and host instances. Use a str or an int that identifies the object instead."
                );
            case MontyTuple tuple:
                foreach (var item in tuple.Items)
                {
                    RequireHashable(item, place, depth + 2);
                }

                break;
            case MontyNamedTuple tuple:
                foreach (var (_, item) in tuple.Fields)
                {
                    RequireHashable(item, place, depth + 2);
                }

                break;
        }
    }

    private static MontyObject EncodeException(MontyExceptionObject value)
    {
        var encoded = new ExceptionObject { ExcType = RuntimeNames.CheckException(value.Type) };
        if (value.Argument is not null)
        {
            encoded.Arg = CheckText(value.Argument, "argument of an exception");
        }

        return new MontyObject { Exception = encoded };
    }

    private static Type EncodeType(MontyType value, int depth)
    {
        var encoded = RequireDepth(
            depth,
            new Type
            {
                Name = CheckText(value.Name, "name of a class"),
                Origin = (uint)value.Origin,
                IsDataclass = value.IsDataclass,
            }
        );
        switch (value.Origin)
        {
            case MontyTypeOrigin.Builtin when value.Id is not null:
                throw new ArgumentException(
                    $"The builtin class {ValuePath.Shorten(value.Name)} has an id. Leave the id out: only sandbox and host classes have one."
                );
            case MontyTypeOrigin.Builtin when value.Attributes is not null:
                throw new ArgumentException(
                    $"The builtin class {ValuePath.Shorten(value.Name)} has attributes. Leave them out: only sandbox and host classes have attributes."
                );
            case MontyTypeOrigin.Builtin:
                encoded.Name = RuntimeNames.CheckType(value.Name);
                break;
            case MontyTypeOrigin.Sandbox or MontyTypeOrigin.Host:
                encoded.Id = RequireDepth(depth + 1, EncodeId(RequireId(value)));
                break;
            default:
                throw new ArgumentException(
                    $"The class {ValuePath.Shorten(value.Name)} has the unknown origin {value.Origin}. Use Builtin, Sandbox or Host."
                );
        }

        if (value.Attributes is not null)
        {
            encoded.Attrs = EncodeDict(value.Attributes, depth + 1, allowsAnyKey: false);
        }

        return encoded;
    }

    private static Guid RequireId(MontyType type) =>
        type.Id
        ?? throw new ArgumentException(
            $"The class {ValuePath.Shorten(type.Name)} has no id. Set the id, which every sandbox or host class needs."
        );

    private static MontyObject EncodeInstance(MontyInstance value, int depth)
    {
        if (value.Type is null || value.Attributes is null)
        {
            throw new ArgumentException("The class or the attributes of an instance are null. Set both.");
        }

        if (value.Type.Origin == MontyTypeOrigin.Builtin)
        {
            throw new ArgumentException(
                $"An instance of the builtin class {ValuePath.Shorten(value.Type.Name)} cannot be sent as a MontyInstance. Use the value type for it, such as MontyInt for int."
            );
        }

        return new MontyObject
        {
            ClassInstance = new ClassInstance
            {
                Type = EncodeType(value.Type, depth + 2),
                InstanceId = EncodeId(value.InstanceId),
                Attrs = EncodeDict(value.Attributes, depth + 2, allowsAnyKey: false),
            },
        };
    }

    private static Uuid EncodeId(Guid id) => new() { Data = UnsafeByteOperations.UnsafeWrap(id.ToByteArray(bigEndian: true)) };

    private static MontyObject EncodeFunction(MontyFunction value)
    {
        var encoded = new Function { Name = CheckText(value.Name, "name of a function") };
        if (value.Docstring is not null)
        {
            encoded.Docstring = CheckText(value.Docstring, "docstring of a function");
        }

        return new MontyObject { Function = encoded };
    }

    private static MontyObject EncodeFileHandle(MontyFileHandle value)
    {
        if (value.Mode is not ("r" or "w" or "a" or "rb" or "wb" or "ab"))
        {
            throw new ArgumentException(
                $"The runtime does not know the file mode '{ValuePath.Shorten(value.Mode)}'. Use r, w, a, rb, wb or ab."
            );
        }

        ArgumentOutOfRangeException.ThrowIfNegative(value.Position);
        return new MontyObject
        {
            FileHandle = new FileHandle
            {
                Path = CheckText(value.Path, "path"),
                Mode = value.Mode,
                Position = (ulong)value.Position,
            },
        };
    }
}
