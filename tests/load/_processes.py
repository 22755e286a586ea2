"""The worker and the storage seen from outside: CPU, memory, sockets, files, threads. Linux' /proc; elsewhere nothing is told."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

from tests.load._beside import Beside
from tests.load._steady import Limit, Verdict, judged, lowest

EVERY = 5.0

LIMITS = {
    "mb": Limit(growth=6, step=25),
    "sockets": Limit(growth=15, step=40),
    "files": Limit(growth=8, step=20),
    "threads": Limit(growth=3, step=8),
    "tasks": Limit(growth=8, step=20),
}
"""For the worker, over the plateau of a soak of half an hour: 6 MB in 20 minutes would be 18 MB an hour."""


@dataclass(frozen=True)
class Sample:
    """One process at one moment; `mb` is resident memory, `tasks` are the worker's asyncio tasks."""

    at: float
    name: str
    mb: float
    sockets: int
    files: int
    threads: int
    tasks: int = 0


def processes_of(pid: int) -> dict[str, int]:
    """The worker, and the storage that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(child) for child in children.read_text(encoding="ascii").split()] if children.exists() else []
    storage = [child for child in found if "azurite" in Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8")]
    return {"worker": pid, **({"storage": storage[0]} if storage else {})}


def sample(name: str, pid: int, tasks: int = 0) -> Sample:
    """What /proc says of it now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    held = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            held.append(str(entry.readlink()))
        except FileNotFoundError:
            continue
    sockets = sum(each.startswith("socket:") for each in held)
    threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    mb = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return Sample(time.time(), name, mb, sockets, len(held) - sockets, threads, tasks)


class Watch(Beside):
    """Samples the processes every few seconds while it is open, into a file too."""

    def __init__(self, processes: Mapping[str, int], file: Path, base: str) -> None:
        super().__init__()
        self._processes, self._file, self._base = processes, file, base
        self.samples: list[Sample] = []

    def go_on(self) -> None:
        with self._file.open("w", encoding="utf-8") as file, httpx.Client(base_url=self._base, timeout=30) as http:
            while not self._end.wait(EVERY):
                for name, pid in self._processes.items():
                    tasks = http.get("/admin/host/status").json()["tasks"] if name == "worker" else 0
                    self.samples.append(sample(name, pid, tasks))
                    file.write(json.dumps(asdict(self.samples[-1])) + "\n")
                file.flush()


def verdict(samples: Sequence[Sample], starts: Sequence[float]) -> bool:
    """Print what the worker's memory, connections, threads and tasks came to, period by period; whether all of them
    are steady. The storage isn't judged: it keeps the data."""
    steady = True
    own = [each for each in samples if each.name == "worker"]
    print(f"\n{'least of a period':<18}{'first':>8}{'last':>8}{'step':>8}{'beside':>8}{'an hour':>9}")
    for what, limit in LIMITS.items():
        points = [(each.at, float(getattr(each, what))) for each in own]
        found = judged(points, starts, limit)
        steady &= found.verdict is Verdict.STEADY
        figures = (
            f"{found.first:>8.1f}{found.last:>8.1f}{found.step:>8.1f}{found.growth:>8.1f}{found.per_hour:>9.1f}"
        )
        print(f"{what:<18}{figures}  {found.verdict}")
        each_least = " ".join(f"{value:.1f}" for _, value in lowest(points, starts))
        print(f"{'':<18}  periods: {each_least}")
    print("steady" if steady else "NOT STEADY")
    return steady
