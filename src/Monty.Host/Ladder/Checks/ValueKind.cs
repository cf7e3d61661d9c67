using System.Diagnostics;
using Monty.Interop;

namespace Monty.Host.Ladder.Checks;

/// <summary>The names of value kinds in <c>expectedTypeTag</c>: the JSON tags without <c>$</c>, and the Python types of plain JSON values.</summary>
internal static class ValueKind
{
    public static string GetKind(MontyValue value) =>
        value switch
        {
            MontyNone => "none",
            MontyEllipsis => "ellipsis",
            MontyNotImplemented => "notimplemented",
            MontyBool => "bool",
            MontyInt => "int",
            MontyFloat => "float",
            MontyStr => "str",
            MontyBytes => "bytes",
            MontyList => "list",
            MontyTuple => "tuple",
            MontyNamedTuple => "namedtuple",
            MontySet => "set",
            MontyFrozenSet => "frozenset",
            MontyDict => "dict",
            MontyInstance { Type.IsDataclass: true } => "dataclass",
            MontyInstance => "instance",
            MontyDate => "date",
            MontyTime => "time",
            MontyDateTime => "datetime",
            MontyTimeDelta => "timedelta",
            MontyTimeZone => "timezone",
            MontyExceptionObject => "exception",
            MontyType => "type",
            MontyFunction => "function",
            MontyBuiltin => "builtin",
            MontyPath => "path",
            MontyFileHandle => "file",
            MontyRepr => "repr",
            MontyCycle => "cycle",
            _ => throw new UnreachableException(),
        };
}
