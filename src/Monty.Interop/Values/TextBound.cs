using System.Runtime.CompilerServices;

namespace Monty.Interop.Values;

/// <summary>Computes an upper bound for the length of a value's JSON and of its <c>repr</c>, in one walk that neither formats nor allocates.</summary>
/// <remarks>Only values that exceed the bound have to be counted exactly, which takes as long as writing them.</remarks>
internal static class TextBound
{
    /// <summary>The maximum number of characters for one UTF-16 character, as in <c>\u0001</c>.</summary>
    public const int PerCharacter = 6;

    /// <summary>The maximum number of characters for one byte, as in <c>\x01</c>.</summary>
    private const int PerByte = 4;

    /// <summary>The bound for one byte of an int: two hexadecimal digits, each counted like a character of a text. In decimal there are fewer digits.</summary>
    private const int PerIntByte = 2 * PerCharacter;

    /// <summary>The maximum number of characters around a value on one line: a tag with its members, ids and a separator.</summary>
    private const int PerValue = 256;

    /// <summary>Returns true when neither the JSON nor the <c>repr</c> of the value is longer than <paramref name="limit"/>, and false when one may be.</summary>
    /// <param name="value">The value.</param>
    /// <param name="limit">The limit, in bytes of the JSON and characters of the <c>repr</c>.</param>
    /// <param name="perValue">The number of characters to add for each value, such as indentation.</param>
    public static bool IsWithin(MontyValue value, long limit, int perValue = 0)
    {
        var remaining = limit;
        return Fits(value, ref remaining, PerValue + perValue);
    }

    /// <summary>Returns the bound, or some number above <paramref name="limit"/> when the bound exceeds it.</summary>
    public static long Estimate(MontyValue value, long limit)
    {
        var remaining = limit;
        return Fits(value, ref remaining, PerValue) ? limit - remaining : limit + 1;
    }

    private static bool Fits(MontyValue? value, ref long remaining, int perValue)
    {
        remaining -= perValue + GetTextBound(value);
        return remaining >= 0
            && value switch
            {
                MontyList x => ItemsFit(x.Items, ref remaining, perValue),
                MontyTuple x => ItemsFit(x.Items, ref remaining, perValue),
                MontySet x => ItemsFit(x.Items, ref remaining, perValue),
                MontyFrozenSet x => ItemsFit(x.Items, ref remaining, perValue),
                MontyDict x => PairsFit(x, ref remaining, perValue),
                MontyNamedTuple x => FieldsFit(x, ref remaining, perValue),
                MontyType x => PairsFit(x.Attributes, ref remaining, perValue),
                MontyInstance x => Fits(x.Type, ref remaining, perValue) && PairsFit(x.Attributes, ref remaining, perValue),
                _ => true,
            };
    }

    private static long GetTextBound(MontyValue? value) =>
        value switch
        {
            MontyStr x => GetBound(x.Value),
            MontyBytes x => (long)x.Value.Length * PerByte,
            MontyInt x => x.TryGetInt64(out _) ? 0 : (long)x.Value.GetByteCount() * PerIntByte,
            MontyNamedTuple x => GetBound(x.Name),
            MontyType x => GetBound(x.Name),
            MontyTime x => GetBound(x.TimeZoneName),
            MontyDateTime x => GetBound(x.TimeZoneName),
            MontyTimeZone x => GetBound(x.Name),
            MontyExceptionObject x => GetBound(x.Type) + GetBound(x.Argument),
            MontyFunction x => GetBound(x.Name) + GetBound(x.Docstring),
            MontyBuiltin x => GetBound(x.Name),
            MontyPath x => GetBound(x.Value),
            MontyFileHandle x => GetBound(x.Path) + GetBound(x.Mode),
            MontyRepr x => GetBound(x.Text),
            MontyCycle x => GetBound(x.Placeholder),
            _ => 0,
        };

    private static long GetBound(string? text) => (long)(text?.Length ?? 0) * PerCharacter;

    private static bool ItemsFit(EquatableArray<MontyValue> items, ref long remaining, int perValue)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return false;
        }

        foreach (var item in items)
        {
            if (!Fits(item, ref remaining, perValue))
            {
                return false;
            }
        }

        return true;
    }

    private static bool PairsFit(MontyDict? dict, ref long remaining, int perValue)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return false;
        }

        foreach (var (key, item) in (dict ?? MontyDict.Empty).Pairs)
        {
            if (!Fits(key, ref remaining, perValue) || !Fits(item, ref remaining, perValue))
            {
                return false;
            }
        }

        return true;
    }

    private static bool FieldsFit(MontyNamedTuple value, ref long remaining, int perValue)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return false;
        }

        foreach (var (name, item) in value.Fields)
        {
            remaining -= GetBound(name);
            if (!Fits(item, ref remaining, perValue))
            {
                return false;
            }
        }

        return true;
    }
}
