using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Monty.Interop;

namespace Monty.Testing;

/// <summary>Generates nested values of every kind. Text is valid Unicode and dates are in range, as in all values that the sandbox and the host exchange.</summary>
public static class MontyValueGenerator
{
    private static readonly string[] Words =
    [
        "",
        "a",
        "x",
        "name",
        "$",
        "$tuple",
        "$dict",
        "class",
        "it's",
        "\"",
        "\\",
        "\0",
        "\n\u2028\u200b",
        "é",
        "日本",
        "😀",
        "PosixPath('/')",
    ];

    public static Arbitrary<MontyValue> Arbitrary { get; } = Arb.From(Gen.Sized(size => Value(Math.Min(size, 24))), Shrink);

    /// <summary>Generates text without lone surrogates.</summary>
    public static Gen<string> Text { get; } =
        Gen.Frequency(
            (4, Gen.Elements(Words)),
            (1, ArbMap.Default.GeneratorFor<NonNull<string>>().Select(s => string.Concat(s.Get.EnumerateRunes())))
        );

    private static Gen<Guid> Id { get; } = ArbMap.Default.GeneratorFor<Guid>();

    private static Gen<string?> OptionalText { get; } = Gen.OneOf(Gen.Constant<string?>(null), Text.Select(s => (string?)s));

    private static Gen<int?> Offset { get; } =
        Gen.Frequency((1, Gen.Constant<int?>(null)), (1, Gen.Constant<int?>(0)), (2, Gen.Choose(-86_399, 86_399).Select(s => (int?)s)));

    private static Gen<BigInteger> Integer { get; } =
        Gen.OneOf(
            Gen.Choose(-10, 10).Select(i => new BigInteger(i)),
            ArbMap.Default.GeneratorFor<long>().Select(i => new BigInteger(i)),
            Gen.Elements(1L << 53, (1L << 53) + 1, -(1L << 53), -(1L << 53) - 1, long.MaxValue, long.MinValue)
                .Select(i => new BigInteger(i)),
            Gen.Choose(60, 300).SelectMany(bits => Gen.Elements(1, -1), (bits, sign) => sign * (BigInteger.One << bits))
        );

    private static Gen<double> Float { get; } =
        Gen.OneOf(
            ArbMap.Default.GeneratorFor<double>(),
            ArbMap.Default.GeneratorFor<long>().Select(BitConverter.Int64BitsToDouble),
            Gen.Elements(
                0.0,
                -0.0,
                1.0,
                1e15,
                1e16,
                1e-4,
                1e-5,
                double.NaN,
                double.PositiveInfinity,
                double.NegativeInfinity,
                double.Epsilon,
                double.MaxValue
            )
        );

    private static Gen<MontyValue> Scalar { get; } =
        Gen.OneOf(
            Gen.Elements<MontyValue>(
                MontyNone.Instance,
                MontyEllipsis.Instance,
                MontyNotImplemented.Instance,
                MontyBool.True,
                MontyBool.False
            ),
            Integer.Select(MontyValue (i) => new MontyInt(i)),
            Float.Select(MontyValue (f) => new MontyFloat(f)),
            Text.Select(MontyValue (s) => new MontyStr(s)),
            ArbMap.Default.GeneratorFor<byte[]>().Select(MontyValue (b) => new MontyBytes(b))
        );

    private static Gen<DateTime> Moment { get; } =
        Gen.OneOf(ArbMap.Default.GeneratorFor<DateTime>(), Gen.Elements(DateTime.MinValue, DateTime.MaxValue, new DateTime(2024, 2, 29)));

