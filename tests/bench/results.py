"""What benches find out: printed as it comes, and kept for a JSON file that docs and comparisons quote."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

_rows: list[dict[str, Any]] = []

SAID = {
    "requests": "{:>5} requests", "hops": "{:>3} hops", "first_ms": "first {:>9.1f} ms", "p50_ms": "p50 {:>8.1f} ms",
    "p95_ms": "p95 {:>8.1f}", "p99_ms": "p99 {:>8.1f}", "bare": "{:>5.2f} × bare", "cpu_ms": "{:>6.2f} ms CPU",
    "per_s": "{:>8.0f} /s", "seconds": "{:>8.2f} s", "waits_ms": "others wait {:>5.0f} ms", "mb": "{:>7.1f} MB",
}  # fmt: skip


def note(part: str, name: str, **figures: float) -> None:
    """One line of the table."""
    _rows.append({"part": part, "name": name, **figures})
    told = "  ".join(SAID[key].format(value) for key, value in figures.items())
    print(f"  {part:<10} {name:<44} {told}", flush=True)


def write(path: str | None) -> None:
    """Keep all lines for whoever started this process."""
    if path:
        Path(path).write_text(json.dumps(_rows, indent=1), encoding="utf-8")


def take(path: Path) -> None:
    """The lines of a process that was started."""
    if path.exists():
        _rows.extend(json.loads(path.read_text(encoding="utf-8")))


def everything() -> list[dict[str, Any]]:
    """All lines so far."""
    return _rows


def machine() -> dict[str, Any]:
    """Where and with what it was measured."""
    said = Path("/proc/cpuinfo")
    models = [line.partition(": ")[2] for line in said.read_text().splitlines() if line.startswith("model name")]
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    names = ("azure-data-tables", "azure-functions", "aiohttp", "pydantic")
    return {
        "commit": commit.stdout.strip(),
        "system": platform.platform(),
        "processor": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": sys.version.split()[0],
        **{name: version(name) for name in names},
    }
