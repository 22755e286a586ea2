"""Says how far the requests of a role are: one line that changes on a terminal, else a line every ten seconds."""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path
from typing import TextIO

from tests.api_check import ANOTHER_METHOD
from tests.api_check.summary import answers_in

EVERY = 10.0
"""Seconds between two lines where they stay."""


class Progress:
    """Of one role. `counts` is the file that `hooks` writes; `operations` is how many there are."""

    def __init__(
        self, role: str, counts: Path, *, operations: int, quiet: bool = False, out: TextIO = sys.stdout
    ) -> None:
        self._role, self._counts, self._operations = role, counts, operations
        self._quiet, self._out = quiet, out
        self._stays = not out.isatty()
        self._started = time.monotonic()
        self._said = self._started
        self._line = ""

    def tell(self) -> None:
        """Now and then, what was answered so far."""
        now = time.monotonic()
        if self._quiet or now - self._said < (EVERY if self._stays else 1.0):
            return
        self._said = now
        self._say()

    def end(self) -> None:
        """The last line, which stays."""
        if not self._quiet:
            self._say()
            print(file=self._out, end="" if self._stays else "\n", flush=True)

    def _say(self) -> None:
        line = self.line(time.monotonic() - self._started)
        if self._stays and line != self._line:
            print(line, file=self._out, flush=True)
        elif not self._stays:
            print(f"\r\x1b[K{line}", end="", file=self._out, flush=True)
        self._line = line

    def line(self, seconds: float) -> str:
        """Role, time, operations, requests, statuses."""
        answers = answers_in(self._counts)
        statuses: Counter[int] = Counter()
        for counts in answers.values():
            statuses.update(counts)
        reached = len(answers.keys() - {ANOTHER_METHOD})
        told = " ".join(f"{status}×{number}" for status, number in sorted(statuses.items()))
        return (
            f"{self._role:<9} {seconds:5.0f} s  operation {reached:>3} of {self._operations}  "
            f"{statuses.total():>6} requests  {told}"
        )
