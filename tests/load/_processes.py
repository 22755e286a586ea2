"""The worker and the storage seen from outside: CPU, memory, sockets, files, threads. Linux' /proc; elsewhere nothing is told."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

EVERY = 5.0
WARM_UP = 0.3
"""The part of the time in which caches and pools still fill."""

SHORTEST = 600.0
"""Seconds after the warm-up below which a trend says nothing."""

# What a leak would show in half an hour; below that it is noise of the allocator and of idle connections.
MOST_MB_PER_HOUR, MOST_SOCKETS_PER_HOUR, MOST_THREADS_PER_HOUR = 40.0, 60.0, 6.0


@dataclass(frozen=True)
class Sample:
    """One process at one moment; `mb` is resident memory."""

    at: float
    name: str
    mb: float
    sockets: int
    files: int
    threads: int


def processes_of(pid: int) -> dict[str, int]:
    """The worker, and the storage that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(child) for child in children.read_text(encoding="ascii").split()] if children.exists() else []
    storage = [child for child in found if "azurite" in Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8")]
    return {"worker": pid, **({"storage": storage[0]} if storage else {})}


def cpu_of(processes: Mapping[str, int]) -> dict[str, float]:
    """Seconds of CPU so far."""
    tick, spent = os.sysconf("SC_CLK_TCK"), {}
    for name, process in processes.items():
        stat = Path(f"/proc/{process}/stat")
        if stat.exists():
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
            spent[name] = (int(fields[11]) + int(fields[12])) / tick
    return spent


def sample(name: str, pid: int) -> Sample:
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
    return Sample(
        time.time(), name, pages * os.sysconf("SC_PAGE_SIZE") / 2**20, sockets, len(held) - sockets, threads
    )


def slope(points: list[tuple[float, float]]) -> float:
    """Per hour, by least squares; 0 for fewer than three points."""
    if len(points) < 3:
        return 0.0
    middle = sum(x for x, _ in points) / len(points)
    height = sum(y for _, y in points) / len(points)
    spread = sum((x - middle) ** 2 for x, _ in points)
    return sum((x - middle) * (y - height) for x, y in points) / spread * 3600 if spread else 0.0


def settled(samples: list[Sample], name: str) -> list[Sample]:
    """Those of a process after the warm-up."""
    own = [each for each in samples if each.name == name]
    return own[int(len(own) * WARM_UP) :]


class Watch:
    """Samples the processes every few seconds while it is open, into a file too."""

    def __init__(self, processes: Mapping[str, int], file: Path) -> None:
        self._processes, self._file = processes, file
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.samples: list[Sample] = []

    def _run(self) -> None:
        with self._file.open("w", encoding="utf-8") as file:
            while not self._end.wait(EVERY):
                for name, pid in self._processes.items():
                    self.samples.append(sample(name, pid))
                    file.write(json.dumps(asdict(self.samples[-1])) + "\n")
                file.flush()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()

    def verdict(self) -> bool:
        """Print the trends after the warm-up; whether the worker's memory, connections and threads are steady."""
        steady = True
        print(f"\n{'after the warm-up':<14}{'':>12}{'first':>10}{'last':>10}{'per hour':>10}")
        for name in self._processes:
            own = settled(self.samples, name)
            for what, most in LIMITS.items():
                points = [(each.at, float(getattr(each, what))) for each in own]
                if not points:
                    continue
                rise = slope(points)
                judged = name == "worker" and rise > most
                steady &= not judged
                says = "RISES" if judged else ("" if name == "worker" else "not judged: it keeps the data")
                print(f"{name:<14}{what:>12}{points[0][1]:>10.1f}{points[-1][1]:>10.1f}{rise:>10.1f}  {says}")
        if self._seconds() < SHORTEST:
            print("too short a time to judge")
            return True
        print("steady" if steady else "NOT STEADY")
        return steady

    def _seconds(self) -> float:
        """The time that was watched after the warm-up."""
        own = settled(self.samples, "worker")
        return own[-1].at - own[0].at if own else 0.0


LIMITS = {
    "mb": MOST_MB_PER_HOUR,
    "sockets": MOST_SOCKETS_PER_HOUR,
    "files": MOST_SOCKETS_PER_HOUR,
    "threads": MOST_THREADS_PER_HOUR,
}
