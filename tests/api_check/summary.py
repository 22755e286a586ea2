"""What came of the requests, in figures: per role, per operation, and which documented statuses nobody met."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.api_check import ANOTHER_METHOD
from tests.conftest import Backend

Answers = dict[str, dict[int, int]]
"""Per operation and status how many."""


@dataclass(frozen=True)
class Checked:
    """What came of one role's requests."""

    role: str
    failed: bool
    said: str
    answers: Answers
    seconds: float
    interrupted: bool = False

    @property
    def requests(self) -> int:
        """How many there were."""
        return self.statuses.total()

    @property
    def statuses(self) -> Counter[int]:
        """How many of each."""
        found: Counter[int] = Counter()
        for counts in self.answers.values():
            found.update(counts)
        return found

    @property
    def operations(self) -> set[str]:
        """The names of those that were asked."""
        return self.answers.keys() - {ANOTHER_METHOD}

    def missing(self, names: Sequence[str]) -> list[str]:
        """Those of the operations that never were carried out."""
        return [name for name in names if not any(status < 400 for status in self.answers.get(name, {}))]

    def line(self, told: Mapping[str, frozenset[int]]) -> str:
        """Its figures and its verdict."""
        seen = sum(len(told[name] & self.answers[name].keys()) for name in self.operations)
        known = sum(len(told[name]) for name in self.operations)
        statuses = " ".join(f"{status}×{number}" for status, number in sorted(self.statuses.items()))
        verdict = "WRONG ANSWERS, see above" if self.failed else "nothing wrong"
        return (
            f"{self.role}: {verdict}{' until it was interrupted' if self.interrupted else ''}. "
            f"{self.requests} requests to {len(self.operations)} operations in {self.seconds:.0f} s; "
            f"{seen} of their {known} documented answers were met.\n    {statuses}"
        )


def answers_in(counts: Path) -> Answers:
    """What `hooks` has written so far."""
    answers: Answers = defaultdict(dict)
    for said, number in json.loads(counts.read_text()).items() if counts.exists() else ():
        operation, status = said.split()
        answers[operation][int(status)] = number
    return dict(answers)


def documented(backend: Backend) -> dict[str, frozenset[int]]:
    """Per operation the statuses that the document knows."""
    paths = httpx.get(f"{backend.base}/api/openapi.json", timeout=60).json()["paths"]
    found = [operation for operations in paths.values() for operation in operations.values()]
    return {each["operationId"]: frozenset(map(int, each["responses"])) for each in found}


def table(done: Sequence[Checked]) -> str:
    """Per operation and role how many of the requests were carried out (2xx or 304), of how many."""
    names = sorted({name for one in done for name in one.answers})
    lines = [f"{'done/asked':<32}" + "".join(f"{one.role:>12}" for one in done)]
    for name in names:
        cells = [_carried_out(one.answers.get(name, {})) for one in done]
        lines.append(f"{name:<32}" + "".join(f"{cell:>12}" for cell in cells))
    return "\n".join(lines)


def never_met(done: Sequence[Checked], told: Mapping[str, frozenset[int]]) -> str:
    """Per documented status the operations that nobody got it from; a number where they are many."""
    met = {name: {status for one in done for status in one.answers.get(name, ())} for name in told}
    missing: dict[int, list[str]] = defaultdict(list)
    for name, statuses in sorted(told.items()):
        for status in statuses - met[name]:
            missing[status].append(name)
    lines = [
        f"  {status}: {', '.join(names) if len(names) <= _FEW else f'{len(names)} operations'}"
        for status, names in sorted(missing.items())
    ]
    return "documented, and met by nobody:\n" + ("\n".join(lines) or "  nothing")


_FEW = 12


def _carried_out(counts: dict[int, int]) -> str:
    return f"{sum(n for status, n in counts.items() if status < 400)}/{sum(counts.values())}" if counts else "-"