    private static Gen<MontyValue> DateOrTime { get; } =
        Gen.OneOf(
            Moment.Select(MontyValue (d) => new MontyDate(d.Year, d.Month, d.Day)),
            from d in Moment
            from offset in Offset
            from zone in OptionalText
            from fold in Gen.Choose(0, 1)
            select (MontyValue)new MontyTime(d.Hour, d.Minute, d.Second, (d.Millisecond * 1000) + d.Microsecond, offset, zone, fold),
            from d in Moment
            from offset in Offset
            from zone in OptionalText
            select (MontyValue)
                new MontyDateTime(d.Year, d.Month, d.Day, d.Hour, d.Minute, d.Second, (d.Millisecond * 1000) + d.Microsecond, offset, zone),
            from days in Gen.OneOf(Gen.Choose(-3, 3), Gen.Choose(-999_999_999, 999_999_999))
            from seconds in Gen.Choose(0, 86_399)
            from microseconds in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 999_999))
            select (MontyValue)new MontyTimeDelta(days, seconds, microseconds),
            Gen.Choose(-86_399, 86_399).SelectMany(_ => OptionalText, MontyValue (offset, name) => new MontyTimeZone(offset, name))
        );

    private static Gen<MontyValue> OtherObject { get; } =
        Gen.OneOf(
            Text.SelectMany(_ => OptionalText, MontyValue (type, argument) => new MontyExceptionObject(type, argument)),
            Gen.OneOf(Text, Gen.Elements("int", "datetime.date", "json.JSONDecodeError"))
                .Select(MontyValue (name) => new MontyType(name, MontyTypeOrigin.Builtin)),
            Text.SelectMany(_ => OptionalText, MontyValue (name, doc) => new MontyFunction(name, doc)),
            Gen.OneOf(Text, Gen.Elements("len", "type", "int")).Select(MontyValue (name) => new MontyBuiltin(name)),
            Text.Select(MontyValue (path) => new MontyPath(path)),
            from path in Text
            from mode in Gen.Elements("r", "w", "a", "rb", "wb", "ab")
            from position in ArbMap.Default.GeneratorFor<long>()
            select (MontyValue)new MontyFileHandle(path, mode, position),
            Text.Select(MontyValue (text) => new MontyRepr(text)),
            ArbMap.Default.GeneratorFor<long>().SelectMany(_ => Text, MontyValue (id, placeholder) => new MontyCycle(id, placeholder))
        );

    private static Gen<MontyValue> Value(int size) =>
        size <= 1
            ? Gen.Frequency((4, Scalar), (1, DateOrTime), (1, OtherObject))
            : Gen.Frequency((3, Scalar), (1, DateOrTime), (1, OtherObject), (4, Container(size / 3)));

    private static Gen<MontyValue> Container(int size) =>
        Gen.OneOf(
            Items(size).Select(MontyValue (items) => new MontyList(items)),
            Items(size).Select(MontyValue (items) => new MontyTuple(items)),
            Items(size).Select(MontyValue (items) => new MontySet(items)),
            Items(size).Select(MontyValue (items) => new MontyFrozenSet(items)),
            Dict(size).Select(MontyValue (dict) => dict),
            NamedDict(size).Select(MontyValue (dict) => dict),
            from name in Text
            from fields in Few(Text.SelectMany(_ => Value(size), KeyValuePair.Create))
            select (MontyValue)new MontyNamedTuple(name, fields.ToEquatableArray()),
            Type(size).Select(MontyValue (type) => type),
            from type in Type(size)
            from id in Id
            from attributes in Gen.OneOf(NamedDict(size), Dict(size))
            select (MontyValue)new MontyInstance(type, id, attributes)
        );

    private static Gen<MontyType> Type(int size) =>
        from name in Text
        from origin in Gen.Elements(MontyTypeOrigin.Builtin, MontyTypeOrigin.Sandbox, MontyTypeOrigin.Host)
        from id in Gen.OneOf(Id.Select(g => (Guid?)g), Gen.Constant<Guid?>(null))
        from isDataclass in Gen.Elements(true, false)
        from attributes in Gen.OneOf(Gen.Constant<MontyDict?>(null), NamedDict(size / 2).Select(d => (MontyDict?)d))
        select new MontyType(name, origin, id, isDataclass, attributes);

    private static Gen<MontyDict> Dict(int size) =>
        Few(Value(size).SelectMany(_ => Value(size), KeyValuePair.Create)).Select(pairs => new MontyDict(pairs.ToEquatableArray()));

    private static Gen<MontyDict> NamedDict(int size) =>
        Few(Text.SelectMany(_ => Value(size), (name, value) => KeyValuePair.Create<MontyValue, MontyValue>(name, value)))
            .Select(pairs => new MontyDict(pairs.ToEquatableArray()));

    private static Gen<EquatableArray<MontyValue>> Items(int size) => Few(Value(size)).Select(items => items.ToEquatableArray());

    private static Gen<IReadOnlyList<T>> Few<T>(Gen<T> element) =>
        Gen.Choose(0, 4).SelectMany(count => element.ListOf(count)).Select(IReadOnlyList<T> (list) => [.. list]);

    private static IEnumerable<MontyValue> Shrink(MontyValue value) =>
        value switch
        {
            MontyList list => [.. list.Items.AsEnumerable(), .. OneFewer(list.Items).Select(items => new MontyList(items))],
            MontyTuple tuple => [.. tuple.Items.AsEnumerable(), .. OneFewer(tuple.Items).Select(items => new MontyTuple(items))],
            MontySet set => [.. set.Items.AsEnumerable(), .. OneFewer(set.Items).Select(items => new MontySet(items))],
            MontyFrozenSet set => [.. set.Items.AsEnumerable(), .. OneFewer(set.Items).Select(items => new MontyFrozenSet(items))],
            MontyNamedTuple named =>
            [
                .. named.Fields.Select(f => f.Value),
                .. OneFewer(named.Fields).Select(fields => named with { Fields = fields }),
            ],
            MontyDict dict =>
            [
                .. dict.Pairs.SelectMany(p => new[] { p.Key, p.Value }),
                .. OneFewer(dict.Pairs).Select(pairs => new MontyDict(pairs)),
            ],
            MontyInstance instance => [instance.Type, instance.Attributes],
            _ => [],
        };

    private static IEnumerable<EquatableArray<T>> OneFewer<T>(EquatableArray<T> items) =>
        Enumerable.Range(0, items.Count).Select(skipped => items.Where((_, index) => index != skipped).ToEquatableArray());
}
