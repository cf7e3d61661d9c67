namespace Monty.Interop.Values.Literals;

/// <summary>Parses a Python literal by recursive descent. The depth is limited to <see cref="MontyJson.MaxDepth"/>.</summary>
internal sealed class LiteralParser
{
    private readonly LiteralCursor cursor;
    private readonly LiteralNumber numbers;
    private readonly LiteralText texts;
    private int depth;

    public LiteralParser(string text)
    {
        cursor = new(text);
        numbers = new(cursor);
        texts = new(cursor);
    }

    public MontyValue ParseWhole()
    {
        cursor.SkipSpace();
        var value = ParseValue();
        cursor.SkipSpace();
        return cursor.IsAtEnd ? value : throw cursor.Expected("the end of the value");
    }

    private MontyValue ParseValue() =>
        cursor.Peek() switch
        {
            '[' => ParseNested(ParseList),
            '(' => ParseNested(ParseParentheses),
            '{' => ParseNested(ParseBraces),
            '+' or '-' => ParseSigned(),
            '.' when cursor.TryTake("...") => MontyEllipsis.Instance,
            '.' or (>= '0' and <= '9') => numbers.Parse(isNegative: false),
            _ when texts.IsAhead() => texts.Parse(),
            var letter when char.IsLetter(letter) || letter == '_' => ParseWord(),
            _ => throw cursor.Expected("a value"),
        };

    private MontyValue ParseNested(Func<MontyValue> parse)
    {
        if (++depth > MontyJson.MaxDepth)
        {
            throw cursor.Expected($"at most {MontyJson.MaxDepth} nested brackets");
        }

        cursor.Next();
        cursor.SkipSpace();
        var value = parse();
        depth--;
        return value;
    }

    private MontyList ParseList()
    {
        var items = new List<MontyValue>();
        while (!cursor.TryTake("]"))
        {
            ParseItem(items, ']');
        }

        return new(items.ToEquatableArray());
    }

    private MontyValue ParseParentheses()
    {
        if (cursor.TryTake(")"))
        {
            return new MontyTuple([]);
        }

        var items = new List<MontyValue>();
        var hasComma = ParseItem(items, ')');
        while (!cursor.TryTake(")"))
        {
            ParseItem(items, ')');
        }

        return hasComma ? new MontyTuple(items.ToEquatableArray()) : items[0];
    }

    private MontyValue ParseBraces()
    {
        if (cursor.TryTake("}"))
        {
            return MontyDict.Empty;
        }

        var first = ParseHashable("a dict key or a set member");
        if (cursor.Peek() == ':')
        {
            return ParseDict(first);
        }

        var members = new List<MontyValue> { first };
        TakeSeparator('}');
        while (!cursor.TryTake("}"))
        {
            members.Add(ParseHashable("a set member"));
            TakeSeparator('}');
        }

        return new MontySet(Distinct(members));
    }

    private MontyDict ParseDict(MontyValue firstKey)
    {
        var pairs = new OrderedDictionary<MontyValue, MontyValue>();
        var key = firstKey;
        while (true)
        {
            if (!cursor.TryTake(":"))
            {
                throw cursor.Expected("':' after a dict key");
            }

            cursor.SkipSpace();
            pairs[key] = ParseValue();
            cursor.SkipSpace();
            TakeSeparator('}');
            if (cursor.TryTake("}"))
            {
                return new(pairs.ToEquatableArray());
            }

            key = ParseHashable("a dict key");
        }
    }

    /// <summary>Parses an item and the comma after it.</summary>
    /// <returns>False when the closing bracket follows without a comma.</returns>
    private bool ParseItem(List<MontyValue> items, char close)
    {
        items.Add(ParseValue());
        cursor.SkipSpace();
        return TakeSeparator(close);
    }

    private bool TakeSeparator(char close)
    {
        if (cursor.Peek() == close)
        {
            return false;
        }

        if (!cursor.TryTake(","))
        {
            throw cursor.Expected($"',' or '{close}'");
        }

        cursor.SkipSpace();
        return true;
    }

    private MontyValue ParseHashable(string role)
    {
        var start = cursor.Position;
        var value = ParseValue();
        cursor.SkipSpace();
        return IsHashable(value)
            ? value
            : throw cursor.Expected($"a hashable value as {role} (this {value.TypeName} is not hashable)", start);
    }

    private MontyValue ParseSigned()
    {
        var isNegative = cursor.Next() == '-';
        cursor.SkipSpace();
        if (cursor.TryTake("inf"))
        {
            return isNegative ? double.NegativeInfinity : double.PositiveInfinity;
        }

        return cursor.Peek() is '.' or (>= '0' and <= '9') ? numbers.Parse(isNegative) : throw cursor.Expected("a number after the sign");
    }

    private MontyValue ParseWord()
    {
        var start = cursor.Position;
        return cursor.TakeWhile(c => char.IsLetterOrDigit(c) || c == '_') switch
        {
            "None" => MontyNone.Instance,
            "True" => MontyBool.True,
            "False" => MontyBool.False,
            "Ellipsis" => MontyEllipsis.Instance,
            "NotImplemented" => MontyNotImplemented.Instance,
            "inf" => double.PositiveInfinity,
            "nan" => double.NaN,
            "set" => new MontySet(ParseMembers()),
            "frozenset" => new MontyFrozenSet(ParseMembers()),
            "null" => throw cursor.Expected("None (null is JSON, but the rest of the text is not)", start),
            "true" => throw cursor.Expected("True (true is JSON, but the rest of the text is not)", start),
            "false" => throw cursor.Expected("False (false is JSON, but the rest of the text is not)", start),
            _ => throw cursor.Expected("a constant (names and calls are not evaluated; text needs quotes)", start),
        };
    }

    private EquatableArray<MontyValue> ParseMembers()
    {
        cursor.SkipSpace();
        if (cursor.Peek() != '(')
        {
            throw cursor.Expected("'('");
        }

        var start = cursor.Position;
        var items = ParseNested(ParseArgument) switch
        {
            MontyList list => list.Items,
            MontyTuple tuple => tuple.Items,
            MontySet set => set.Items,
            MontyFrozenSet set => set.Items,
            _ => throw cursor.Expected("a list, tuple or set of members", start + 1),
        };
        return items.All(IsHashable) ? Distinct(items) : throw cursor.Expected("hashable members", start + 1);
    }

    private MontyValue ParseArgument()
    {
        if (cursor.TryTake(")"))
        {
            return new MontyTuple([]);
        }

        var argument = ParseValue();
        cursor.SkipSpace();
        return cursor.TryTake(")") ? argument : throw cursor.Expected("')'");
    }

    private static EquatableArray<MontyValue> Distinct(IEnumerable<MontyValue> members) => members.Distinct().ToEquatableArray();

    private static bool IsHashable(MontyValue value) =>
        value switch
        {
            MontyList or MontyDict or MontySet => false,
            MontyTuple tuple => tuple.Items.All(IsHashable),
            _ => true,
        };
}
