"""An admin's desk over a store with master data, for the tests of changes. No tests here."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from domain import pricing
from domain.ports import Ports
from domain.pricing import (
    MasterDataInvalid,
    load_catalogue,
    read_catalogue,
)
from domain.timeline import Act
from domain.values import Actor, Role
from tests.domain.pricing.builders import all_rows
from tests.fakes.clock import FakeClock
from tests.fakes.ids import FakeIds
from tests.fakes.pauses import no_pause
from tests.fakes.store import FakeStore

ASHA = Actor("ADMIN-1001", "Asha Admin", Role.ADMIN)
ZOYA = Actor("ADMIN-1002", "Zoya Admin", Role.ADMIN)
NOON = datetime(2026, 3, 31, 6, 30, tzinfo=UTC)  # noon of 31 March in India
TODAY, APRIL, MAY = date(2026, 3, 31), date(2026, 4, 1), date(2026, 5, 1)


class Desk:
    """An admin's desk over a store with `all_rows()` in it, in version 1."""

    def __init__(self, store: FakeStore | None = None) -> None:
        self.store = store or FakeStore()
        self.ports = Ports(
            store=self.store, clock=FakeClock(), ids=FakeIds(), pause=no_pause, later=lambda work: work.close()
        )

    async def open(self) -> Desk:
        await load_catalogue(store=self.store, catalogue=all_rows(), write_id="load", at=NOON)
        return self

    def act(self, version: int | None = None, actor: Actor = ASHA, proof: str | None = None) -> Act:
        return Act(actor=actor, at=NOON, write_id=self.ports.ids.unique(), proof=proof, version=version)

    async def edit(self, kind: str, item_id: str, version: int | None, actor: Actor = ASHA, **given: Any) -> int:
        file = await pricing.edit_item(
            ports=self.ports, kind=kind, item_id=item_id, given=given, act=self.act(version, actor)
        )
        return file.version

    async def add(self, kind: str, item_id: str | None, **given: Any) -> str:
        _, made = await pricing.add_item(ports=self.ports, kind=kind, item_id=item_id, given=given, act=self.act())
        return made

    async def deactivate(self, kind: str, item_id: str, version: int | None) -> int:
        file = await pricing.deactivate_item(
            ports=self.ports, kind=kind, item_id=item_id, reason="Sold out", act=self.act(version)
        )
        return file.version

    async def price_of(self, panel: str, day: date) -> Any:
        found = (await read_catalogue(self.store)).on(day).panel(panel)
        return found and (found.unit_price.in_rupees, found.active)


def play(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


async def faults(work: Coroutine[Any, Any, Any]) -> dict[str, str]:
    with pytest.raises(MasterDataInvalid) as refused:
        await work
    return {fault.field: fault.message for fault in refused.value.faults}


PANEL = {"make": "Adani", "variant": "600", "watts": 600, "unitPrice": Decimal("9960.50"), "dcr": False}
FEE = {
    "state": "UP", "discom": "KESCO", "phase": "Three", "smartMeter": True, "discomFee": 1, "discomMisc": 1,
    "installation": 1, "meter": 1, "modemBox": 1,
}  # fmt: skip
