"""`make bench`: one table of what everything costs, with the machine, the versions and the sizes.

QUICK=1 takes two minutes: fewer rounds and smaller data. PARTS="use_cases scale" measures only those. The lines are also
written as JSON, `.local/bench.json` unless `--json` says otherwise. A part that fails is named at the end, what the
others found out is kept, and the exit status is 1. Figures are judged only where design.md has a budget, and that by
a word in the table: two commits are compared with `make bench-compare`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench import results
from tests.bench.running import TAKES_AT_MOST, run

PARTS: dict[str, dict[str, list[str]]] = {
    "start": {"full": ["--rounds", "7"], "quick": ["--rounds", "3"], "tiny": ["--rounds", "1"]},
    "use_cases": {"full": ["--rounds", "128"], "quick": ["--rounds", "24"], "tiny": ["--rounds", "1"]},
    "worker": {
        "full": ["--rounds", "3", "--requests", "100"],
        "quick": ["--rounds", "1", "--requests", "40"],
        "tiny": ["--rounds", "1", "--requests", "2", "--only", "one lead"],
    },
    "contention": {
        "full": ["--edits", "4"],
        "quick": ["--edits", "2"],
        "tiny": ["--edits", "1", "--editors", "4", "--customers", "2"],
    },
    "pdf": {
        "full": ["--rounds", "30"],
        "quick": ["--rounds", "8", "--quiet-for", "1"],
        "tiny": ["--rounds", "1", "--quiet-for", "0.1", "--each", "1"],
    },
    "price": {"full": [], "quick": [], "tiny": []},
    "imports": {"full": ["--rows", "500"], "quick": ["--rows", "100"], "tiny": ["--rows", "20"]},
    "continuity": {
        "full": ["--rows", "1000000", "--stored", "20000"],
        "quick": ["--rows", "50000", "--stored", "3000"],
        "tiny": ["--rows", "0", "--stored", "200"],
    },
    "scale": {"full": ["--rounds", "7"], "quick": ["--rounds", "3"], "tiny": ["--rounds", "2"]},
}
"""The parts by the names of their modules, in turn, and their arguments; `scale` also gets the numbers of leads."""

SLOW = {"scale": 2_400}
"""Seconds for those that need more than others: this one makes 100,000 leads first."""

LEADS = {"full": [1_000, 10_000, 100_000], "quick": [1_000], "tiny": [250]}


def runs(wanted: list[str], size: str) -> list[list[str]]:
    """The modules with their arguments."""
    leads = ["--leads", *map(str, LEADS[size])]
    return [[name, *PARTS[name][size], *(leads if name == "scale" else [])] for name in wanted]


def part(module: str, *arguments: str) -> str:
    """One of the benches, in a process of its own: what it holds in memory mustn't count elsewhere. Answers with why it
    failed, or nothing."""
    began = time.perf_counter()
    outcome = run(module, *arguments, at_most=SLOW.get(module, TAKES_AT_MOST))
    for line in outcome.lines:
        results.keep(line)
    results.keep({"part": "bench", "name": " ".join((module, *arguments)), "took_s": time.perf_counter() - began})
    return outcome.why


def judged(verdict: bool | None) -> list[str]:
    """The rows whose budget (design.md §7) got this verdict."""
    lines = [line for line in results.everything() if "met" in line]
    return [f"{line['part']}: {line['name']}" for line in lines if line["met"] is verdict]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", default=os.environ.get("QUICK", "") not in ("", "0"))
    parser.add_argument("--tiny", action="store_true", help="seconds: whether all of it runs")
    parser.add_argument("--parts", default=os.environ.get("PARTS", ""), help=f"of {' '.join(PARTS)}")
    parser.add_argument("--json", default=".local/bench.json")
    given = parser.parse_args()
    given.parts = given.parts.replace(",", " ").split() or list(PARTS)
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"no such part: {' '.join(sorted(unknown))}; there are {' '.join(PARTS)}")
    return given


def told(about: dict[str, Any]) -> None:
    """Where and with what this is measured."""
    print("\n".join(f"{name}: {value}" for name, value in about.items()), flush=True)
    if results.is_busy(about):
        print(f"\n*** THE MACHINE IS BUSY (load {about['load']} at the start): the times below are noise ***\n")


def main() -> int:
    """All parts, each whatever became of the others."""
    given = arguments()
    size = "tiny" if given.tiny else "quick" if given.quick else "full"
    about = {**results.machine(), "size": size, "leads": LEADS[size]}
    told(about)
    failed = {}
    for name, *more in runs(given.parts, size):
        why = part(name, *more)
        if why:
            failed[" ".join((name, *more))] = why
            print(f"  {name} FAILED: {why}", flush=True)
    about |= {"load_at_end": round(os.getloadavg()[0], 2), "failed": failed, "not_met": judged(False)}
    about |= {"unclear": judged(None)}
    path = Path(given.json)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"about": about, "lines": results.everything()}, indent=1), encoding="utf-8")
    for verdict in ("not_met", "unclear"):
        print(f"budgets {verdict.replace('_', ' ')}: {'; '.join(about[verdict]) or 'none'}")
    print(f"written: {path}")
    for name, why in failed.items():
        print(f"FAILED: {name}: {why}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
