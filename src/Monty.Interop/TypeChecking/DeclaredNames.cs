using System.Text.RegularExpressions;
using Monty.Interop.Wire;

namespace Monty.Interop.TypeChecking;

/// <summary>Declares the names that the host binds, which the checker does not know.</summary>
internal static partial class DeclaredNames
{
    /// <summary>The type of a name that is only known to be bound.</summary>
    public const string Anything = "";

    /// <summary>Returns the names with the types of their values, without those that the stubs declare.</summary>
    public static IEnumerable<DeclaredName> From(IReadOnlyDictionary<string, MontyValue>? values, IReadOnlySet<string> stubbed) =>
        (values ?? new Dictionary<string, MontyValue>())
            .Where(v => RuntimeNames.IsIdentifier(v.Key) && !stubbed.Contains(v.Key))
            .Select(v => new DeclaredName { Name = v.Key, Type = TypeOf(v.Value) });

    /// <summary>Finds the names that stubs declare at module level.</summary>
    public static IReadOnlySet<string> In(string stubs) =>
        Declarations().Matches(stubs).Select(m => m.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

    /// <summary>Writes Python that binds the name to some value of the type. It declares nothing, so the code may bind the name to another type.</summary>
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

    [GeneratedRegex(@"^(?:(?:async\s+)?def\s+|class\s+)?(?<name>\w+)\s*[(\[:=]", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Declarations();
}
