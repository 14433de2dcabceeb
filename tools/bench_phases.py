"""Takes a command apart: how much of its time goes into which of its functions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

# The command itself, with a watch on each part; what a part calls that is watched too is taken from it.
_WATCHED = """
import time
started = time.perf_counter()
import json, os, pkgutil, sys
from collections import Counter
import pipeline.cli

watched = [(pkgutil.resolve_name(owner), name, part) for owner, name, part in json.loads(sys.argv.pop(1))]
spent, open_parts = Counter({"start": time.perf_counter() - started}), []


def watch(owner, name, part):
    whole = getattr(owner, name)

    def measured(*arguments, **named):
        begun = time.perf_counter()
        open_parts.append(0.0)
        try:
            return whole(*arguments, **named)
        finally:
            took = time.perf_counter() - begun
            spent[part] += took - open_parts.pop()
            if open_parts:
                open_parts[-1] += took

    setattr(owner, name, measured)


for each in watched:
    watch(*each)
answer, sys.stdout = sys.stdout, open(os.devnull, "w")
try:
    pipeline.cli.main()
except SystemExit as leaving:
    assert leaving.code in (0, None), leaving.code
spent["rest"] = time.perf_counter() - started - spent.total()
print(json.dumps(spent), file=answer)
"""


def phases(
    watched: Sequence[tuple[str, str, str]], arguments: Sequence[str], env: Mapping[str, str]
) -> dict[str, float]:
    """Seconds by part of `tbtwatch` with `arguments`; "start" is imports, "rest" what nothing watches.

    `watched`: the module or "module:class" where a function is looked up, its name there, the part that it counts for.
    """
    spent: dict[str, float] = json.loads(script(_WATCHED, [json.dumps(watched), *arguments], env))
    return spent


def script(source: str, arguments: Sequence[str], env: Mapping[str, str]) -> str:
    """What a Python script says."""
    command = [sys.executable, "-c", source, *arguments]
    return subprocess.run(command, env={**os.environ, **env}, check=True, stdout=subprocess.PIPE, text=True).stdout
