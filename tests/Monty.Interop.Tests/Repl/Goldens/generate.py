"""Writes continuation.json beside this file: the verdicts of CPython 3.13's console on many pieces of source.

    python3.13 generate.py

CPython (codeop.compile_command) decides whether a piece is incomplete, and the table below says what is missing then. Each entry is
{"code", "expected"}. CPython judges one statement at a time, so the code before the last statement is compiled separately. An entry with
"unseen": true contains a syntax error that only a parser of expressions finds; the lexer reports such source as incomplete, and "expected"
is the lexer's verdict.
"""
import codeop
import json
import pathlib

here = pathlib.Path(__file__).parent

# Pieces of source by what is missing when they are incomplete. A pair is the code before the last statement, and the last statement.
PIECES = {
"OpenBlock": [
    # nothing, and simple statements
    "", "\n", "   ", "# c", "# c (", "#'''", "x", "x = 1\n", "x = 1;", "print(x);", "...", "1.", "x: int", "x # (", "return_ = 1", "iffy", "define = 2",
    # blocks and their bodies
    "if 1:", "if 1:\n", "if 1:\n\n", "if 1: # c", "if 1: # c (\n", "if 1: pass", "if 1: pass\n", "if 1:\n  pass", "if 1:\n  pass\n", "if 1:\n  pass\n\n",
    "if 1:\n  pass\n ", "if 1:\n  pass\n\t", "if 1:\n  pass\n  # c", "if 1:\n  pass\n# c", "if 1:\n  pass\n  # c\n", "if 1:\n  pass\n# c\n",
    "if 1:\n  # c", "if 1:\n  # c\n", "if 1:\n  # c\n\n", "if 1:\n\n  pass\n\n  x", "if 1:\n  if 2:\n    pass\n", "if 1:\n  if 2:\n    pass\n  x\n",
    "if 1:\n  if 2: pass\n", "if 1:\n  if 2:\n", "if 1:\n    x\n  # c\n    y\n", "if 1:\n    x\n  # c", "if 1:\n\tx\n", "if 1:\n\tx\n\tif y:\n\t\tz\n",
    "if 1:\n  pass\nelse:", "if 1:\n  pass\nelse:\n  pass", "if 1:\n  pass\nelse:\n  pass\n", "if 1:\n  pass\nelif 2:", "if 1:\n  pass\nelif 2:\n  pass\n",
    "if 1: pass\nelse: pass", "if 1: pass\nelse: pass\n", "if 1: pass\nelif 2: pass\nelse:", "for x in y:\n  pass\nelse:", "while 1:\n  pass\nelse:\n  pass\n",
    "for x in y:", "for x in y: pass", "while 1:", "while 1: x", "with x:", "with x as y, z:", "with (x as y, z as w):", "class A:", "class A(B, m=C):",
    "def f():", "def f(): pass", "def f(): pass\n", "def f(a, b=1, *c, d: int = 2, **e) -> dict[str, int]:", "def f(a) -> (lambda: 1):",
    "async def f():", "async def f(): pass\n", "async def f():\n  async for x in y:", "async def f():\n  async with x:\n    pass\n",
    "class A:\n\n  x = 1\n\n  def f(self):\n\n    pass\n", "def f():\n  pass\n\n  def g():\n    pass\n", "def f():\n  '''doc'''", "def f():\n  '''doc'''\n",
    "if x: y; z", "class A: x: int", "if d[1:2]: pass\n", "if x[1:2]:", "if {1: 2}:", "if x := 1:", "if 1.:", "if x.y:", "if \"a:\":", "if é:",
    "\x0cif 1:", "if 1:\r\n  pass\r\n", "if 1:\r\n  pass", "if 1:\r\n", "if lambda: 1:", "if (lambda: 1):", "if [lambda: 1, {2: lambda x: 3}]:", "if lambda x=lambda: 1: 2:",
    "for x in lambda: 1, lambda: 2: pass\n", "def f(a,\n  b):", "if 1:\n  x = (1,\n2)", "if (1\n):",
    # try
    "try:", "try:\n  pass", "try:\n  pass\n", "try:\n  pass\n\n", "try: pass\n", "try:\n  pass\nexcept E:", "try:\n  pass\nexcept E:\n  pass", "try:\n  pass\nexcept E:\n  pass\n",
    "try:\n  pass\nexcept A:\n  pass\nexcept (B, C) as e:\n  pass\nelse:\n  pass\nfinally:", "try: pass\nexcept: pass\nelse: pass\nfinally: pass\n",
    "try:\n  pass\nexcept* E:", "try:\n  pass\nfinally:\n  pass", "try:\n  pass\nfinally:\n  pass\n", "def f():\n  try:\n    pass\n", "def f():\n  try:\n    pass\n\n",
    "def f():\n  try:\n    pass\n  finally:\n    pass\n", "try:\n  try:\n    pass\n  finally:\n    pass\n", "try:\n  pass\nelse:\n  pass\n", "try:\n  pass\nx\n",
    "def f():\n  try:\n    pass\n  x\n", "def f():\n  try:\n    pass\nx\n",
    # match
    "match x:", "match x:\n", "match x:\n  case 1:", "match x:\n  case 1:\n    pass", "match x:\n  case 1:\n    pass\n", "match x:\n  case _: pass\n", "match x:\n  case _: pass",
    "match x:\n  case 1: pass\n  case [a, {'b': c}] if d:", "match (x):", "match x, y:", "match -x:", "match [x]:", "match {1: 2}:", "match lambda: 1:", "match[x]: int", "match(x)", "match = 1",
    "match: int", "match.y: int", "case = 1", "case: int", "case(x)", "match x:\n  pass\n", "match:", "case 1:", "case x:\n", "match x",
    # decorators
    "@foo", "@foo\n", "@foo\n\n", "@foo(1)", "@foo\n@bar", "@foo\ndef f():", "@foo\ndef f():\n  pass", "@foo\ndef f():\n  pass\n", "@foo\nclass A: pass\n", "@foo\nasync def f():",
    "@foo # c", "@(lambda f: f)", "class A:\n  @p", "class A:\n  @p\n", "class A:\n  @p\n  def f(self): pass\n", "@foo\nx", "@foo\nif x:", "@", "class A:\n  @p\nx\n",
    # backslashes
    "x = 1 + \\", "x = 1 + \\\n", "x = \\\n1", "x = \\\n1\n", "\\", "if 1:\n  \\", "if 1:\n  x\\\n", "if x and \\\n y:", "if x \\", "if 1: \\", "if 1: \\\n", "if 1: \\\n pass\n", "# c \\", "# c \\\n", 
    "x \\ y", "x = 1 \\ ", "'a' \\", "assert x, \\",
    # wrong indentation, and clauses without their statement
    "if 1:\nx", "if 1:\nx\n", "if 1:\n  x\n y", "if 1:\n  x\n y\n", "  x", "  x\n", "\tx", "  if x:", "x\n  y", "else:", "elif x:", "except:", "finally:", "except* E:", "for x in y:\n  pass\nelif z:",
    "if 1:\n  pass\nexcept:", "if 1:\n  pass\nelse:\n  pass\nelse:", "while 1:\n  pass\nelse:\n  pass\nelse:", "def f():\n  pass\nelse:", "if 1:\n  pass\nfinally:",
    "for x in y:\n  pass\nfinally:", "if 1:\n\tx\n        y\n", "async if x:",
    # other errors
    "x =", "if 1", "def f()", "def f", "def", "class", "class A", "try", "for x in", "lambda:", "x = lambda:", "x = lambda a:", "if lambda:", "x:", "x.", "not", "import", "1 if x else",
    "async", "async def", "async x", "with", "while", "$", "*", "0x",
    # after other statements
    ("x = 1\n", "y = 2"), ("x = 1\n", "for i in x:"), ("x = 1\n", "for i in x:\n  y"), ("x = 1\n", "for i in x:\n  y\n"), ("x = 1; y = 2\n", "if x: pass"),
    ("if x:\n  y\n", "z"), ("if x:\n  y\n\n\n", "z"), ("if x:\n  y\n", "if z:"), ("def f():\n  pass\n", "f()\n"), ("try:\n  x\nfinally:\n  y\n", "z"),
    ("# c\n\n", "if x:\n"), ("x = 'a' \\\n  'b'\n", "y \\"), ("@a\n@b\ndef f(): pass\n", "@c"), ("if x: y\n", "else_ = 1"),
    ("match x:\n  case 1:\n    pass\n", "case = 2"), ("class A:\n  def f(self):\n    pass\n\n  def g(self):\n    pass\n\n", "A()"),
],
"OpenBracket": [
    "(", "(1,", "(1,\n", "(1,\n2)", "(1,\n2)\n", "[", "{", "{1:", "{1: [2, (3", "{1: [2, (3\n)", "(\n\n", "(1\n# c (", "(# c", "(# c\n", "(# )", "(')'", "foo(x=lambda:", "foo(lambda a:",
    "(yield", "x[1:", "x[", "x = (1,\n)", "a = b = (", "def f(a,", "def f(a,\n", "def f(a) -> [", "def f(a): return (", "class A(", "class A(B):\n  x = [", "if 1:\n  x = [",
    "if 1:\n  x = [\n", "if 1:\n  x = (1,\n2)\n", "if (\n", "(\r\n", "while 1: x = (", "from x import (", "from x import (a,\n", "x: int = (", "type X = (",
    "x = [i for i in y", "print('''a''', (", "print(\"a\" if x else", "x = '#' (", "(]", "(]\n", "([)]", "{(}", ")", "x = 1)", "x = (1))", "x = (1))\n(", "if 1:\n  x = ]",
    "f'{x}' (", "(f'{x}'", "(\\", "(\\\n", "(1 \\\n", "(1, \\",
    ("def f():\n  pass\n", "f("), ("x = (1,\n  2)\n", "y = [\n"),
],
"OpenString": [
    "''", "'a'", "x = \"it's\"", "x = 'say \"hi\"'", "'a\\'b'", "r'\\'", "'''", "''''", "'''''", "''''''", "'''a", "'''a\n", "'''a'", "'''a'''", "'''a\\'''", "'''a\\\\'''", "r'''a\\'''", "r'''a\\''''''",
    "\"\"\"a'''", "'''a\"\"\"", "b'''a", "rb'''a", "Rb'''a", "u'''a", "bu'''a", "x'''a", "x = '''a''' '''", "'''(", "'''#", "x = ('''a", "x = ['''a\n", "if 1:\n  '''", "if 1:\n  '''\nx = 1", "def f():\n  '''doc",
    "'abc", "'abc\n", "x = 'a (", "('(", "('abc\n)", "a = 'a\\\\", "b'abc", "a = 'a\\", "('a\\", "a = 'a\\\n", "a = 'a\\\nb'", "a = 'a\\\nb", "if 1:\n  'abc",
    # f-strings
    "f'a'", "f'{x}'", "f'{x!r:>{y}}'", "f'{{'", "f'{{x}}'", "f'''a", "f'''a{", "f'''a{x", "f'''a{x}", "f'''a{x:", "f'''a{x:{y}", "f'''{'a'", "f'''{'a'}", "f'''{'a'}'''", "f'''{\n'a'\n}'''", "f'''{x}(",
    "rf'''a", "fR'''a", "f'{x", "f'{x\n", "f'{(1,", "f'{(1,\n", "f'{x!r", "f'{'''a", "f'{x:{y", "f'{x:>{", "f'{\n", "f'{\nx}'", "f'{f'{x}'}'", "f'{f\"{x", "f'{\"a\" + '{'}'", "f'{x}", "f'{{\n", "f'{x} (", "f'''{'",
    ("'''doc\n'''\n", "x = '''"), ("x = f'{y}'\n", "f'''{z"),
],
}

