"""All timers of the platform, again and again in a soak, also those that a day or a week has once.

The host fires a timer on request (`POST /admin/functions/<name>`), as Azure's does. The backup and the drill, which are
done once per slot, are made due again by what would make them so in life: the slot's row.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from adapters.clock import SystemClock
from adapters.tables import AzureTableStore
from domain.continuity import Alarm, due_slot
from domain.store import Delete, Replace, RowChanged, Store
from tests.load._beside import Beside

PERIODS = 8
"""In a whole soak."""


_DRILL = "DrillWeekly"
_BAD = ("The timer function", "backups need attention", *Alarm)
"""What the log says when a timer failed, or when a backup or a drill did."""


class Rounds(Beside):
    """Fires every timer once in each period while it is open, spread over the period: in life they have minutes of their
    own, and all at once on one emulator would measure a queue. `starts` is when each period began."""

    def __init__(self, base: str, storage: str, period: float) -> None:
        super().__init__()
        self._base, self._storage, self._period = base, storage, period
        self.starts: list[float] = []

    def go_on(self) -> None:
        with httpx.Client(base_url=self._base, timeout=30) as http:
            timers = in_turn(timers_of(http.get("/admin/functions").raise_for_status().json()))
            while len(self.starts) < PERIODS:
                self.starts.append(time.time())
                asyncio.run(_make_due(self._storage))
                for number, name in enumerate(timers, start=1):
                    http.post(f"/admin/functions/{name}", json={}).raise_for_status()
                    due = self.starts[-1] + self._period * number / len(timers)
                    if self._end.wait(max(0.0, due - time.time())):
                        return


def timers_of(functions: list[dict[str, Any]]) -> list[str]:
    """The names of those that the host lists with a timer."""
    return sorted(
        each["name"]
        for each in functions
        if any(binding["type"] == "timerTrigger" for binding in each["config"]["bindings"])
    )


def in_turn(timers: list[str]) -> list[str]:
    """The drill as far from the backups as can be: each takes the one before away, which the drill may be reading. In
    life hours lie between them."""
    others = [name for name in timers if name != _DRILL]
    return [*others[: len(others) // 2], *[name for name in timers if name == _DRILL], *others[len(others) // 2 :]]


async def _make_due(connection: str) -> None:
    store = AzureTableStore(connection)
    try:
        await make_due(store, slot=due_slot(SystemClock().now()))
    finally:
        await store.close()


async def make_due(store: Store, *, slot: str) -> None:
    """Today's backup as if its parts had been found damaged: it begins anew, in a folder of its own. And the drill of
    the week as if nobody had claimed it."""
    row = await store.get(table="runs", partition=f"backup|{slot}", key="run")
    if row and row.values["state"] == "done":
        again = {**row.values, "state": "failed", "generation": int(str(row.values["generation"])) + 1, "tries": 0}
        write = Replace("run", {**again, "rows": 0, "size": 0}, row.etag)
        await store.commit(table="runs", partition=row.partition, writes=[write], write_id="soak")
    for claim in [row async for row in store.scan(table="runs", partition="drill")]:
        try:
            await store.commit(
                table="runs", partition="drill", writes=[Delete(claim.key, claim.etag)], write_id="soak"
            )
        except RowChanged:
            continue


def runs_told(log: Path) -> tuple[Mapping[str, int], list[str]]:
    """How often each timer came to its end, and the lines about those that didn't, from the backend's log."""
    done: Counter[str] = Counter()
    failed: list[str] = []
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if any(sign in line for sign in _BAD):
            failed.append(line)
        _, found, told = line.partition(" solarium.timers: {")
        if found:
            said = json.loads("{" + told)
            if said["event"] == "end":
                done[said["function"]] += said["outcome"] == "done"
                failed += [] if said["outcome"] == "done" else [line]
    return done, failed
