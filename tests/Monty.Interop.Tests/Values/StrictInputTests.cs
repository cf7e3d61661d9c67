using System.Diagnostics.CodeAnalysis;
using Monty.Testing;
using Shouldly;
using Xunit;

namespace Monty.Interop.Tests.Values;

/// <summary>A value from a script is accepted when its meaning is clear, and refused otherwise, both for the parameter of a tool and by <c>To&lt;T&gt;</c>.</summary>
[SuppressMessage("Performance", "CA1812", Justification = "The records are made by reflection.")]
public sealed class StrictInputTests(RuntimeFixture runtime) : IClassFixture<RuntimeFixture>
{
    private const string Taken = "taken";
    private const string Dates = "import datetime\n";
    private const string Classes = "from dataclasses import dataclass\n";

    private static readonly Dictionary<string, (MontyTool Tool, Func<MontyValue, object?> To)> Targets = new()
    {
        ["int"] = (MontyTool.From((int value) => true, "take"), v => v.To<int>()),
        ["uint"] = (MontyTool.From((uint value) => true, "take"), v => v.To<uint>()),
        ["double"] = (MontyTool.From((double value) => true, "take"), v => v.To<double>()),
        ["decimal"] = (MontyTool.From((decimal value) => true, "take"), v => v.To<decimal>()),
        ["bool"] = (MontyTool.From((bool value) => true, "take"), v => v.To<bool>()),
        ["string"] = (MontyTool.From((string value) => true, "take"), v => v.To<string>()),
        ["char"] = (MontyTool.From((char value) => true, "take"), v => v.To<char>()),
        ["byte[]"] = (MontyTool.From((byte[] value) => true, "take"), v => v.To<byte[]>()),
        ["Guid"] = (MontyTool.From((Guid value) => true, "take"), v => v.To<Guid>()),
        ["Uri"] = (MontyTool.From((Uri value) => true, "take"), v => v.To<Uri>()),
        ["State"] = (MontyTool.From((State value) => true, "take"), v => v.To<State>()),
        ["DateOnly"] = (MontyTool.From((DateOnly value) => true, "take"), v => v.To<DateOnly>()),
        ["DateTime"] = (MontyTool.From((DateTime value) => true, "take"), v => v.To<DateTime>()),
        ["DateTimeOffset"] = (MontyTool.From((DateTimeOffset value) => true, "take"), v => v.To<DateTimeOffset>()),
        ["TimeSpan"] = (MontyTool.From((TimeSpan value) => true, "take"), v => v.To<TimeSpan>()),
        ["List<int>"] = (MontyTool.From((List<int> value) => true, "take"), v => v.To<List<int>>()),
        ["IReadOnlyList<string>"] = (MontyTool.From((IReadOnlyList<string> value) => true, "take"), v => v.To<IReadOnlyList<string>>()),
        ["ISet<int>"] = (MontyTool.From((ISet<int> value) => true, "take"), v => v.To<ISet<int>>()),
        ["ISet<Guid>"] = (MontyTool.From((ISet<Guid> value) => true, "take"), v => v.To<ISet<Guid>>()),
        ["(int, int)"] = (MontyTool.From(((int, int) value) => true, "take"), v => v.To<(int, int)>()),
        ["Dictionary<string, int>"] = (
            MontyTool.From((Dictionary<string, int> value) => true, "take"),
            v => v.To<Dictionary<string, int>>()
        ),
        ["Dictionary<Guid, int>"] = (MontyTool.From((Dictionary<Guid, int> value) => true, "take"), v => v.To<Dictionary<Guid, int>>()),
        ["Dictionary<float, int>"] = (MontyTool.From((Dictionary<float, int> value) => true, "take"), v => v.To<Dictionary<float, int>>()),
        ["Order"] = (MontyTool.From((Order value) => true, "take"), v => v.To<Order>()),
        ["Order[]"] = (MontyTool.From((Order[] value) => true, "take"), v => v.To<Order[]>()),
    };

    private enum State
    {
        New,
        InProgress,
    }

    private sealed record Order(string Item, int ZipCode = 0, State State = State.New);

