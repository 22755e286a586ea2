"""What a restore did, row by row counted, kept so that one that was interrupted goes on (table `runs`)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from domain.continuity._decisions import Decision, Fate
from domain.continuity._slots import TABLE
from domain.continuity.errors import RestoreInvalid
from domain.ports import Ports
from domain.store import Create, RowExists
from domain.values import iso

_MOST_NAMED = 200
_RUN = "run"


@dataclass
class Tally:
    """The fates of the rows of one table; `conflicts` names the first of them, with the reasons."""

    fates: Counter[str] = field(default_factory=Counter)
    conflicts: list[str] = field(default_factory=list)

    def add(self, table: str, decisions: Iterable[Decision]) -> None:
        """Count these rows in."""
        for decision in decisions:
            self.fates[decision.fate] += 1
            if decision.fate is Fate.CONFLICT:
                self.name(f"{table}/{decision.row.partition}/{decision.row.key}: {decision.reason}")

    def name(self, conflict: str) -> None:
        """Keep one conflict's sentence."""
        if len(self.conflicts) < _MOST_NAMED:
            self.conflicts.append(conflict)

    def merge(self, other: Tally) -> None:
        """Add another's counts."""
        self.fates += other.fates
        for conflict in other.conflicts:
            self.name(conflict)

    @property
    def rows(self) -> int:
        """All of them: created + overwritten + skipped + conflict."""
        return self.fates.total()


class Journal:
    """The finished parts of one restore. Without an id nothing is kept: a dry run."""

    def __init__(self, ports: Ports, restore_id: str | None) -> None:
        self._ports, self._id = ports, restore_id
        self._done: dict[str, Tally] = {}

    async def open(self, asked: dict[str, Any], *, resume: bool) -> None:
        """Begin, or find what is finished. Raises RestoreInvalid if something else was asked for then."""
        if self._id is None:
            return
        said = json.dumps(asked, sort_keys=True)
        row = await self._ports.store.get(table=TABLE, partition=self._partition, key=_RUN)
        if row is not None:
            if str(row.values["asked"]) != said:
                other = str(row.values["asked"])
                raise RestoreInvalid(f"The restore {self._id} was asked for something else: {other}")
            await self._remember()
        elif resume:
            raise RestoreInvalid(f"There is no restore {self._id} that could go on.")
        else:
            await self._create(_RUN, {"asked": said, "at": iso(self._ports.clock.now())})

    async def close(self, name: str, tally: Tally) -> None:
        """A part is restored."""
        self._done[name] = tally
        if self._id is not None:
            counts = json.dumps(dict(tally.fates))
            conflicts = json.dumps(tally.conflicts[:20])[:16_000]
            await self._create(f"done:{name}", {"fates": counts, "conflicts": conflicts})

    def done(self, name: str) -> Tally | None:
        """What became of a part that was finished before, or None."""
        return self._done.get(name)

    @property
    def _partition(self) -> str:
        return f"restore|{self._id}"

    async def _create(self, key: str, values: dict[str, Any]) -> None:
        write_id = self._ports.ids.unique()
        try:
            await self._ports.store.commit(
                table=TABLE, partition=self._partition, writes=[Create(key, values)], write_id=write_id
            )
        except RowExists:
            raise RestoreInvalid(f"Another process is at work on the restore {self._id}.") from None

    async def _remember(self) -> None:
        rows = self._ports.store.scan(table=TABLE, partition=self._partition, first="done:", before="done;")
        async for row in rows:
            tally = Tally(Counter(json.loads(str(row.values["fates"]))))
            try:
                tally.conflicts = json.loads(str(row.values["conflicts"]))
            except ValueError:
                tally.conflicts = []
            self._done[row.key.removeprefix("done:")] = tally
