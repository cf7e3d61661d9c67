namespace Monty.Interop.Values.Json;

/// <summary>The tags of values that plain JSON cannot express, and the shapes of their bodies.</summary>
internal static class JsonTag
{
    public const string Tuple = "$tuple";
    public const string Set = "$set";
    public const string FrozenSet = "$frozenset";
    public const string Bytes = "$bytes";
    public const string Int = "$int";
    public const string Float = "$float";
    public const string NamedTuple = "$namedtuple";
    public const string Dataclass = "$dataclass";
    public const string Instance = "$instance";
    public const string Date = "$date";
    public const string Time = "$time";
    public const string DateTime = "$datetime";
    public const string TimeDelta = "$timedelta";
    public const string TimeZone = "$timezone";
    public const string Path = "$path";
    public const string Type = "$type";
    public const string Exception = "$exception";
    public const string Function = "$function";
    public const string Builtin = "$builtin";
    public const string File = "$file";
    public const string Ellipsis = "$ellipsis";
    public const string NotImplemented = "$notimplemented";
    public const string Repr = "$repr";
    public const string Cycle = "$cycle";
    public const string Dict = "$dict";

    /// <summary>Returns true for a key that is read as a tag when it is the only key of an object.</summary>
    public static bool IsTag(string key) => key.StartsWith('$');

    /// <summary>Returns the shape of the body under a tag, for error messages, or null for an unknown tag.</summary>
    public static string? FindShape(string tag) =>
        tag switch
        {
            Tuple or Set or FrozenSet => "[item, …]",
            Bytes => "\"base64\"",
            Int => "\"-123\", or \"-0x7b\" beyond 4300 digits",
            Float => "\"nan\", \"inf\" or \"-inf\"",
            NamedTuple => "{\"type\": \"Name\", \"fields\": {\"x\": 1} or [[\"x\", 1]]}",
            Dataclass or Instance =>
                "{\"type\": \"Name\", \"fields\": {\"x\": 1}}; \"origin\", \"type_id\", \"id\" and \"type_attributes\" are optional, but a sandbox object needs its ids",
            Date => "\"2024-01-02\"",
            Time => "\"03:04:05.000006+01:00\" or {\"iso\": \"03:04:05\", \"zone\": \"name\", \"fold\": 1}",
            DateTime => "\"2024-01-02T03:04:05.000006+01:00\" or {\"iso\": \"2024-01-02T03:04:05+01:00\", \"zone\": \"name\"}",
            TimeDelta => "{\"days\": -1, \"seconds\": 86399, \"microseconds\": 999999}, normalized as in Python",
            TimeZone => "\"+01:00\" or {\"offset\": \"+01:00\", \"name\": \"CET\"}",
            Path => "\"/some/path\"",
            Type => "\"int\" or {\"name\": \"A\", \"origin\": \"host\", \"id\": \"uuid\", \"dataclass\": true, \"attributes\": {\"x\": 1}}",
            Exception => "{\"type\": \"ValueError\", \"message\": \"text\"}",
            Function => "\"name\" or {\"name\": \"name\", \"docstring\": \"text\"}",
            Builtin => "\"len\"",
            File => "{\"path\": \"/x\", \"mode\": \"r\", \"position\": 0}",
            Ellipsis or NotImplemented => "true",
            Repr => "\"text\"",
            Cycle => "{\"identity\": 1, \"placeholder\": \"[...]\"}",
            Dict => "[[key, value], …]",
            _ => null,
        };
}
