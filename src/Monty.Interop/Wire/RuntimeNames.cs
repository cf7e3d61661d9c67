using System.Collections.Frozen;
using Monty.Interop.Values;

namespace Monty.Interop.Wire;

/// <summary>The names that the runtime's decoder knows; it refuses every other (docs/concepts/wire.md, errors).</summary>
internal static class RuntimeNames
{
    private static readonly FrozenSet<string> Exceptions = FrozenSet.Create(
        "ArithmeticError",
        "AssertionError",
        "AttributeError",
        "BaseException",
        "Exception",
        "FileExistsError",
        "FileNotFoundError",
        "FrozenInstanceError",
        "ImportError",
        "IndexError",
        "IsADirectoryError",
        "KeyError",
        "KeyboardInterrupt",
        "LookupError",
        "MemoryError",
        "ModuleNotFoundError",
        "NameError",
        "NotADirectoryError",
        "NotImplementedError",
        "OSError",
        "OverflowError",
        "PermissionError",
        "RecursionError",
        "RuntimeError",
        "StopIteration",
        "SyntaxError",
        "SystemExit",
        "TimeoutError",
        "TypeError",
        "UnboundLocalError",
        "UnicodeDecodeError",
        "UnicodeEncodeError",
        "ValueError",
        "ZeroDivisionError",
        "binascii.Error",
        "io.UnsupportedOperation",
        "json.JSONDecodeError",
        "re.PatternError"
    );

    private static readonly FrozenSet<string> Keywords = FrozenSet.Create(
        "False",
        "None",
        "True",
        "and",
        "as",
        "assert",
        "async",
        "await",
        "break",
        "class",
        "continue",
        "def",
        "del",
        "elif",
        "else",
        "except",
        "finally",
        "for",
        "from",
        "global",
        "if",
        "import",
        "in",
        "is",
        "lambda",
        "nonlocal",
        "not",
        "or",
        "pass",
        "raise",
        "return",
        "try",
        "while",
        "with",
        "yield"
    );

    /// <summary>What the engine itself defines in every scope, but for its exceptions: a call of such a name never reaches the host.</summary>
    private static readonly FrozenSet<string> Builtins = FrozenSet.Create(
        "abs",
        "all",
        "any",
        "bin",
        "bool",
        "bytes",
        "chr",
        "dict",
        "divmod",
        "enumerate",
        "filter",
        "float",
        "frozenset",
        "getattr",
        "hasattr",
        "hash",
        "hex",
        "id",
        "int",
        "isinstance",
        "iter",
        "len",
        "list",
        "map",
        "max",
        "min",
        "next",
        "object",
        "oct",
        "open",
        "ord",
        "pow",
        "print",
        "property",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "setattr",
        "slice",
        "sorted",
        "str",
        "sum",
        "tuple",
        "type",
        "zip",
        "__name__",
        "__debug__",
        "NotImplemented",
        "Ellipsis"
    );

    public static bool IsException(string name) => Exceptions.Contains(name);

    public static string CheckException(string name) =>
        IsException(name)
            ? name
            : throw new ArgumentException(
                $"The runtime does not know the exception type '{ValuePath.Shorten(name)}'. Use one of: {string.Join(", ", Exceptions.Order(StringComparer.Ordinal))}."
            );

    /// <summary>True for a name that Python code could bind.</summary>
    public static bool IsIdentifier(string name) =>
        name.Length > 0 && IsStart(name[0]) && name.All(c => IsStart(c) || char.IsDigit(c) || IsMark(c)) && !Keywords.Contains(name);

    /// <summary>True for a word that no Python code can bind.</summary>
    public static bool IsKeyword(string name) => Keywords.Contains(name);

    /// <summary>True for a name that scripts find without asking the host.</summary>
    public static bool IsBuiltin(string name) => Builtins.Contains(name) || (IsException(name) && name is not "FrozenInstanceError");

    private static bool IsStart(char c) => c == '_' || char.IsLetter(c);

    private static bool IsMark(char c) =>
        char.GetUnicodeCategory(c)
            is System.Globalization.UnicodeCategory.NonSpacingMark
                or System.Globalization.UnicodeCategory.SpacingCombiningMark
                or System.Globalization.UnicodeCategory.ConnectorPunctuation;
}
