namespace Monty.Host.Cli.Repl;

/// <summary>The words of Python that the engine knows, to complete what is typed.</summary>
internal static class PythonWords
{
    public static IReadOnlyList<string> All { get; } =
    [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "elif", "else", "except", "finally",
        "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with",
        "abs", "all", "any", "bin", "bool", "bytes", "chr", "dict", "divmod", "enumerate", "filter", "float", "frozenset", "getattr", "hasattr", "hash",
        "hex", "id", "int", "isinstance", "iter", "len", "list", "map", "max", "min", "next", "object", "oct", "open", "ord", "pow", "print", "range",
        "repr", "reversed", "round", "set", "setattr", "slice", "sorted", "str", "sum", "tuple", "type", "zip",
        "ArithmeticError", "AssertionError", "AttributeError", "Exception", "FileNotFoundError", "IndexError", "KeyError", "LookupError", "NameError",
        "NotImplementedError", "OSError", "RuntimeError", "StopIteration", "TimeoutError", "TypeError", "ValueError", "ZeroDivisionError",
    ];
}
