"""Writes repr.json beside this file: the repr and other properties of many values in CPython 3.13 or later.

    python3.13 generate.py

Values are written in the JSON format of Monty.Interop (MontyJson). They are encoded here independently of the C# code.
"""
import ast
import base64
import collections
import dataclasses
import datetime as dt
import json
import math
import pathlib
import random
import struct
import sys
import unicodedata
import warnings

random.seed(20240229)
here = pathlib.Path(__file__).parent


# ---- floats: [bits in hex, repr]

def from_bits(bits):
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


def to_bits(x):
    return struct.unpack("<Q", struct.pack("<d", x))[0]


floats = [0.0, -0.0, 1.0, -1.0, 0.1, 0.2, 0.30000000000000004, 1 / 3, 2 / 3, math.pi, math.e, 100.0, 123456789.0, 1.5e300,
          5e-324, 2.2250738585072014e-308, 2.225073858507201e-308, sys.float_info.max, -sys.float_info.max, sys.float_info.epsilon,
          math.inf, -math.inf, math.nan, 9007199254740991.0, 9007199254740992.0, 9007199254740994.0, 9999999999999998.0,
          1e15, 1e16, 1e17, 123456789012345680.0, 1e21, 1e22, 1e23, 1e-3, 1e-4, 1e-5, 0.00012345, 0.000012345, 9.5e-5, 9.999e-5]
for power in range(-323, 309):
    floats += [float(f"1e{power}"), float(f"9.87654321e{power}" if power < 308 else "1.2e308")]
for power in range(-1074, 1024, 3):
    floats.append(math.ldexp(1.0, power))
for base in (1e16, 1e15, 1e-4, 1e-5, 1e22, 1e23):
    floats += [math.nextafter(base, 0), math.nextafter(base, math.inf)]
floats += [from_bits(random.getrandbits(64)) for _ in range(1500)]
floats += [random.uniform(-1e6, 1e6) for _ in range(300)]
floats += [round(random.uniform(-1000, 1000), 2) for _ in range(300)]
floats = [[f"{to_bits(x):016x}", repr(x)] for x in floats]


# ---- str, as UTF-16 code units in hex, so that lone surrogates are kept: [units, repr]

def units(s):
    return s.encode("utf-16-be", "surrogatepass").hex()


strs = ["", "a", "abc", "it's", 'say "hi"', "it's \"both\"", "''", '""', "'", '"', "\\", "\\n", "\n", "\r", "\t", "\r\n", "\0", "\a\b\f\v",
        "\x1b", "\x7f", "\x80", "\x85", "\xa0", "\xad", "\xff", "é", "ß", "naïve", "\u0300", "\u034f", "\u0378", "\u0600", "\u061c", "\u1680",
        "\u180e", "\u2000", "\u200b", "\u200d", "\u200e", "\u2028", "\u2029", "\u202e", "\u202f", "\u205f", "\u2060", "\u3000", "\ue000",
        "\ufdd0", "\ufeff", "\ufff9", "\ufffc", "\ufffd", "\uffff", "日本語", "한국어", "עברית", "😀", "👨‍👩‍👧", "\U0001f1e9\U0001f1ea",
        "\U000e0001", "\U000e0100", "\U000f0000", "\U0010ffff", "\U0001ffff", "\ud800", "\udfff", "x\ud83dy", "\ude00\ud83d", "\ud800\ud800a",
        "a'b\n\"c\"", "tab\tnew\nline", "ends with \\", "x" * 200, "🙂'" * 3]
strs += [chr(c) for c in range(0x180)]
strs = [[units(s), repr(s)] for s in strs]


# ---- bytes: [hex, repr]

blobs = [b"", b"a", b"it's", b'"', b"'\"", b"\\", b"\r\n\t", b"\0\x01\x1f\x20\x7e\x7f\x80\xff", bytes(range(256)), "é".encode()]
blobs = [[b.hex(), repr(b)] for b in blobs]


