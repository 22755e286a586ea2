"""`make bench`: one table of what use cases, lists, reports, backups and the start cost, with the machine and sizes.

`QUICK=1` takes a few minutes: fewer rounds and smaller data. The lines are also written as JSON, `.local/bench.json`
unless `--json` says otherwise. Judges nothing: compare two commits with `make bench-compare`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from local.settings import local_settings
from tests.bench import results

_START = """
import time
began = time.perf_counter()
import function_app
print(time.perf_counter() - began)
"""


def start_up(rounds: int) -> None:
    """How long the app takes until its functions are known, each time in a new process."""
    with tempfile.TemporaryDirectory() as folder:
        settings = local_settings(Path(folder), storage_connection="UseDevelopmentStorage=true")
        told = {**os.environ, **settings}
        took, whole = [], []
        for _ in range(rounds):
            began = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-c", _START], env=told, capture_output=True, text=True, check=True
            )
            whole.append(time.perf_counter() - began)
            took.append(float(done.stdout.split()[-1]))
    results.note("start", "import of function_app", seconds=statistics.median(took))
    results.note("start", "the process, Python's own start included", seconds=statistics.median(whole))


def part(module: str, *arguments: str) -> None:
    """One of the benches, in a process of its own: what it holds in memory mustn't count elsewhere."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines.json"
        done = subprocess.run(
            [sys.executable, "-m", f"tests.bench.{module}", *arguments, "--json", str(path)], check=False
        )
        results.take(path)
    if done.returncode:
        print(f"  {module} failed", flush=True)


def main() -> int:
    """All parts, the short ones first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", default=bool(os.environ.get("QUICK")))
    parser.add_argument("--tiny", action="store_true", help="seconds: whether all of it runs")
    parser.add_argument("--json", default=".local/bench.json")
    given = parser.parse_args()
    sizes = [250] if given.tiny else [1_000, 10_000] if given.quick else [1_000, 10_000, 100_000]
    rounds = 2 if given.tiny else 40 if given.quick else 256
    stored, made_up = (200, 0) if given.tiny else (5_000, 100_000) if given.quick else (20_000, 1_000_000)
    about = {**results.machine(), "leads": sizes, "rounds": rounds}
    print("\n".join(f"{name}: {value}" for name, value in about.items()), flush=True)
    start_up(1 if given.tiny else 5)
    part("use_cases", "--rounds", str(rounds))
    part("scale", "--rounds", "2" if given.tiny else "7", "--leads", *map(str, sizes))
    part("imports", "--rows", "20" if given.tiny else "200" if given.quick else "500")
    part("continuity", "--rows", str(made_up), "--stored", str(stored))
    path = Path(given.json)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"about": about, "lines": results.everything()}, indent=1), encoding="utf-8")
    print(f"written: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
