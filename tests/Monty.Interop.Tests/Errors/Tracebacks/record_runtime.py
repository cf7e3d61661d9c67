#!/usr/bin/env python3.13
"""Writes the goldens of the real runtime: frames as it sends them, and the text that CPython has for the same script.

Run with CPython 3.13 and the path of the worker: python3.13 record_runtime.py <monty>

A script is recorded when the two agree where it failed, frame for frame. A frame whose carets the runtime hides agrees when CPython shows
none either. The others are listed with the reason. The last line, type and message, is always the runtime's.
"""
import contextlib
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
            "FileName": FILE, "Start": place(found[2]), "End": place(found[3]), "FunctionName": text(found.get(4)),
            "PreviewLine": text(found.get(5)), "HideCaret": bool(found.get(6)), "HideFunctionName": bool(found.get(7))}

    return {"Type": text(raised[1]), "Message": text(raised.get(2)), "Frames": [frame(body) for body in raised.get(3, [])]}


def blocks(traceback_text):
    """The lines of each frame in a traceback."""
    found = []
    for line in traceback_text.splitlines():
        if line.startswith("  File "):
            found.append([])
        if found and line.startswith("  "):
            found[-1].append(line)
    return found


def difference(ours, theirs, traceback_text):
    """Why a script is not recorded, or None."""
    if ours is None:
        return "no error"
    if len(ours["Frames"]) != len(theirs["Frames"]):
        return f"{len(ours['Frames'])} frames, CPython has {len(theirs['Frames'])}"
    if "Previous line repeated" in traceback_text:
        shown = [[]] * len(theirs["Frames"])
    else:
        shown = blocks(traceback_text)
    for our, their, block in zip(ours["Frames"], theirs["Frames"], shown, strict=True):
        what = f"line {our['Start']['Line']}"
        has_carets = any(set(line.strip()) <= set("~^") and line.strip() for line in block)
        if our["FunctionName"] != their["FunctionName"] or our["HideFunctionName"] != their["HideFunctionName"]:
            return f"{what}: function {our['FunctionName']!r}, CPython has {their['FunctionName']!r}"
        if our["HideCaret"] and has_carets:
            return f"{what}: carets hidden, CPython shows them"
        if our["Start"]["Line"] != their["Start"]["Line"]:
            return f"{what}: CPython has line {their['Start']['Line']}"
        if not our["HideCaret"] and (our["Start"], our["End"]) != (their["Start"], their["End"]):
            return f"{what}: {our['Start']} {our['End']}, CPython has {their['Start']} {their['End']}"
        omission = next((line for line in our["PreviewLine"].splitlines() if line.startswith("...<")), None)
        if omission and f"    {omission}" not in block:
            return f"{what}: lines left out"
    return None


def main():
    worker = Worker(sys.argv[1])
    folder = pathlib.Path(__file__).resolve().parent / "Runtime"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.txt"):
        old.unlink()
    recorded = 0
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):
        for name, source in CASES.items():
            theirs, traceback_text = record(source)
            raised = worker.run(source)
            ours = runtime_error(raised) if raised else None
            reason = difference(ours, theirs, traceback_text)
            if reason is None:
                last = f"{ours['Type']}: {ours['Message']}" if ours["Message"] else ours["Type"]
                their_last = f"{theirs['Type']}: {theirs['Message']}" if theirs["Message"] else theirs["Type"]
                write(folder / f"{name}.txt", source, ours, traceback_text.removesuffix(their_last + "\n") + last + "\n")
                recorded += 1
            else:
                print(f"{name}: {ours['Type'] if ours else ''} {reason}")
    print(f"{recorded} recorded")


if __name__ == "__main__":
    main()