# ---- all characters: the inclusive ranges that str.isprintable accepts, and the ranges that are not assigned in this version of Unicode

def ranges(accepts):
    found, start = [], None
    for c in range(sys.maxunicode + 2):
        inside = c <= sys.maxunicode and accepts(chr(c))
        if inside and start is None:
            start = c
        elif not inside and start is not None:
            found.append([start, c - 1])
            start = None
    return found


# ---- all other values: [JSON in the format of MontyJson, repr]

Point = collections.namedtuple("Point", "x y")
Empty = collections.namedtuple("Empty", "")
Renamed = collections.namedtuple("Renamed", ["class", "ok"], rename=True)


@dataclasses.dataclass
class Address:
    street: str
    zip: int


@dataclasses.dataclass
class Person:
    name: str
    home: Address
    tags: list


@dataclasses.dataclass
class Nothing:
    pass


def offset_text(delta):
    total = int(delta.total_seconds())
    sign, total = ("-" if total < 0 else "+"), abs(total)
    text = f"{sign}{total // 3600:02}:{total // 60 % 60:02}"
    return text + (f":{total % 60:02}" if total % 60 else "")


def zone_name(zone):
    return zone.tzname(None) if zone is not None and len(zone.__getinitargs__()) == 2 else None


def moment(tag, value, iso):
    name = zone_name(value.tzinfo)
    fold = value.fold if tag == "$time" else 0
    if name is None and not fold:
        return {tag: iso}
    body = {"iso": iso}
    if name is not None:
        body["zone"] = name
    if fold:
        body["fold"] = fold
    return {tag: body}


def encode(v):
    if v is None or v is True or v is False:
        return v
    if isinstance(v, float):
        return v if math.isfinite(v) else {"$float": repr(v)}
    if isinstance(v, int):
        return v if abs(v) <= 2**53 else {"$int": str(v)}
    if isinstance(v, str):
        return v
    if isinstance(v, bytes):
        return {"$bytes": base64.b64encode(v).decode()}
    if isinstance(v, list):
        return [encode(x) for x in v]
    if isinstance(v, tuple) and hasattr(v, "_fields"):
        return {"$namedtuple": {"type": type(v).__name__, "fields": {k: encode(x) for k, x in v._asdict().items()}}}
    if isinstance(v, tuple):
        return {"$tuple": [encode(x) for x in v]}
    if isinstance(v, set):
        return {"$set": [encode(x) for x in v]}
    if isinstance(v, frozenset):
        return {"$frozenset": [encode(x) for x in v]}
    if isinstance(v, dict):
        plain = all(isinstance(k, str) for k in v) and not (len(v) == 1 and next(iter(v)).startswith("$"))
        return {k: encode(x) for k, x in v.items()} if plain else {"$dict": [[encode(k), encode(x)] for k, x in v.items()]}
    if isinstance(v, dt.datetime):
        return moment("$datetime", v, v.isoformat())
    if isinstance(v, dt.date):
        return {"$date": v.isoformat()}
    if isinstance(v, dt.time):
        return moment("$time", v, v.isoformat())
    if isinstance(v, dt.timedelta):
        return {"$timedelta": {"days": v.days, "seconds": v.seconds, "microseconds": v.microseconds}}
    if isinstance(v, dt.timezone):
        text, name = offset_text(v.utcoffset(None)), zone_name(v)
        return {"$timezone": text if name is None else {"offset": text, "name": name}}
    if isinstance(v, pathlib.PurePosixPath):
        return {"$path": str(v)}
    if isinstance(v, BaseException):
        return {"$exception": {"type": type(v).__name__, **({"message": v.args[0]} if v.args else {})}}
    if isinstance(v, type):
        return {"$type": v.__name__}
    if v is ...:
        return {"$ellipsis": True}
    if v is NotImplemented:
        return {"$notimplemented": True}
    if dataclasses.is_dataclass(v):
        return {"$dataclass": {"type": type(v).__name__, "fields": {f.name: encode(getattr(v, f.name)) for f in dataclasses.fields(v)}}}
    if callable(v):
        return {"$builtin": v.__name__}
    raise TypeError(type(v))