# Errors in the middle of what is open or of a header: only a parser of expressions sees them.
UNSEEN = {
    "foo(1, 2 3": "OpenBracket", "foo(1 2": "OpenBracket", "[1 2\n": "OpenBracket", "x y (": "OpenBracket", "x y '''": "OpenString", "if:": "OpenBlock", "if x y:": "OpenBlock", "def f:": "OpenBlock",
    "def 1():": "OpenBlock", "for x:": "OpenBlock", "class 1:": "OpenBlock", "while:": "OpenBlock", "if 1:;": "OpenBlock", "if 1:\n  $": "OpenBlock", "if 1: for x in y: pass": "OpenBlock",
    "@foo bar": "OpenBlock", "match x y:": "OpenBlock", "if 1:\n  x =": "OpenBlock", "f'''{x y": "OpenString", "except_ x (": "OpenBracket", "0b12 (": "OpenBracket",
    "if x; y: z": "OpenBlock", "if x: y = lambda:": "OpenBlock", "x = [\nif 1:": "OpenBracket",
}


def judge(code):
    try:
        return "complete" if codeop.compile_command(code, "<console>", "single") else "incomplete"
    except (SyntaxError, ValueError, OverflowError):
        return "error"


entries = []
for kind, pieces in PIECES.items():
    for piece in pieces:
        before, code = piece if isinstance(piece, tuple) else ("", piece)
        compile(before, "<before>", "exec")
        entries.append({"code": before + code, "expected": kind if judge(code) == "incomplete" else "Complete"})
for code, expected in UNSEEN.items():
    if judge(code) != "error":
        raise SystemExit(f"{code!r} is no error: {judge(code)}")
    entries.append({"code": code, "expected": expected, "unseen": True})

codes = [entry["code"] for entry in entries]
if doubles := {code for code in codes if codes.count(code) > 1}:
    raise SystemExit(f"twice: {doubles}")
lines = ",\n".join("  " + json.dumps(entry, ensure_ascii=False) for entry in entries)
(here / "continuation.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
print(len(entries), "entries")
