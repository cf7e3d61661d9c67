#!/usr/bin/env python3.13
"""Writes the goldens of the real runtime: the error as it sends it, and the text that the client shows for it.

Run with CPython 3.13, the path of the worker and the path of the command line: python3.13 record_runtime.py <monty> <montynet>

A script goes to Runtime when the client shows the text that CPython has for it, but for the wording of the message, which is the runtime's.
The others go to Differences, with CPython's text too. Read what changes there before you commit it, and keep docs/concepts/tracebacks.md true.
"""
import contextlib
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

from cases import CASES
from generate import FILE, record, write


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def message(field, body):
    body = body.encode() if isinstance(body, str) else body
    return varint(field << 3 | 2) + varint(len(body)) + body


def number(field, value):
    return varint(field << 3) + varint(value)


def fields(body):
    """Field number to the list of its values."""
    found, at = {}, 0

    def take():
        nonlocal at
        value = shift = 0
        while True:
            byte = body[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(body):
        key = take()
        value = take()
        if key & 7 == 2:
            value, at = body[at:at + value], at + value
        found.setdefault(key >> 3, []).append(value)
    return found


class Worker:
    def __init__(self, binary):
        self.process = subprocess.Popen([binary, "subprocess"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={})

    def ask(self, request):
        """The event that ends the turn: its field number and body."""
        self.process.stdin.write(struct.pack("<I", len(request)) + request)
        self.process.stdin.flush()
        while True:
            length, = struct.unpack("<I", self.process.stdout.read(4))
            event = fields(self.process.stdout.read(length))
            kind = min(event)
            if kind != 1:
                return kind, event[kind][0]

    def run(self, source):
        """The error that a script ends with, or None. Whatever it asks the host for does not exist."""
        self.ask(message(9, b""))
        self.ask(message(1, message(1, FILE) + number(9, 2)))
        kind, body = self.ask(message(3, message(1, source)))
        while kind in (2, 4):
            event = fields(body)
            if kind == 2:
                answer = message(4, number(1, event.get(4, [0])[0]) + message(2, message(4, event[1][0])))
            else:
                answer = message(5, message(2, b""))
            kind, body = self.ask(answer)
        return fields(fields(body)[1][0]) if kind == 7 else None


def text(values):
    return values[0].decode() if values else None


def place(values):
    line, column = fields(values[0]).get(1, [0])[0], fields(values[0]).get(2, [0])[0]
    return {"Line": line, "Column": column}


def runtime_error(raised):
    def frame(body):
        found = fields(body)
        return {
            "FileName": "<unknown>" if found[1] == [b"\0"] else FILE, "Start": place(found[2]), "End": place(found[3]), "FunctionName": text(found.get(4)),
            "PreviewLine": text(found.get(5)), "HideCaret": bool(found.get(6)), "HideFunctionName": bool(found.get(7))}

    return {"Type": text(raised[1]), "Message": text(raised.get(2)), "Frames": [frame(body) for body in raised.get(3, [])]}


def last_line(error):
    return (f"{error['Type']}: {error['Message']}" if error["Message"] else error["Type"]) + "\n"


def shown_by_client(command_line, source):
    """The traceback that the client shows for a script."""
    found = subprocess.run(
        [command_line, "run", "--json", "--script-name", FILE, "-"], input=source.encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return json.loads(found.stdout)["error"]["traceback"] + "\n"


def empty(folder):
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.txt"):
        old.unlink()
    return folder


def main():
    worker, command_line = Worker(sys.argv[1]), str(pathlib.Path(sys.argv[2]).resolve())
    here = pathlib.Path(__file__).resolve().parent
    same, different = empty(here / "Runtime"), empty(here / "Differences")
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):
        for name, source in CASES.items():
            theirs, _, text = record(source)
            raised = worker.run(source)
            if raised is None:
                print(f"{name}: no error")
                continue
            ours = runtime_error(raised)
            if (ours["Message"] or "").startswith("The monty syntax parser does not yet support"):
                print(f"{name}: {ours['Message']}")
                continue
            shown = shown_by_client(command_line, source)
            if ours["Message"] != theirs["Message"]:
                text = text.removesuffix(last_line(theirs)) + last_line(ours)
            if shown == text:
                write(same / f"{name}.txt", source, ours, {"traceback": shown})
            else:
                print(f"{name}: shown in another way")
                write(different / f"{name}.txt", source, ours, {"CPython": text, "traceback": shown})


if __name__ == "__main__":
    main()