hour = dt.timezone(dt.timedelta(hours=1))
west = dt.timezone(dt.timedelta(hours=-5, minutes=-30))
odd = dt.timezone(dt.timedelta(hours=-1, seconds=-7))
named = dt.timezone(dt.timedelta(hours=2), "CEST")
values = [
    None, True, False, ..., NotImplemented, 0, 1, -1, 2**31, -2**31, 2**53, -2**53, 2**53 + 1, -2**53 - 1, 2**63 - 1, -2**63, 2**63, -2**63 - 1,
    10**40, -10**40, 2**1000, 1.5, -0.0, 1e16, 1e-7, math.inf, -math.inf, math.nan, "x", "it's", b"\xff",
    [], [1], [1, "a", None], [[], [[]]], (), (1,), (1, 2), ((1,), ()), {}, {"a": 1}, {1: 2, "a": None, (1, 2): [3], None: 4, 1.5: 6, b"x": 7},
    {"$tuple": 1}, {"$": 1}, {"$a": 1, "$b": 2}, {"": ""}, {"a": {"b": {"c": [1, (2,)]}}},
    set(), {1}, {(1, "a")}, frozenset(), frozenset({1}), frozenset({frozenset()}), {1: {2}},
    Point(1, 2), Point([1], "it's"), Empty(), Renamed(1, 2), [Point(1, Point(2, 3))],
    Address("Main", 1), Person("Ann", Address("O'Hara \"St\"", 2), ["a", (1,)]), Nothing(),
    dt.date(1, 1, 1), dt.date(2024, 2, 29), dt.date(9999, 12, 31),
    dt.time(), dt.time(1, 2), dt.time(1, 2, 3), dt.time(1, 2, 0, 4), dt.time(1, 2, 3, 4), dt.time(23, 59, 59, 999999), dt.time(1, 2, fold=1),
    dt.time(1, 2, tzinfo=dt.timezone.utc), dt.time(1, 2, 3, tzinfo=west, fold=1), dt.time(1, 2, tzinfo=named),
    dt.datetime(1, 1, 1), dt.datetime(2024, 1, 2), dt.datetime(2024, 1, 2, 3, 4), dt.datetime(2024, 1, 2, 3, 4, 5), dt.datetime(2024, 1, 2, 3, 4, 0, 6),
    dt.datetime(9999, 12, 31, 23, 59, 59, 999999), dt.datetime(2024, 1, 2, tzinfo=dt.timezone.utc), dt.datetime(2024, 1, 2, 3, 4, 5, 6, tzinfo=hour),
    dt.datetime(2024, 1, 2, tzinfo=west), dt.datetime(2024, 1, 2, tzinfo=odd), dt.datetime(2024, 1, 2, tzinfo=named),
    dt.datetime(2024, 1, 2, tzinfo=dt.timezone(dt.timedelta(0), "UTC")),
    dt.timedelta(), dt.timedelta(1), dt.timedelta(seconds=1), dt.timedelta(microseconds=1), dt.timedelta(microseconds=-1), dt.timedelta(days=-1),
    dt.timedelta(1, 2, 3), dt.timedelta.max, dt.timedelta.min,
    dt.timezone.utc, dt.timezone(dt.timedelta(0)), dt.timezone(dt.timedelta(0), "UTC"), hour, west, odd, named, dt.timezone(dt.timedelta(0), "it's"),
    dt.timezone(dt.timedelta(hours=23, minutes=59, seconds=59)), dt.timezone(-dt.timedelta(hours=23, minutes=59, seconds=59)),
    pathlib.PurePosixPath("/a/b"), pathlib.PurePosixPath("it's"), pathlib.PurePosixPath("."),
    ValueError("x"), ValueError(), KeyError("it's"), RuntimeError(""), StopIteration(),
    int, str, list, dict, type(None), ValueError, len, print,
    [None, True, ..., 1, 1.0, "s", b"b", (), {"k": [dt.date(2024, 1, 1), pathlib.PurePosixPath("/x")]}, {1}, Point(ValueError("z"), int)],
]
values = [[encode(v), repr(v).replace("PurePosixPath(", "PosixPath(")] for v in values]

