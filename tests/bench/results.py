"""What benches find out: printed as it comes, and kept for a JSON file that docs and comparisons quote.

A bench that runs in a process of its own keeps each line at once in the file that LINES names, so that what it found
out isn't lost when it fails later.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

_rows: list[dict[str, Any]] = []
ROOT = Path(__file__).parents[2]
LINES = "BENCH_LINES"

SAID = {
    "requests": "{:>5} requests", "hops": "{:>3} hops", "first_ms": "first {:>9.1f} ms", "p50_ms": "p50 {:>8.1f} ms",
    "p95_ms": "p95 {:>8.1f}", "p99_ms": "p99 {:>8.1f}", "bare": "{:>5.2f} × bare", "bare_low": "({:.2f}",
    "bare_high": "to {:.2f})", "own_share": "own {:>3.0f} %", "own_ms": "{:>5.2f} ms", "cpu_ms": "{:>7.2f} ms CPU",
    "others_ms": "{:>6.2f} elsewhere", "per_s": "{:>8.0f} /s", "tried": "{:>5} tried", "refused": "{:>3} refused",
    "count": "{:>5}", "each": "{:>5.1f}", "us": "{:>8.0f} µs", "seconds": "{:>8.2f} s", "waits_ms": "others wait {:>5.0f} ms", "kb": "{:>6.1f} KB", "mb": "{:>7.1f} MB",
}  # fmt: skip
"""How each figure is told. `own_ms` is the part of the time in which no storage request was under way, `own_share`
what that is of the bare calls' time; `cpu_ms` is the
application's, `others_ms` the emulator's and the drawing processes'."""

PACKAGES = (
    "azure-data-tables",
    "azure-storage-blob",
    "azure-functions",
    "aiohttp",
    "pydantic",
    "fpdf2",
    "uharfbuzz",
)
VERDICTS = {True: "  met", False: "  NOT MET", None: "  unclear"}
"""Of a budget. Unclear: not met, but by no more than what one part of the run differs from another."""

BUSY = 0.35
"""Of each core: with more to do before it begins, a machine isn't quiet."""


def note(part: str, name: str, **figures: Any) -> None:
    """One line of the table."""
    keep({"part": part, "name": name, **figures})
    told = "  ".join(SAID[key].format(value) for key, value in figures.items() if key in SAID)
    verdict = VERDICTS[figures["met"]] if "met" in figures else ""
    print(f"  {part:<10} {name:<46} {told}{verdict}", flush=True)


def percentiles(took: Sequence[float]) -> dict[str, float]:
    """Of milliseconds; the nearest that occurred."""
    ordered = sorted(took)
    return {f"p{p}_ms": ordered[min(len(ordered) - 1, len(ordered) * p // 100)] for p in (50, 95, 99) if ordered}


def keep(row: dict[str, Any]) -> None:
    """One line, for whoever started this process too."""
    _rows.append(row)
    if os.environ.get(LINES):
        with Path(os.environ[LINES]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def write(path: str | None) -> None:
    """All lines of this process as a file of their own."""
    if path:
        Path(path).write_text(json.dumps(_rows, indent=1), encoding="utf-8")


def take(path: Path) -> None:
    """The lines that a process of ours has written; it has told whoever started us by itself."""
    if path.exists():
        _rows.extend(json.loads(path.read_text(encoding="utf-8")))


def everything() -> list[dict[str, Any]]:
    """All lines so far."""
    return _rows


def machine() -> dict[str, Any]:
    """Where, when and with what it was measured."""
    said = Path("/proc/cpuinfo")
    lines = said.read_text(encoding="utf-8").splitlines() if said.exists() else []
    models = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    emulator = json.loads((ROOT / "local" / "azurite" / "package.json").read_text(encoding="utf-8"))
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _told("git", "rev-parse", "--short", "HEAD") + ("*" if _told("git", "status", "--short") else ""),
        "system": platform.platform(),
        "processor": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "load": round(os.getloadavg()[0], 2),
        "python": sys.version.split()[0],
        "azurite": emulator["dependencies"]["azurite"],
        **{name: version(name) for name in PACKAGES},
    }


def is_busy(about: dict[str, Any]) -> bool:
    """Whether others used the machine in the minute before."""
    return bool(about["load"] > BUSY * about["cores"])


def _told(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()
