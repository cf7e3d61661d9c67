using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace Monty.Interop;

/// <summary>A list. Deques, generator expressions, and the results of functions such as <c>map</c>, <c>filter</c> and <c>zip</c> also arrive as lists.</summary>
/// <param name="Items">The items in order.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyList>))]
public sealed record MontyList(EquatableArray<MontyValue> Items) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "list";
}

/// <summary>A tuple.</summary>
/// <param name="Items">The items in order.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyTuple>))]
public sealed record MontyTuple(EquatableArray<MontyValue> Items) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "tuple";
}

/// <summary>A named tuple.</summary>
/// <param name="Name">The name of the class.</param>
/// <param name="Fields">The names and values of the fields in order.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyNamedTuple>))]
public sealed record MontyNamedTuple(string Name, EquatableArray<KeyValuePair<string, MontyValue>> Fields) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => Name;

    /// <summary>Returns true when both have the same name, and the same fields in the same order.</summary>
    public bool Equals(MontyNamedTuple? other) => other is not null && Name == other.Name && PairEquality.AreEqual(Fields, other.Fields);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, PairEquality.HashOf(Fields));
}

/// <summary>A set. Equality ignores the order of the members, which the runtime chooses.</summary>
/// <param name="Items">The members in the order in which they arrived.</param>
[JsonConverter(typeof(MontyJsonConverter<MontySet>))]
public sealed record MontySet(EquatableArray<MontyValue> Items) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "set";

    /// <summary>Returns true when both have the same members.</summary>
    public bool Equals(MontySet? other) => other is not null && ItemEquality.AreEqual(Items, other.Items);

    /// <inheritdoc/>
    public override int GetHashCode() => ItemEquality.HashOf(Items);
}

/// <summary>A frozenset. Equality ignores the order of the members, which the runtime chooses.</summary>
/// <param name="Items">The members in the order in which they arrived.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyFrozenSet>))]
public sealed record MontyFrozenSet(EquatableArray<MontyValue> Items) : MontyValue
{
    /// <inheritdoc/>
    public override string TypeName => "frozenset";

    /// <summary>Returns true when both have the same members.</summary>
    public bool Equals(MontyFrozenSet? other) => other is not null && ItemEquality.AreEqual(Items, other.Items);

    /// <inheritdoc/>
    public override int GetHashCode() => ItemEquality.HashOf(Items);
}

/// <summary>A dict in insertion order, with any hashable keys. Unlike in Python, equality takes the order into account.</summary>
/// <param name="Pairs">The keys and values in order.</param>
[JsonConverter(typeof(MontyJsonConverter<MontyDict>))]
public sealed record MontyDict(EquatableArray<KeyValuePair<MontyValue, MontyValue>> Pairs) : MontyValue
{
    /// <summary>The empty dict.</summary>
    public static MontyDict Empty { get; } = new([]);

    /// <inheritdoc/>
    public override string TypeName => "dict";

    /// <summary>Returns true when both have the same keys and values in the same order.</summary>
    public bool Equals(MontyDict? other) => other is not null && PairEquality.AreEqual(Pairs, other.Pairs);

    /// <inheritdoc/>
    public override int GetHashCode() => PairEquality.HashOf(Pairs);

    /// <summary>Gets the value of a key. Takes time linear in the number of pairs. When a key occurs twice, the last one wins, as in Python.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value, or null when no pair has this key.</param>
    /// <returns>False when no pair has this key.</returns>
    public bool TryGetValue(MontyValue key, [NotNullWhen(true)] out MontyValue? value)
    {
        for (var i = Pairs.Count - 1; i >= 0; i--)
        {
            if (!Pairs[i].Key.Equals(key))
            {
                continue;
            }

            value = Pairs[i].Value;
            return true;
        }

        value = null;
        return false;
    }
}

file static class ItemEquality
{
    public static bool AreEqual(EquatableArray<MontyValue> left, EquatableArray<MontyValue> right)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return new HashSet<MontyValue>(left).SetEquals(right);
    }

    public static int HashOf(EquatableArray<MontyValue> items)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var hash = 0;
        var seen = new HashSet<int>(); // Without this, a member that occurs twice would cancel itself out.
        foreach (var item in items)
        {
            var itemHash = item.GetHashCode();
            if (seen.Add(itemHash))
            {
                hash ^= itemHash;
            }
        }

        return hash;
    }
}

// KeyValuePair does not implement equality itself, and the default implementation uses boxing and reflection.
file static class PairEquality
{
    public static bool AreEqual<TKey>(
        EquatableArray<KeyValuePair<TKey, MontyValue>> left,
        EquatableArray<KeyValuePair<TKey, MontyValue>> right
    )
        where TKey : IEquatable<TKey>
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (left.Count != right.Count)
        {
            return false;
        }

        for (var i = 0; i < left.Count; i++)
        {
            if (!left[i].Key.Equals(right[i].Key) || !left[i].Value.Equals(right[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    public static int HashOf<TKey>(EquatableArray<KeyValuePair<TKey, MontyValue>> entries)
        where TKey : IEquatable<TKey>
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var hash = new HashCode();
        foreach (var (key, value) in entries)
        {
            hash.Add(key);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }
}
