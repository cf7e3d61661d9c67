using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Monty.Interop.Tests.Tools;

public readonly record struct Point(int X, int Y = 2);

public sealed record Page<T>(IReadOnlyList<T> Items, int From, string @class = "a = b");

/// <summary>All types that tools support as parameters or results, each with a tool, its stub, a call and the result of the call.</summary>
internal static class SupportedTypes
{
    public sealed record Sample(Delegate Tool, string Stub, string Call, string Result);

    public static readonly IReadOnlyDictionary<string, Sample> All = new Dictionary<string, Sample>
    {
        ["bool"] = new((bool a) => a, "def f(a: bool) -> bool: ...", "f(True)", "True"),
        ["sbyte"] = new((sbyte a) => a, "def f(a: int) -> int: ...", "f(-128)", "-128"),
        ["byte"] = new((byte a) => a, "def f(a: int) -> int: ...", "f(255)", "255"),
        ["short"] = new((short a) => a, "def f(a: int) -> int: ...", "f(-32768)", "-32768"),
        ["ushort"] = new((ushort a) => a, "def f(a: int) -> int: ...", "f(65535)", "65535"),
        ["int"] = new((int a = -1) => a, "def f(a: int = -1) -> int: ...", "f(False), f()", "(0, -1)"),
        ["uint"] = new((uint a) => a, "def f(a: int) -> int: ...", "f(2 ** 32 - 1)", "4294967295"),
        ["long"] = new((long a) => a, "def f(a: int) -> int: ...", "f(-2 ** 63)", "-9223372036854775808"),
        ["ulong"] = new((ulong a) => a, "def f(a: int) -> int: ...", "f(2 ** 64 - 1)", "18446744073709551615"),
        ["Int128"] = new((Int128 a) => a, "def f(a: int) -> int: ...", "f(2 ** 100)", "1267650600228229401496703205376"),
        ["UInt128"] = new((UInt128 a) => a, "def f(a: int) -> int: ...", "f(2 ** 100)", "1267650600228229401496703205376"),
        ["BigInteger"] = new(
            (BigInteger a) => a,
            "def f(a: int) -> int: ...",
            "f(-2 ** 200)",
            "-1606938044258990275541962092341162602522202993782792835301376"
        ),
        ["Half"] = new((Half a) => a, "def f(a: float) -> float: ...", "f(0.5)", "0.5"),
        ["float"] = new((float a) => a, "def f(a: float) -> float: ...", "f(0.5)", "0.5"),
        ["double"] = new(
            (double a = 1.5) => a,
            "def f(a: float = 1.5) -> float: ...",
            "f(3), f(2 ** 53 + 1), f(), f(float('inf'))",
            "(3.0, 9007199254740992.0, 1.5, inf)"
        ),
        ["double default without a literal"] = new((double a = double.NaN) => a, "def f(a: float = ...) -> float: ...", "f()", "nan"),
        ["decimal"] = new((decimal a = 0.10m) => a, "def f(a: float = 0.1) -> float: ...", "f(19.99), f(3), f()", "(19.99, 3.0, 0.1)"),
        ["string"] = new(
            (string a = "it's \"so\"") => a,
            "def f(a: str = 'it\\'s \"so\"') -> str: ...",
            "f('é'), f()",
            "('é', 'it\\'s \"so\"')"
        ),
        ["char"] = new((char a) => a, "def f(a: str) -> str: ...", "f('x')", "'x'"),
        ["byte[]"] = new((byte[] a) => a, "def f(a: bytes) -> bytes: ...", "f(b'\\x00a')", "b'\\x00a'"),
        ["ReadOnlyMemory<byte>"] = new((ReadOnlyMemory<byte> a) => a, "def f(a: bytes) -> bytes: ...", "f(b'')", "b''"),
        ["DateTime"] = new(
            (DateTime a) => a,
            "def f(a: datetime.datetime) -> datetime.datetime: ...",
            "import datetime\nf(datetime.datetime(2024, 1, 2, 3))",
            "datetime.datetime(2024, 1, 2, 3, 0)"
        ),
        ["DateTimeOffset"] = new(
            (DateTimeOffset a) => a,
            "def f(a: datetime.datetime) -> datetime.datetime: ...",
            "import datetime\nf(datetime.datetime(2024, 1, 2, 3, tzinfo=datetime.timezone.utc))",
            "datetime.datetime(2024, 1, 2, 3, 0, tzinfo=datetime.timezone.utc)"
        ),
        ["DateOnly"] = new(
            (DateOnly a = default) => a,
            "def f(a: datetime.date = ...) -> datetime.date: ...",
            "f()",
            "datetime.date(1, 1, 1)"
        ),
        ["TimeOnly"] = new(
            (TimeOnly a) => a,
            "def f(a: datetime.time) -> datetime.time: ...",
            "import datetime\nf(datetime.time(3, 4))",
            "datetime.time(3, 4)"
        ),
        ["TimeSpan"] = new(
            (TimeSpan a) => a,
            "def f(a: datetime.timedelta) -> datetime.timedelta: ...",
            "import datetime\nf(datetime.timedelta(hours=3))",
            "datetime.timedelta(seconds=10800)"
        ),
        ["Guid"] = new(
            (Guid a) => a,
            "def f(a: str) -> str: ...",
            "f('00000000-0000-0000-0000-00000000000a')",
            "'00000000-0000-0000-0000-00000000000a'"
        ),
        ["Uri"] = new((Uri a) => a, "def f(a: str) -> str: ...", "f('https://example.org/a?b')", "'https://example.org/a?b'"),
        ["enum"] = new(
            (Unit a = Unit.F) => a,
            "def f(a: Literal[\"C\", \"F\"] = \"F\") -> Literal[\"C\", \"F\"]: ...",
            "f('C'), f()",
            "('C', 'F')"
        ),
        ["enum?"] = new(
            (Unit? a = Unit.F) => a,
            "def f(a: Literal[\"C\", \"F\"] | None = \"F\") -> Literal[\"C\", \"F\"] | None: ...",
            "f(None), f()",
            "(None, 'F')"
        ),
        ["int?"] = new((int? a = null) => a, "def f(a: int | None = None) -> int | None: ...", "f(3), f(None), f()", "(3, None, None)"),
        ["string?"] = new(string? (string? a) => a, "def f(a: str | None) -> str | None: ...", "f(None)", "None"),
        ["MontyValue"] = new((MontyValue a) => a, "def f(a: Any) -> Any: ...", "f({1: (2, None)})", "{1: (2, None)}"),
        ["MontyDict"] = new((MontyDict a) => a, "def f(a: dict[Any, Any]) -> dict[Any, Any]: ...", "f({1: (2, None)})", "{1: (2, None)}"),
        ["JsonElement"] = new(
            (JsonElement a) => a,
            "def f(a: Any) -> Any: ...",
            "f({'a': [1, None]}), f(None)",
            "({'a': [1, None]}, None)"
        ),
        ["JsonNode"] = new((JsonNode? a) => a, "def f(a: Any) -> Any: ...", "f({'a': [1, None]}), f(None)", "({'a': [1, None]}, None)"),
        ["JsonObject"] = new((JsonObject a) => a, "def f(a: dict[str, Any]) -> dict[str, Any]: ...", "f({'a': 1})", "{'a': 1}"),
        ["int[]"] = new((int[] a) => a, "def f(a: list[int]) -> list[int]: ...", "f([1, 2])", "[1, 2]"),
        ["int[][]"] = new((int[][] a) => a, "def f(a: Sequence[list[int]]) -> list[list[int]]: ...", "f([[1], []])", "[[1], []]"),
        ["List"] = new((List<string?> a) => a, "def f(a: Sequence[str | None]) -> list[str | None]: ...", "f(['a', None])", "['a', None]"),
        ["IEnumerable"] = new(
            (IEnumerable<double> a) => a.Select(x => x * 2),
            "def f(a: Sequence[float]) -> list[float]: ...",
            "f([1, 2.5])",
            "[2.0, 5.0]"
        ),
        ["IReadOnlyList"] = new(
            (IReadOnlyList<Unit> a) => a,
            "def f(a: Sequence[Literal[\"C\", \"F\"]]) -> list[Literal[\"C\", \"F\"]]: ...",
            "f(['C'])",
            "['C']"
        ),
        ["ImmutableArray"] = new(() => ImmutableArray.Create(1, 2), "def f() -> list[int]: ...", "f()", "[1, 2]"),
        ["HashSet"] = new((HashSet<int> a) => a, "def f(a: set[int]) -> set[int]: ...", "f({1})", "{1}"),
        ["IReadOnlySet"] = new((IReadOnlySet<string> a) => a, "def f(a: set[str]) -> set[str]: ...", "f({'a'})", "{'a'}"),
        ["FrozenSet"] = new(() => FrozenSet.Create(1), "def f() -> frozenset[int]: ...", "f()", "frozenset({1})"),
        ["Dictionary"] = new(
            (Dictionary<string, int> a) => a,
            "def f(a: dict[str, int]) -> dict[str, int]: ...",
            "f({'a': 1})",
            "{'a': 1}"
        ),
        ["IReadOnlyDictionary"] = new(
            (IReadOnlyDictionary<int, double?> a) => a,
            "def f(a: Mapping[int, float | None]) -> dict[int, float | None]: ...",
            "f({1: 2, 3: None})",
            "{1: 2.0, 3: None}"
        ),
        ["SortedDictionary"] = new(
            () => new SortedDictionary<int, string> { [2] = "b", [1] = "a" },
            "def f() -> dict[int, str]: ...",
            "f()",
            "{1: 'a', 2: 'b'}"
        ),
        ["tuple"] = new(
            ((int, string?) a) => a,
            "def f(a: tuple[int, str | None]) -> tuple[int, str | None]: ...",
            "f((1, None))",
            "(1, None)"
        ),
        ["record struct"] = new(
            (Point a) => a,
            "def f(a: Point) -> Point: ...",
            "f(Point(1)), f({'x': 3})",
            "(Point(x=1, y=2), Point(x=3, y=2))"
        ),
        ["nullable record struct"] = new(
            (Point? a = null) => a,
            "def f(a: Point | None = None) -> Point | None: ...",
            "f(), (f(Point(1, 5)) or Point(0)).y",
            "(None, 5)"
        ),
        ["generic record"] = new(
            (Page<Point> a) => a,
            "def f(a: PageOfPoint) -> PageOfPoint: ...",
            "f(PageOfPoint([Point(1)], from_=4)).class_",
            "'a = b'"
        ),
        ["recursive record"] = new(
            (Region a) => a.Parts,
            "def f(a: Region) -> list[Region]: ...",
            "f(Region('a', [Region('b', [])]))",
            "[Region(name='b', parts=[])]"
        ),
        ["params"] = new(
            (int a, params double[] b) => b.Sum() + a,
            "def f(a: int, *b: float) -> float: ...",
            "f(1, 2, 3.5), f(a=1)",
            "(6.5, 1.0)"
        ),
        ["void"] = new(() => { }, "def f() -> None: ...", "f()", "None"),
        ["Task"] = new(() => Task.CompletedTask, "async def f() -> None: ...", "await f()", "None"),
        ["ValueTask"] = new(() => ValueTask.CompletedTask, "async def f() -> None: ...", "await f()", "None"),
        ["Task<T?>"] = new(
            Task<string?> (string? a) => Task.FromResult(a),
            "async def f(a: str | None) -> str | None: ...",
            "await f(None)",
            "None"
        ),
        ["ValueTask<T>"] = new((int a) => ValueTask.FromResult(a), "async def f(a: int) -> int: ...", "await f(2)", "2"),
        ["IAsyncEnumerable"] = new(() => new[] { 1, 2 }.ToAsyncEnumerable(), "async def f() -> list[int]: ...", "await f()", "[1, 2]"),
    };
}