# ---- literals: [text, repr of the result of ast.literal_eval, or null if it refuses the text]

literals = [
    "None", "True", "False", "...", "x", "nonesuch", "None None", "", " ", " 7", "7 ",
    "0", "00", "0_0", "01", "1_000", "1__0", "_1", "1_", "0x_ff", "0XFF", "0x", "0xg", "0x1_", "0o17", "0o8", "0b101", "0b2", "0b1_1", "0b", "9" * 60,
    "- 5", "+5", "-0", "--5", "-'a'", "-1.5", "-0.0", "1.", ".5", ".", "1.5e3", "1e5", "1E-5", "1e", "1e+", "1_0.0_1e1_0", "1._0", "0.1", "01.5",
    "1.5.2", "1e16", "12abc", "1j",
    "''", '""', "'a'", '"a"', r"'it\'s'", '"it\'s"', "'a\nb'", "'''a\nb'''", '"""x"y"""', "'a", "'''a''", "''''a'''", "'a' 'b'", "'a'\"b\"", "('a'\n 'b')",
    r"r'\n'", r"R'\\'", r"r'\''", r"r'\'", "u'x'", "U'x'", "ur'x'", "b'a'", "B'a'", r"rb'\x'", r"bR'\x'", r"b'\xff'", "b'é'", r"b'\377'",
    "b'a' b'b'", "b'a' 'b'", "'a' b'b'", "f'{x}'", "rf'{x}'",
    r"'\x41\u00e9\U0001f600'", r"'\x4'", r"'\u12'", r"'\U00110000'", r"'\a\b\f\v\0\n\r\t'", r"'\101\7\18'", r"b'\101'", "'a\\\nb'", r"b'\u0041'", r"'\\'", "'\\",
    r"'\d'", r'"tab\there"', "'é'", "'\U0001f600'",
    "()", "(1)", "(1,)", "(1, 2)", "(1, 2,)", "(,)", "(1,,2)", "((1))", "((1,),)", "[]", "[1,]", "[,]", "[1 2]", "[1", "]", "[1, [2, (3,)]]", "[\n  1,\n  2\n]",
    "{}", "{1}", "{1,}", "{,}", "{1: 2}", "{1: 2,}", "{1: 2, 3}", "{1, 2: 3}", "{'a': 1, 'a': 2}", "{'a': {'b': [1]}}", "{1:}", "{:1}",
    "{[1]: 2}", "{(1, [2]): 3}", "{{}}", "{(1, 'a'): b'x'}", "set()", "set( )", "{'$tuple': [1]}",
    "len(x)", "1 + x", "a.b", "[x for x in y]", "lambda: 1", "'a' if True else 'b'", "[*[1]]", "{**{}}", "1 < 2", "not True",
]


def literal(text):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return repr(ast.literal_eval(text))
    except (SyntaxError, ValueError, TypeError):
        return None


literals = [[text, literal(text)] for text in literals]

golden = {
    "python": sys.version.split()[0],
    "unicode": unicodedata.unidata_version,
    "floats": floats,
    "strs": strs,
    "bytes": blobs,
    "printable": ranges(str.isprintable),
    "unassigned": ranges(lambda c: unicodedata.category(c) == "Cn"),
    "values": values,
    "literals": literals,
}


def rows(table):
    return "[\n" + ",\n".join("    " + json.dumps(row) for row in table) + "\n  ]"


with open(here / "repr.json", "w", encoding="utf-8", newline="\n") as out:
    out.write("{\n" + ",\n".join(f'  "{k}": {rows(v) if isinstance(v, list) else json.dumps(v)}' for k, v in golden.items()) + "\n}\n")
