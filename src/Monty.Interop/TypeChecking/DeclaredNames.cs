using System.Text.RegularExpressions;
using Monty.Interop.Wire;

namespace Monty.Interop.TypeChecking;

/// <summary>Names that the host binds, for the checker, which knows nothing of them.</summary>
internal static partial class DeclaredNames
{
    /// <summary>The type of a name that is only known to be bound.</summary>
    public const string Anything = "";

    /// <summary>The names and the types of their values, without those that the stubs declare.</summary>
    public static IEnumerable<DeclaredName> From(IReadOnlyDictionary<string, MontyValue>? values, IReadOnlySet<string> declared) =>
        (values ?? new Dictionary<string, MontyValue>())
            .Where(v => RuntimeNames.IsIdentifier(v.Key) && !declared.Contains(v.Key))
            .Select(v => new DeclaredName { Name = v.Key, Type = TypeOf(v.Value) });

    /// <summary>The names that stubs declare at their top.</summary>
    public static IReadOnlySet<string> In(string? stubs) =>
        Declaration().Matches(stubs ?? "").Select(m => m.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

    /// <summary>A line that binds the name to some value of the type. It declares nothing, so that the code may bind the name to another type.</summary>
    public static string Bind(DeclaredName declared) =>
        declared.Type.Length == 0
            ? $"{declared.Name} = _anything\n"
            : $"def _input() -> {declared.Type}: ...\n{declared.Name} = _input()\n";

    private static string TypeOf(MontyValue value) =>
        value switch
        {
            MontyNone => "None",
            MontyBool => "bool",
            MontyInt => "int",
            MontyFloat => "float",
            MontyStr => "str",
            MontyBytes => "bytes",
            MontyList => "list",
            MontyTuple => "tuple",
            MontyDict => "dict",
            MontySet => "set",
            MontyFrozenSet => "frozenset",
            _ => Anything,
        };

    [GeneratedRegex(
        @"^(?:(?:async\s+)?def\s+|class\s+)?(?<name>\w+)\s*[(\[:=]",
        RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Declaration();
}
