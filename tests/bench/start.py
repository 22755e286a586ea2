"""`python -m tests.bench.start`: how long the application takes until its functions are known, each time in a new
process."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from local.settings import local_settings
from tests.bench.results import note

BUDGET = 1.5
"""Seconds (design.md §7)."""

_START = """
import time
began = time.perf_counter()
import function_app
known = function_app.app.get_functions()
print(time.perf_counter() - began, len(__import__("sys").modules))
"""


def main() -> None:
    """Some times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        settings = local_settings(Path(folder), storage_connection="UseDevelopmentStorage=true")
        environment = {**os.environ, **settings}
        took, whole, modules = [], [], 0
        for _ in range(rounds):
            began = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-c", _START], env=environment, capture_output=True, text=True, check=True
            )
            whole.append(time.perf_counter() - began)
            seconds, modules = float(done.stdout.split()[0]), int(done.stdout.split()[1])
            took.append(seconds)
    middle = statistics.median(took)
    note("start", "import of function_app until its functions are known", seconds=middle, met=middle <= BUDGET)
    note("start", "the process, Python's own start included", seconds=statistics.median(whole))
    note("start", "modules that are imported", count=modules)


if __name__ == "__main__":
    main()