    /// <summary>The C# type, the expression, and the messages of the tool and of <c>To</c>.</summary>
    [Theory]
    // Numbers: a kind does not stand in for another, but a tool follows Python, where a bool is an int and an int passes for a float.
    [InlineData("int", "3", Taken, Taken)]
    [InlineData("int", "'3'", "TypeError: take() argument 'value' must be int, not str", "Int32 cannot hold the str '3'. Path: $.")]
    [InlineData("int", "3.0", "TypeError: take() argument 'value' must be int, not float", "Int32 cannot hold the float 3.0. Path: $.")]
    [InlineData("int", "3.5", "TypeError: take() argument 'value' must be int, not float", "Int32 cannot hold the float 3.5. Path: $.")]
    [InlineData(
        "int",
        "None",
        "TypeError: take() argument 'value' must be int, not NoneType",
        "Expected a value for Int32, but found None. Path: $."
    )]
    [InlineData("int", "True", Taken, "Int32 cannot hold the bool True. Path: $.")]
    [InlineData(
        "uint",
        "-1",
        "OverflowError: take() argument 'value' must be in the range 0 to 4294967295",
        "UInt32 cannot hold the int -1. Path: $."
    )]
    [InlineData("double", "3", Taken, Taken)]
    [InlineData("double", "True", Taken, "Double cannot hold the bool True. Path: $.")]
    [InlineData("double", "2 ** 53 + 1", Taken, "Double cannot hold the int 9007199254740993. Path: $.")]
    [InlineData(
        "double",
        "'1.5'",
        "TypeError: take() argument 'value' must be float, not str",
        "Double cannot hold the str '1.5'. Path: $."
    )]
    [InlineData(
        "decimal",
        "float('nan')",
        "ValueError: take() argument 'value' must be a finite number, not nan",
        "Decimal cannot hold the float nan. Path: $."
    )]
    [InlineData("bool", "1", "TypeError: take() argument 'value' must be bool, not int", "Boolean cannot hold the int 1. Path: $.")]
    [InlineData(
        "bool",
        "'true'",
        "TypeError: take() argument 'value' must be bool, not str",
        "Boolean cannot hold the str 'true'. Path: $."
    )]
    // Text and bytes.
    [InlineData("string", "1", "TypeError: take() argument 'value' must be str, not int", "String cannot hold the int 1. Path: $.")]
    [InlineData(
        "string",
        "b'x'",
        "TypeError: take() argument 'value' must be str, not bytes",
        "String cannot hold the bytes b'x'. Path: $."
    )]
    [InlineData(
        "string",
        "None",
        "TypeError: take() argument 'value' must be str, not NoneType",
        "Expected a value for String, but found None. Path: $."
    )]
    [InlineData(
        "char",
        "'ab'",
        "ValueError: take() argument 'value' must be a str of one character, not 'ab'",
        "Char cannot hold the str 'ab'. Path: $."
    )]
    [InlineData(
        "char",
        "''",
        "ValueError: take() argument 'value' must be a str of one character, not ''",
        "Char cannot hold the str ''. Path: $."
    )]
    [InlineData("byte[]", "'x'", "TypeError: take() argument 'value' must be bytes, not str", "Byte[] cannot hold the str 'x'. Path: $.")]
    [InlineData("byte[]", "[1]", "TypeError: take() argument 'value' must be bytes, not list", "Byte[] cannot hold the list [1]. Path: $.")]
    [InlineData("Guid", "'{11111111-2222-3333-4444-555555555555}'", Taken, Taken)]
    [InlineData(
        "Guid",
        "'1111'",
        "ValueError: take() argument 'value' must be a UUID, not '1111'",
        "Guid cannot hold the str '1111'. Path: $."
    )]
    [InlineData("Uri", "'orders/1'", Taken, Taken)]
    [InlineData(
        "Uri",
        "'http://'",
        "ValueError: take() argument 'value' must be a URL, not 'http://'",
        "Uri cannot hold the str 'http://'. Path: $."
    )]
    // Enums: by their exact names, as the Literal of the stub says.
    [InlineData("State", "'InProgress'", Taken, Taken)]
    [InlineData(
        "State",
        "'inprogress'",
        "ValueError: take() argument 'value' must be \"New\" or \"InProgress\", not 'inprogress'; did you mean \"InProgress\"?",
        "State cannot hold the str 'inprogress': it has New, InProgress; did you mean InProgress? Path: $."
    )]
    [InlineData(
        "State",
        "'in_progress'",
        "ValueError: take() argument 'value' must be \"New\" or \"InProgress\", not 'in_progress'; did you mean \"InProgress\"?",
        "State cannot hold the str 'in_progress': it has New, InProgress; did you mean InProgress? Path: $."
    )]
    [InlineData(
        "State",
        "'New, InProgress'",
        "ValueError: take() argument 'value' must be \"New\" or \"InProgress\", not 'New, InProgress'; did you mean \"InProgress\"?",
        "State cannot hold the str 'New, InProgress': it has New, InProgress; did you mean InProgress? Path: $."
    )]
    [InlineData(
        "State",
        "'1'",
        "ValueError: take() argument 'value' must be \"New\" or \"InProgress\", not '1'",
        "State cannot hold the str '1': it has New, InProgress. Path: $."
    )]
    [InlineData(
        "State",
        "1",
        "TypeError: take() argument 'value' must be Literal[\"New\", \"InProgress\"], not int",
        "State cannot hold the int 1. Path: $."
    )]
    // Dates and times: text is no date, a datetime is no date, and naive and aware are not mixed.
    [InlineData(
        "DateOnly",
        "'2024-01-02'",
        "TypeError: take() argument 'value' must be datetime.date, not str",
        "DateOnly cannot hold the str '2024-01-02'. Path: $."
    )]
    [InlineData(
        "DateOnly",
        Dates + "datetime.datetime(2024, 1, 2)",
        "TypeError: take() argument 'value' must be datetime.date, not datetime",
        "DateOnly cannot hold the datetime datetime.datetime(2024, 1, 2, 0, 0). Path: $."
    )]
    [InlineData(
        "DateTime",
        Dates + "datetime.date(2024, 1, 2)",
        "TypeError: take() argument 'value' must be datetime.datetime, not date",
        "DateTime cannot hold the date datetime.date(2024, 1, 2). Path: $."
    )]
    [InlineData(
        "DateTimeOffset",
        Dates + "datetime.datetime(2024, 1, 2)",
        "ValueError: take() argument 'value' must be a datetime with a timezone, in whole minutes and within 14 hours of UTC",
        "DateTimeOffset cannot hold the datetime datetime.datetime(2024, 1, 2, 0, 0). Path: $."
    )]
    [InlineData(
        "TimeSpan",
        "5",
        "TypeError: take() argument 'value' must be datetime.timedelta, not int",
        "TimeSpan cannot hold the int 5. Path: $."
    )]
    // Collections: a str is no list, a set has no order, a list may hold an item twice, and a tuple has its length.
    [InlineData("List<int>", "(1, 2)", Taken, Taken)]
    [InlineData(
        "List<int>",
        "{1}",
        "TypeError: take() argument 'value' must be list[int], not set",
        "List<Int32> cannot be created from the set {1}"
    )]
    [InlineData(
        "List<int>",
        "{}",
        "TypeError: take() argument 'value' must be list[int], not dict",
        "List<Int32> cannot be created from the dict {}"
    )]
    [InlineData(
        "List<int>",
        "[1, None]",
        "TypeError: take() argument 'value'[1] must be int, not NoneType",
        "Expected a value for Int32, but found None. Path: $[1]."
    )]
    [InlineData(
        "IReadOnlyList<string>",
        "'abc'",
        "TypeError: take() argument 'value' must be list[str], not str",
        "IReadOnlyList<String> cannot be created from the str 'abc'"
    )]
    [InlineData(
        "ISet<int>",
        "[1, 1]",
        "TypeError: take() argument 'value' must be set[int], not list",
        "ISet<Int32> cannot be created from the list [1, 1]"
    )]
    [InlineData("ISet<Guid>", "{'11111111-2222-3333-4444-55555555555a', '11111111-2222-3333-4444-55555555555A'}", Taken, Taken)]
    [InlineData("(int, int)", "(1, 2)", Taken, Taken)]
    [InlineData(
        "(int, int)",
        "(1, 2, 3)",
        "TypeError: take() argument 'value' must be tuple[int, int], not tuple",
        "Expected a value for ValueTuple<Int32, Int32>, but found the tuple (1, 2, 3). Path: $."
    )]
    [InlineData(
        "(int, int)",
        "(1,)",
        "TypeError: take() argument 'value' must be tuple[int, int], not tuple",
        "Expected a value for ValueTuple<Int32, Int32>, but found the tuple (1,). Path: $."
    )]
    [InlineData(
        "(int, int)",
        "[1, 2]",
        "TypeError: take() argument 'value' must be tuple[int, int], not list",
        "Expected a value for ValueTuple<Int32, Int32>, but found the list [1, 2]. Path: $."
    )]
    [InlineData(
        "Dictionary<string, int>",
        "{1: 2}",
        "TypeError: take() argument 'value'[0] must be str, not int",
        "String cannot hold the int 1. Path: $[0]."
    )]
    [InlineData("Dictionary<string, int>", "{'a': 1, 'A': 2}", Taken, Taken)]
    [InlineData(
        "Dictionary<Guid, int>",
        "{'11111111-2222-3333-4444-55555555555a': 1, '11111111-2222-3333-4444-55555555555A': 2}",
        "TypeError: take() argument 'value' must be dict[str, int], but has two keys that are equal for the host; the second is the str '11111111-2222-3333-4444-55555555555A'",
        "Dictionary<Guid, Int32> cannot be created: the value has two keys that are equal for the host; the second is the str '11111111-2222-3333-4444-55555555555A'. Path: $."
    )]
    [InlineData(
        "Dictionary<float, int>",
        "{0.1: 1, 0.1 + 1e-16: 2}",
        "TypeError: take() argument 'value' must be dict[float, int], but has two keys that are equal for the host; the second is the float 0.1000000000000001",
        "Dictionary<Single, Int32> cannot be created: the value has two keys that are equal for the host; the second is the float 0.1000000000000001. Path: $."
    )]
    // Records: every field is one of the record's, once; case and underscores are the conventions of two languages.
    [InlineData("Order", "{'item': 'tea', 'zip_code': 1}", Taken, Taken)]
    [InlineData("Order", "{'Item': 'tea', 'zipCode': 1}", Taken, Taken)]
    [InlineData(
        "Order",
        "{'item': 'tea', 'zip': 1}",
        "TypeError: take() argument 'value' must be Order, but has an unknown field 'zip'; the fields are 'item', 'zip_code' and 'state'",
        "Order cannot be created: the value has an unknown field 'zip'; the fields are 'Item', 'ZipCode' and 'State'. Path: $."
    )]
    [InlineData(
        "Order",
        "{'itm': 'tea'}",
        "TypeError: take() argument 'value' must be Order, but has an unknown field 'itm'; did you mean 'item'?",
        "Order cannot be created: the value has an unknown field 'itm'; did you mean 'Item'? Path: $."
    )]
    [InlineData(
        "Order[]",
        "[{'item': 'tea'}, {'item': 'milk', 'zip_coed': 1}]",
        "TypeError: take() argument 'value'[1] must be Order, but has an unknown field 'zip_coed'; did you mean 'zip_code'?",
        "Order cannot be created: the value has an unknown field 'zip_coed'; did you mean 'ZipCode'? Path: $[1]."
    )]
    [InlineData(
        "Order",
        "{'item': 'tea', 'Item': 'milk'}",
        "TypeError: take() argument 'value' must be Order, but has 'item' and 'Item' for the one field 'item'",
        "Order cannot be created: the value has 'item' and 'Item' for the one field 'Item'. Path: $."
    )]
    [InlineData(
        "Order",
        "{'item': 'tea', 'zip_code': 1, 'zipCode': 2}",
        "TypeError: take() argument 'value' must be Order, but has 'zip_code' and 'zipCode' for the one field 'zip_code'",
        "Order cannot be created: the value has 'zip_code' and 'zipCode' for the one field 'ZipCode'. Path: $."
    )]
    [InlineData(
        "Order",
        "{}",
        "TypeError: take() argument 'value' must be Order, but has no 'item'",
        "Order cannot be created: the value has no field for the parameter Item of type String; give the parameter a default value if the field is optional. Path: $."
    )]
    [InlineData(
        "Order",
        "{'item': 'tea', 1: 2}",
        "TypeError: take() argument 'value' must be Order, not dict",
        "Expected a value for Order, but found the dict {'item': 'tea', 1: 2}. Path: $."
    )]
    [InlineData(
        "Order",
        "{'item': None}",
        "TypeError: take() argument 'value'.item must be str, not NoneType",
        "Expected a value for String, but found None. Path: $.item."
    )]
    [InlineData(
        "Order",
        Classes + "@dataclass\nclass Own:\n    item: str\n    count: int\nOwn('tea', 1)",
        "TypeError: take() argument 'value' must be Order, but has an unknown field 'count'; the fields are 'item', 'zip_code' and 'state'",
        "Order cannot be created: the value has an unknown field 'count'; the fields are 'Item', 'ZipCode' and 'State'. Path: $."
    )]
    [InlineData("Order", "class Own:\n    def __init__(self):\n        self.item = 'tea'\n        self._seen = 1\nOwn()", Taken, Taken)]
    public async Task Tools_and_To_accept_or_refuse_a_value(string target, string code, string toolSays, string toSays)
    {
        var (tool, to) = Targets[target];
        var lines = code.Split('\n');
        using var session = await runtime.OpenAsync();
        var cancellation = TestContext.Current.CancellationToken;
        var value = (await session.FeedAsync(code, null, cancellation).InTime()).Value;

        var call =
            $"{string.Join('\n', lines[..^1])}\ntry:\n    take({lines[^1]})\n    r = 'taken'\nexcept Exception as e:\n    r = f'{{type(e).__name__}}: {{e}}'\nr";
        var said = (await session.FeedAsync(call, new FeedOptions { Tools = [tool] }, cancellation).InTime()).Value.AsString();
        string refusal;
        try
        {
            _ = to(value);
            refusal = Taken;
        }
        catch (InvalidCastException refused)
        {
            refusal = refused.Message;
        }

        said.ShouldBe(toolSays);
        refusal.ShouldStartWith(toSays);
    }
}
