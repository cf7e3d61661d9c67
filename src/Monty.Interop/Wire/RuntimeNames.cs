using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Monty.Interop.Values;

namespace Monty.Interop.Wire;

/// <summary>The names that the runtime knows: exception types, builtin functions and classes, and keywords. It refuses a message with any other name (docs/concepts/wire.md, values and errors).</summary>
/// <remarks>Tests compare each list with the runtime.</remarks>
internal static class RuntimeNames
{
    private static readonly FrozenSet<string> Exceptions = Set(
        """
        ArithmeticError AssertionError AttributeError BaseException Exception FileExistsError FileNotFoundError
        FrozenInstanceError ImportError IndexError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError
        ModuleNotFoundError NameError NotADirectoryError NotImplementedError OSError OverflowError PermissionError
        RecursionError RuntimeError StopIteration SyntaxError SystemExit TimeoutError TypeError UnboundLocalError
        UnicodeDecodeError UnicodeEncodeError ValueError ZeroDivisionError binascii.Error io.UnsupportedOperation
        json.JSONDecodeError re.PatternError
        """
    );

    private static readonly FrozenSet<string> Functions = Set(
        """
        abs all any bin chr divmod enumerate filter getattr hasattr hash hex id isinstance len map max min next oct open ord
        pow print repr reversed round setattr sorted sum type zip
        """
    );

    /// <summary>The names of builtin classes in the form that the runtime sends, without exceptions.</summary>
    private static readonly FrozenSet<string> Types = Set(
        """
        Field NoneType NotImplementedType PosixPath _DataclassParams _io.BufferedRandom _io.BufferedReader _io.BufferedWriter
        _io.TextIOWrapper bool builtin_function_or_method bytes bytes_iterator callable_iterator cell collections.deque
        coroutine datetime.date datetime.datetime datetime.time datetime.timedelta datetime.timezone dict dict_itemiterator
        dict_items dict_keyiterator dict_keys dict_valueiterator dict_values ellipsis float frozenset function
        functools.partial int iterator itertools.accumulate itertools.batched itertools.chain itertools.compress
        itertools.count itertools.cycle itertools.dropwhile itertools.filterfalse itertools.islice itertools.pairwise
        itertools.repeat itertools.starmap itertools.takewhile itertools.zip_longest list list_iterator module namedtuple
        object property range range_iterator re.Match re.Pattern set set_iterator slice str str_ascii_iterator str_iterator
        tuple tuple_iterator type typing._SpecialForm
        """
    );

    /// <summary>The names other than functions and exceptions that the runtime defines in every scope.</summary>
    private static readonly FrozenSet<string> OtherBuiltins = Set(
        """
        bool bytes dict float frozenset int iter list object property range set slice str tuple type __name__ __debug__
        NotImplemented Ellipsis
        """
    );

    private static readonly FrozenSet<string> Keywords = Set(
        """
        False None True and as assert async await break class continue def del elif else except finally for from global if
        import in is lambda nonlocal not or pass raise return try while with yield
        """
    );

    /// <summary>Letters that cannot occur in an identifier, because their compatibility forms contain other characters than letters.</summary>
    private static readonly FrozenSet<int> LettersOutside =
    [
        0x37A,
        0x2E2F,
        .. Enumerable.Range(0xFC5E, 6),
        0xFDFA,
        0xFDFB,
        .. Enumerable.Range(0, 8).Select(step => 0xFE70 + (2 * step)),
    ];

    /// <summary>Letters that can occur in an identifier but cannot start one, for the same reason.</summary>
    private static readonly FrozenSet<int> LettersInside = [0xE33, 0xEB3, 0xFF9E, 0xFF9F];

    /// <summary>Characters other than letters that can start an identifier (Unicode's <c>Other_ID_Start</c>).</summary>
    private static readonly FrozenSet<int> OtherStarts = [0x1885, 0x1886, 0x2118, 0x212E];

    /// <summary>Characters other than letters, digits and marks that can occur in an identifier (Unicode's <c>Other_ID_Continue</c>).</summary>
    private static readonly FrozenSet<int> OtherParts =
    [
        0xB7,
        0x387,
        .. Enumerable.Range(0x1369, 9),
        0x19DA,
        0x200C,
        0x200D,
        0x30FB,
        0xFF65,
    ];

    public static bool IsException(string name) => Exceptions.Contains(name);

    /// <summary>Returns the name if it is the name of an exception type.</summary>
    /// <exception cref="ArgumentException">The runtime does not know the exception type.</exception>
    public static string CheckException(string name) =>
        IsException(name)
            ? name
            : throw new ArgumentException(
                $"The runtime does not know the exception type '{ValuePath.Shorten(name)}'. Use one of: {ListOf(Exceptions)}."
            );

    /// <exception cref="ArgumentException">The runtime does not know the function.</exception>
    public static string CheckFunction(string name) =>
        name is not null && Functions.Contains(name)
            ? name
            : throw new ArgumentException(
                $"The runtime does not know the builtin function '{ValuePath.Shorten(name)}'. Use one of: {ListOf(Functions)}."
            );

    /// <exception cref="ArgumentException">The runtime does not know the class.</exception>
    public static string CheckType(string name) =>
        name is not null && (Types.Contains(name) || IsException(name))
            ? name
            : throw new ArgumentException(
                $"The runtime does not know the builtin class '{ValuePath.Shorten(name)}'. Use an exception type, or one of: {ListOf(Types)}."
            );

    /// <summary>Returns true for a name that Python code can assign to.</summary>
    public static bool IsIdentifier(string name)
    {
        var isFirst = true;
        foreach (var rune in name.EnumerateRunes())
        {
            if (!(StartsIdentifier(rune) || (!isFirst && ContinuesIdentifier(rune))))
            {
                return false;
            }

            isFirst = false;
        }

        return !isFirst && !IsKeyword(name);
    }

    /// <summary>Returns true for a reserved word, which Python code cannot assign to.</summary>
    public static bool IsKeyword(string name) => Keywords.Contains(name);

    /// <summary>Returns true for a name that scripts resolve without asking the host.</summary>
    public static bool IsBuiltin(string name) =>
        Functions.Contains(name) || OtherBuiltins.Contains(name) || (IsException(name) && name is not "FrozenInstanceError");

    /// <summary>Returns true for a word that can be the name of a global of the host: it does not start with a digit, and is neither a keyword nor a builtin.</summary>
    public static bool CanBeGlobal(string word) => !char.IsAsciiDigit(word[0]) && !IsKeyword(word) && !IsBuiltin(word);

    private static bool StartsIdentifier(Rune rune) =>
        Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter
            or UnicodeCategory.LowercaseLetter
            or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter
            or UnicodeCategory.OtherLetter
            or UnicodeCategory.LetterNumber => !LettersOutside.Contains(rune.Value) && !LettersInside.Contains(rune.Value),
            _ => rune.Value == '_' || OtherStarts.Contains(rune.Value),
        };

    private static bool ContinuesIdentifier(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.DecimalDigitNumber
                or UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.ConnectorPunctuation
        || LettersInside.Contains(rune.Value)
        || OtherParts.Contains(rune.Value);

    private static FrozenSet<string> Set(string names) =>
        names.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    private static string ListOf(FrozenSet<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));
}
