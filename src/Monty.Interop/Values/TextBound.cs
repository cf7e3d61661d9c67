using System.Runtime.CompilerServices;

namespace Monty.Interop.Values;

/// <summary>An upper bound for the length of a value's JSON and of its <c>repr</c>: one walk that neither formats nor allocates.</summary>
/// <remarks>It spares all but the largest values an exact count, which costs as much as writing them.</remarks>
internal static class TextBound
{
    /// <summary>The longest form of a UTF-16 character: <c>\u0001</c>.</summary>
    public const int PerCharacter = 6;

    /// <summary>The longest form of a byte: <c>\x01</c>.</summary>
    private const int PerByte = 4;

    /// <summary>The longest form of a byte of an int: two hexadecimal digits, each counted as a character. In decimal there are fewer.</summary>
    private const int PerIntByte = 2 * PerCharacter;

    /// <summary>The most that stands around a value on one line: a tag with its members, ids, a separator.</summary>
    private const int PerValue = 256;

    /// <summary>True when no form of the value is longer than <paramref name="limit"/>; false when one may be.</summary>
    /// <param name="value">The value.</param>
    /// <param name="limit">The limit, in bytes or characters.</param>
    /// <param name="perValue">What is added to each value, such as indentation.</param>
    public static bool IsWithin(MontyValue value, long limit, int perValue = 0)
    {
        var room = limit;
        return Take(value, ref room, PerValue + perValue);
    }

    private static bool Take(MontyValue? value, ref long room, int perValue)
    {
        room -= perValue + TextOf(value);
        return room >= 0
            && value switch
            {
                MontyList x => TakeItems(x.Items, ref room, perValue),
                MontyTuple x => TakeItems(x.Items, ref room, perValue),
                MontySet x => TakeItems(x.Items, ref room, perValue),
                MontyFrozenSet x => TakeItems(x.Items, ref room, perValue),
                MontyDict x => TakePairs(x, ref room, perValue),
                MontyNamedTuple x => TakeFields(x, ref room, perValue),
                MontyType x => TakePairs(x.Attributes, ref room, perValue),
                MontyInstance x => Take(x.Type, ref room, perValue) && TakePairs(x.Attributes, ref room, perValue),
                _ => true,
            };
    }

    private static long TextOf(MontyValue? value) =>
        value switch
        {
            MontyStr x => Characters(x.Value),
            MontyBytes x => (long)x.Value.Length * PerByte,
            MontyInt x => x.TryGetInt64(out _) ? 0 : (long)x.Value.GetByteCount() * PerIntByte,
            MontyNamedTuple x => Characters(x.Name),
            MontyType x => Characters(x.Name),
            MontyTime x => Characters(x.TimeZoneName),
            MontyDateTime x => Characters(x.TimeZoneName),
            MontyTimeZone x => Characters(x.Name),
            MontyExceptionObject x => Characters(x.Type) + Characters(x.Argument),
            MontyFunction x => Characters(x.Name) + Characters(x.Docstring),
            MontyBuiltin x => Characters(x.Name),
            MontyPath x => Characters(x.Value),
            MontyFileHandle x => Characters(x.Path) + Characters(x.Mode),
            MontyRepr x => Characters(x.Text),
            MontyCycle x => Characters(x.Placeholder),
            _ => 0,
        };

    private static long Characters(string? text) => (long)(text?.Length ?? 0) * PerCharacter;

    private static bool TakeItems(EquatableArray<MontyValue> items, ref long room, int perValue)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return false;
        }

        foreach (var item in items)
        {
            if (!Take(item, ref room, perValue))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TakePairs(MontyDict? dict, ref long room, int perValue)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return false;
        }

        foreach (var (key, item) in (dict ?? MontyDict.Empty).Pairs)
        {
            if (!Take(key, ref room, perValue) || !Take(item, ref room, perValue))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TakeFields(MontyNamedTuple value, ref long room, int perValue)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return false;
        }

        foreach (var (name, item) in value.Fields)
        {
            room -= Characters(name);
            if (!Take(item, ref room, perValue))
            {
                return false;
            }
        }

        return true;
    }
}
