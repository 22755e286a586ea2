"""Who had the processors while people played: the backend, its storage, the clients, or others. Linux' /proc; elsewhere
nothing is told.

All of them share one machine, so a budget that isn't held says something of our code only if something else than our code
wasn't full first.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.load._beside import Beside

EVERY = 2.0
"""Seconds between two looks."""

FULL = 0.9
"""Of a core: what runs in one thread answers hardly more then, it only lets people wait."""

MACHINE = "the machine"


@dataclass(frozen=True)
class Moment:
    """Seconds of CPU so far, of each process by its name; and in which the machine's cores had nothing to do, together."""

    at: float
    spent: Mapping[str, float]
    idle: float


@dataclass(frozen=True)
class Use:
    """Cores that each process had in a while, and that nobody had; of so many."""

    by: Mapping[str, float]
    idle: float
    of: int

    @property
    def others(self) -> float:
        """What isn't the load's: other work on this machine, and the kernel's own."""
        return max(0.0, self.of - self.idle - sum(self.by.values()))

    @property
    def full(self) -> list[str]:
        """What couldn't do more: processes of one thread, and the machine."""
        named = [name for name, cores in self.by.items() if cores >= FULL]
        return [*named, *([MACHINE] if self.idle <= self.of * (1 - FULL) else [])]


class Cores(Beside):
    """Looks at the processes again and again while it is open. Those that the worker starts draw papers."""

    def __init__(self, processes: Mapping[str, int]) -> None:
        super().__init__()
        self._processes = dict(processes)
        self.moments: list[Moment] = []

    def follow(self, name: str, pid: int) -> None:
        """One more."""
        self._processes = {**self._processes, name: pid}

    def go_on(self) -> None:
        while not self._end.wait(EVERY):
            if spent := cpu_of(self._processes):
                self.moments.append(Moment(time.time(), spent, _idle()))


def used(moments: Sequence[Moment], began: float, ended: float, *, of: int | None = None) -> Use | None:
    """Between two moments (epoch seconds); None if that wasn't looked at twice."""
    within = [moment for moment in moments if began <= moment.at <= ended]
    if len(within) < 2:
        return None
    first, last = within[0], within[-1]
    seconds = last.at - first.at
    by = {name: (spent - first.spent.get(name, 0.0)) / seconds for name, spent in last.spent.items()}
    return Use(by, (last.idle - first.idle) / seconds, of or os.cpu_count() or 1)


def why(use: Use | None) -> str:
    """What a budget that wasn't held in this while shows: that our code is too slow, or that something else was full."""
    if use is None:
        return "nobody looked at who had the processors"
    shares = ", ".join(f"{name} {cores:.2f}" for name, cores in {**use.by, "others": use.others}.items())
    others = [name for name in use.full if name != "worker"]
    if "worker" in use.full or not others:
        return f"by the backend itself: cores used: {shares}"
    return f"{' and '.join(others)} could do no more, which proves nothing about the backend: cores used: {shares}"


def cpu_of(processes: Mapping[str, int]) -> dict[str, float]:
    """Seconds of CPU so far; of the worker's children, those that have ended too, as `papers`."""
    found = {name: times for name, pid in processes.items() if (times := _times(pid))}
    spent = {name: own for name, (own, _) in found.items()}
    if "worker" in found:
        living = [times[0] for pid in _children(processes["worker"]) if (times := _times(pid))]
        spent["papers"] = found["worker"][1] + sum(living)
    return spent


def _times(pid: int) -> tuple[float, float] | None:
    """Seconds of a process, and of its children that have ended."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:  # it has ended, or there is no /proc
        return None
    user, system, of_users, of_systems = (int(field) / os.sysconf("SC_CLK_TCK") for field in fields[11:15])
    return user + system, of_users + of_systems


def _children(pid: int) -> list[int]:
    found = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in thread.read_text(encoding="ascii").split()]
        except OSError:  # the thread has ended meanwhile
            continue
    return found


def _idle() -> float:
    fields = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()
    return (int(fields[4]) + int(fields[5])) / os.sysconf("SC_CLK_TCK")
