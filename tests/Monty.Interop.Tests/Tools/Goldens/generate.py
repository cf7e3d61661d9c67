"""Writes binding.json beside this file: the errors that CPython raises for many calls of many signatures.

    python3 generate.py

Python 3.10 or later. Since 3.13 CPython adds a suggestion to an unexpected keyword; the runtime's own functions do not, so it is removed.
"""
import itertools
import json
import pathlib
import random

random.seed(20240229)
here = pathlib.Path(__file__).parent


def make(kind, params, rest):
    """Returns a callable, and its name in error messages."""
    declared = ", ".join(name + ("=None" if optional else "") for name, optional in params)
    if rest:
        declared += (", " if declared else "") + "*rest"
    scope = {}
    if kind == "function":
        exec(f"def add({declared}): pass", scope)
        return scope["add"], "add"
    name = "__init__" if kind == "init" else "deposit"
    exec(f"class Account:\n    def {name}(self{', ' if declared else ''}{declared}): pass", scope)
    return (scope["Account"] if kind == "init" else scope["Account"]().deposit), f"Account.{name}"


def outcome(function, positional, keywords):
    try:
        function(*range(positional), **{name: 0 for name in keywords})
        return None
    except TypeError as error:
        return str(error).split(". Did you mean")[0]


rows = []
names = ["a", "b", "c"]
for kind, count in itertools.product(["function", "method", "init"], range(4)):
    for optional in range(count + 1):
        for rest in (False, True):
            params = [(name, i >= count - optional) for i, name in enumerate(names[:count])]
            function, name = make(kind, params, rest)
            calls = [(positional, ()) for positional in range(count + 3)]
            for positional in range(count + 2):
                for size in (1, 2):
                    chosen = list(itertools.permutations(names[:count] + ["x", "y"], size))
                    calls += [(positional, keywords) for keywords in random.sample(chosen, min(2, len(chosen)))]
            for positional, keywords in calls:
                rows.append([name, kind != "function", params, rest, positional, list(keywords), outcome(function, positional, keywords)])
(here / "binding.json").write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
print(len(rows), "calls,", sum(row[-1] is not None for row in rows), "refused")
