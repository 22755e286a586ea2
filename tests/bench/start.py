"""`python -m tests.bench.start`: how long the application takes until its functions are known, each time in a new
process: as it is deployed, with its bytecode (infra/hooks/bytecode.sh), and from its sources alone."""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from local.settings import local_settings
from tests.bench.results import ROOT, note

BUDGET = 1.5
"""Seconds (design.md §7)."""

_PACKAGE = ("adapters", "domain", "functions", "docs")
_START = """
import sys, time
began = time.perf_counter(), time.process_time()
import function_app
known = function_app.app.get_functions()
print(time.perf_counter() - began[0], time.process_time() - began[1], len(sys.modules))
"""


@dataclass
class Started:
    """Some starts: seconds until the functions were known, of CPU, and of the whole process."""

    took: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    modules: int = 0

    def once(self, package: Path, settings: dict[str, str]) -> None:
        """In a new process that writes no bytecode of its own."""
        environment = {**os.environ, **settings, "PYTHONDONTWRITEBYTECODE": "1"}
        environment.pop("PYTHONPATH", None)
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _START], cwd=package, env=environment, capture_output=True, text=True, check=True
        )
        self.whole.append(time.perf_counter() - began)
        took, cpu, modules = done.stdout.split()
        self.took.append(float(took))
        self.cpu.append(float(cpu))
        self.modules = int(modules)


def packed(folder: Path, *, compiled: bool) -> Path:
    """What is deployed."""
    for name in _PACKAGE:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "function_app.py", folder)
    if compiled:
        how = ["--invalidation-mode", "checked-hash", "function_app.py", *_PACKAGE]
        subprocess.run([sys.executable, "-m", "compileall", "-q", *how], cwd=folder, check=True)
    return folder


def main() -> None:
    """Both in turn, some times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    names = {"as deployed": True, "from its sources alone": False}
    with tempfile.TemporaryDirectory() as where:
        settings = local_settings(Path(where), storage_connection="UseDevelopmentStorage=true")
        sides = {}
        for name, compiled in names.items():
            folder = Path(where) / name.replace(" ", "-")
            folder.mkdir()
            sides[name] = packed(folder, compiled=compiled), Started()
        for _ in range(rounds):
            for package, started in sides.values():
                started.once(package, settings)
    for name, (_, found) in sides.items():
        best, cpu = min(found.took), statistics.median(found.cpu) * 1000
        late = None if cpu <= BUDGET * 1000 else False  # it waited for the processor, which others had
        judged = {"met": best <= BUDGET or late} if names[name] else {}
        note("start", f"import of function_app, {name}, best", seconds=best, cpu_ms=cpu, **judged)
    whole = min(sides["as deployed"][1].whole)
    note("start", "the process, Python's own start included, best", seconds=whole)
    note("start", "modules that are imported", count=sides["as deployed"][1].modules)


if __name__ == "__main__":
    main()
