#!/usr/bin/env python3.13
"""Writes one golden file a case beside this script: the source, the error as the runtime would report it, and CPython's own traceback.

Run with CPython 3.13: python3.13 generate.py
"""
import contextlib
import json
import linecache
import pathlib
import sys
import tempfile
import textwrap
import traceback

from cases import CASES, RUNTIME_ONLY

FILE = "main.py"


def preview(lines, first, last):
    """What the runtime gives: a line as it is, several without their common indentation."""
    if first == last:
        return lines[first - 1]
    return textwrap.dedent("\n".join(lines[first - 1:last]))


def error_type(name):
    """The type as the runtime names it."""
    return {"dataclasses.FrozenInstanceError": "FrozenInstanceError", "json.decoder.JSONDecodeError": "json.JSONDecodeError"}.get(name, name)


def error_message(exception):
    """The message as the runtime sends it; of a KeyError that is the text of the key, which is not the text of the exception."""
    if not exception.args:
        return None
    if isinstance(exception, KeyError):
        # The one message that the runtime sends with its quotes.
        return str(exception) if exception.args[0] == "popitem(): dictionary is empty" else str(exception.args[0])
    return exception.msg if isinstance(exception, SyntaxError) else str(exception)


def column(line, offset):
    return len(line.encode()[:offset].decode(errors="replace")) + 1


def frame(name, start, end, text, is_syntax_error=False):
    return {
        "FileName": FILE,
        "Start": {"Line": start[0], "Column": start[1]},
        "End": {"Line": end[0], "Column": end[1]},
        "FunctionName": name,
        "PreviewLine": text,
        "HideFunctionName": is_syntax_error,
    }


def stack_frames(tb, lines):
    while tb is not None:
        code = tb.tb_frame.f_code
        if code.co_filename == FILE:
            first, last, start, end = list(code.co_positions())[tb.tb_lasti // 2]
            yield frame(
                code.co_name, (first, column(lines[first - 1], start)), (last, column(lines[last - 1], end)), preview(lines, first, last))
        tb = tb.tb_next


def syntax_frame(error, lines):
    last = error.end_lineno if error.end_lineno not in (None, 0) else error.lineno
    end = error.end_offset if error.end_offset not in (None, 0) else error.offset
    text = "\n".join(lines[error.lineno - 1:last]) if last > error.lineno else error.text.rstrip("\n")
    return frame(None, (error.lineno, error.offset), (last, end), text, is_syntax_error=True)


def keep_own_frames(raised):
    """Drops the frames of the library from an exception and those before it."""
    while raised is not None:
        raised.stack = traceback.StackSummary.from_list([each for each in raised.stack if each.filename == FILE])
        raised = raised.__cause__ or raised.__context__


def record(source):
    """The error of a script as a dictionary, its traceback, and its traceback with the exceptions before it."""
    lines = source.split("\n")
    pathlib.Path(FILE).write_text(source, encoding="utf-8", newline="")
    linecache.clearcache()
    try:
        exec(compile(source, FILE, "exec"), {"__name__": "__main__"})
    except BaseException as error:
        raised = traceback.TracebackException.from_exception(error)
        keep_own_frames(raised)
        frames = list(stack_frames(error.__traceback__, lines))
        if isinstance(error, SyntaxError) and error.lineno is not None:
            frames.append(syntax_frame(error, lines))
        # The suggestions of CPython ("Did you mean") are no part of the exception.
        raised._str = str(error)
        recorded = {"Type": error_type(raised.exc_type_str), "Message": error_message(error), "Frames": frames}
        return recorded, "".join(raised.format(chain=False)), "".join(raised.format(chain=True))
    raise AssertionError("the script ended without an exception")


def write(path, source, error, texts):
    frames = ",\n".join("  " + json.dumps(each, ensure_ascii=False) for each in error["Frames"])
    head = json.dumps({key: value for key, value in error.items() if key != "Frames"}, ensure_ascii=False)[:-1]
    body = f'{head}, "Frames": [\n{frames}\n]}}'
    sections = "".join(f"--- {title}\n{text}" for title, text in texts.items())
    path.write_text(f"--- source\n{source}--- error\n{body}\n{sections}", encoding="utf-8", newline="\n")


def main():
    if sys.version_info[:2] != (3, 13):
        sys.exit("the goldens are those of CPython 3.13")
    folder = pathlib.Path(__file__).resolve().parent / "CPython"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.txt"):
        old.unlink()
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):
        for name, source in CASES.items():
            if name in RUNTIME_ONLY:
                continue
            error, text, _ = record(source)
            write(folder / f"{name}.txt", source, error, {"traceback": text})


if __name__ == "__main__":
    main()
