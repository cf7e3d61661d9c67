using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Text;
using Google.Protobuf;
using Monty.Interop.Values;

namespace Monty.Interop.Wire;

/// <summary>
/// <see cref="MontyValue"/> to wire objects, refusing whatever the runtime would refuse: a refusal after sending costs the feed.
/// </summary>
/// <remarks>
/// <c>depth</c> is the number of messages around the object, counted from the request at 0. The runtime's decoder takes
/// 100 nested messages: 48 lists, 32 dicts or 24 instances around a leaf in an input, one list fewer in the answer to a future.
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
            MontyStr x => RequireDepth(depth, new MontyObject { Str = Text(x.Value, "str") }),
            MontyBytes x => RequireDepth(depth, new MontyObject { Bytes = UnsafeByteOperations.UnsafeWrap(x.Value) }),
            MontyList x => new MontyObject { List = EncodeItems(x.Items, depth) },
            MontyTuple x => new MontyObject { Tuple = EncodeItems(x.Items, depth) },
            MontyNamedTuple x => EncodeNamedTuple(x, depth),
            MontyDict x => new MontyObject { Dict = EncodeDict(x, depth + 1, keysMayBeAnything: true) },
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
            MontyPath x => RequireDepth(depth, new MontyObject { Path = Text(x.Value, "path") }),
            MontyFileHandle x => RequireDepth(depth + 1, EncodeFileHandle(x)),
            MontyRepr x => throw new ArgumentException(
                $"{Shorten(x.Text)} left the sandbox as text only and cannot go back in. Send the data it stands for, or keep it in a variable of the session."
            ),
            MontyCycle x => throw new ArgumentException(
                $"The value refers back to a container that encloses it ({Shorten(x.Placeholder)}); cycles cannot go into the sandbox. Send a copy without the cycle."
            ),
            null => throw new ArgumentException("A value is null. Write MontyValue.None for Python's None."),
            _ => throw new UnreachableException(),
        };

    /// <summary>Text that UTF-8 can carry.</summary>
    public static string Text(string value, string what)
    {
        if (value is null)
        {
            throw new ArgumentException($"The {what} is null.");
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
                    $"The {what} holds a lone surrogate, which UTF-8 cannot carry. Replace it, or send the text as bytes."
                );
            }

            rest = rest[(at + used)..];
        }
    }

    private static T RequireDepth<T>(int depth, T encoded) => depth <= MaxDepth ? encoded : throw TooDeep();

    private static ArgumentException TooDeep() =>
        new(
            "The value is nested too deeply: the runtime takes 48 lists, 32 dicts or 24 instances around a leaf (one list fewer in the answer to a future). "
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

    private static Items EncodeMembers(EquatableArray<MontyValue> source, int depth, string of)
    {
        foreach (var item in source)
        {
            RequireHashable(item, of, depth + 2);
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
        var encoded = RequireDepth(depth + 1, new NamedTuple { TypeName = Text(value.Name, "name of a named tuple") });
        foreach (var (name, item) in value.Fields)
        {
            encoded.FieldNames.Add(Text(name, "field name of a named tuple"));
            encoded.Values.Add(Encode(item, depth + 2));
        }

        return new MontyObject { NamedTuple = encoded };
    }

    private static Dict EncodeDict(MontyDict value, int depth, bool keysMayBeAnything)
    {
        var encoded = RequireDepth(depth, new Dict());
        foreach (var (key, item) in value.Pairs)
        {
            if (keysMayBeAnything)
            {
                RequireHashable(key, "dict key", depth + 2);
            }
            else if (key is not MontyStr)
            {
                throw new ArgumentException(
                    $"An attribute is named {(key is null ? "null" : ValueSummary.Summarize(key))}: attribute names are str."
                );
            }

            encoded.Pairs.Add(new Pair { Key = Encode(key, depth + 2), Value = Encode(item, depth + 2) });
        }

        return encoded;
    }

    private static void RequireHashable(MontyValue value, string what, int depth)
    {
        RequireDepth(depth, value);
        switch (value)
        {
            case MontyList or MontyDict or MontySet:
                throw new ArgumentException($"unhashable type: '{Shorten(value.TypeName)}' in a {what}. Use a tuple or a frozenset there.");
            case MontyInstance { Type.Origin: MontyTypeOrigin.Host } or MontyExceptionObject or MontyFileHandle:
                throw new ArgumentException(
                    $"unhashable type: '{Shorten(value.TypeName)}' in a {what}: the runtime does not hash exceptions, open files and host instances. Use a str or an int that stands for it."
                );
            case MontyTuple tuple:
                foreach (var item in tuple.Items)
                {
                    RequireHashable(item, what, depth + 2);
                }

                break;
            case MontyNamedTuple tuple:
                foreach (var (_, item) in tuple.Fields)
                {
                    RequireHashable(item, what, depth + 2);
                }

                break;
        }
    }

    private static MontyObject EncodeException(MontyExceptionObject value)
    {
        var encoded = new ExceptionObject { ExcType = RuntimeNames.CheckException(value.Type) };
        if (value.Argument is not null)
        {
            encoded.Arg = Text(value.Argument, "argument of an exception");
        }

        return new MontyObject { Exception = encoded };
    }

    private static Type EncodeType(MontyType value, int depth)
    {
        var encoded = RequireDepth(
            depth,
            new Type
            {
                Name = Text(value.Name, "name of a class"),
                Origin = (uint)value.Origin,
                IsDataclass = value.IsDataclass,
            }
        );
        switch (value.Origin)
        {
            case MontyTypeOrigin.Builtin when value.Id is not null:
                throw new ArgumentException(
                    $"The builtin class {Shorten(value.Name)} carries an id; only sandbox and host classes have one."
                );
            case MontyTypeOrigin.Builtin when value.Attributes is not null:
                throw new ArgumentException(
                    $"The builtin class {Shorten(value.Name)} carries attributes; only sandbox and host classes have them."
                );
            case MontyTypeOrigin.Builtin:
                encoded.Name = RuntimeNames.CheckType(value.Name);
                break;
            case MontyTypeOrigin.Sandbox or MontyTypeOrigin.Host:
                encoded.Id = RequireDepth(
                    depth + 1,
                    EncodeId(
                        value.Id
                            ?? throw new ArgumentException($"The class {Shorten(value.Name)} has no id; sandbox and host classes need one.")
                    )
                );
                break;
            default:
                throw new ArgumentException(
                    $"The class {Shorten(value.Name)} has the origin {value.Origin}; use Builtin, Sandbox or Host."
                );
        }

        if (value.Attributes is not null)
        {
            encoded.Attrs = EncodeDict(value.Attributes, depth + 1, keysMayBeAnything: false);
        }

        return encoded;
    }

    private static MontyObject EncodeInstance(MontyInstance value, int depth)
    {
        if (value.Type is null || value.Attributes is null)
        {
            throw new ArgumentException("An instance has no class, or null for its attributes.");
        }

        if (value.Type.Origin == MontyTypeOrigin.Builtin)
        {
            throw new ArgumentException(
                $"An instance of the builtin class {Shorten(value.Type.Name)} cannot be sent as an instance: use the value's own kind."
            );
        }

        return new MontyObject
        {
            ClassInstance = new ClassInstance
            {
                Type = EncodeType(value.Type, depth + 2),
                InstanceId = EncodeId(value.InstanceId),
                Attrs = EncodeDict(value.Attributes, depth + 2, keysMayBeAnything: false),
            },
        };
    }

    private static Uuid EncodeId(Guid id) => new() { Data = UnsafeByteOperations.UnsafeWrap(id.ToByteArray(bigEndian: true)) };

    private static MontyObject EncodeFunction(MontyFunction value)
    {
        var encoded = new Function { Name = Text(value.Name, "name of a function") };
        if (value.Docstring is not null)
        {
            encoded.Docstring = Text(value.Docstring, "docstring of a function");
        }

        return new MontyObject { Function = encoded };
    }

    private static MontyObject EncodeFileHandle(MontyFileHandle value)
    {
        if (value.Mode is not ("r" or "w" or "a" or "rb" or "wb" or "ab"))
        {
            throw new ArgumentException($"The file mode '{Shorten(value.Mode)}' is not known to the runtime: use r, w, a, rb, wb or ab.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(value.Position);
        return new MontyObject
        {
            FileHandle = new FileHandle
            {
                Path = Text(value.Path, "path"),
                Mode = value.Mode,
                Position = (ulong)value.Position,
            },
        };
    }

    /// <summary>Text for a message: its beginning, where it is long.</summary>
    public static string Shorten(string? text) =>
        text is null ? "null"
        : text.Length <= 80 ? text
        : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, 80)}… ({text.Length} characters)");
}
