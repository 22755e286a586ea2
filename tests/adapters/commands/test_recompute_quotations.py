"""The command that proves stored prices: over the fake store, and as a process over Azurite."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from adapters.commands.recompute_quotations import recompute
from adapters.schema import create_tables
from adapters.tables import AzureTableStore
from domain.pricing import (
    Configuration,
    Phase,
    configuration_as_plain,
    load_catalogue,
    price,
    price_as_plain,
    read_catalogue,
)
from domain.store import Create, Replace, Store
from domain.values import day_in_india
from local import azurite
from tests.domain.pricing.builders import all_rows
from tests.domain.pricing.desk import NOON, Desk

ROOT = Path(__file__).parents[3]
CHOSEN = Configuration(
    state="UP", discom="KESCO", phase=Phase.THREE, smart_meter=True, panel="P1", panel_count=7, inverter="I1",
    structure_height=Decimal("1.5"),
)  # fmt: skip


async def quote(store: Store, number: int, at: datetime) -> None:
    """A row as `domain.quotations` keeps it, of a price made at that moment."""
    catalogue = (await read_catalogue(store)).on(day_in_india(at))
    made = price(CHOSEN, catalogue)
    values: dict[str, Any] = {
        "status": "Created",
        "systemPricePaise": made.system_price.paise,
        "addOnTotalPaise": made.add_on_total.paise,
        "customerPaysPaise": made.customer_pays.paise,
        "catalogueVersion": made.catalogue_version,
        "validUntil": "2026-04-30",
        "createdAt": "2026-03-31T06:30:00.000Z",
        "createdBy": "CP-1001",
        "createdByName": "Ravi",
        "version": 1,
        "configuration": json.dumps(configuration_as_plain(made.configuration)),
        "price": json.dumps(price_as_plain(made)),
    }
    writes = [Create(f"quotation:QUOT-{number}01", values), Create("lead", {"not": "a quotation"})]
    await store.commit(table="leads", partition=f"LEAD-{number}", writes=writes, write_id=f"w{number}")


async def change_a_stored_price(store: Store, number: int, **values: Any) -> None:
    row = await store.get(table="leads", partition=f"LEAD-{number}", key=f"quotation:QUOT-{number}01")
    assert row is not None
    new = {**{k: v for k, v in row.values.items() if k != "writeId"}, **values}
    writes = [Replace(row.key, new, row.etag)]
    await store.commit(table="leads", partition=row.partition, writes=writes, write_id=f"x{number}")


async def a_history(desk: Desk) -> None:
    """Quotations made before and after each of several changes of the master data, two of them on one day."""
    await quote(desk.store, 1001, NOON)
    await desk.edit("panels", "P1", 1, unitPrice=9000)
    await quote(desk.store, 1002, NOON)
    await desk.edit("settings", "PRICING", 1, inflationPercent=Decimal("2.5"), effectiveFrom="2026-04-01")
    await desk.edit("subsidies", "S3-2", 1, base=25_000, effectiveFrom="2026-04-01")
    await quote(desk.store, 1003, NOON)
    await quote(desk.store, 1004, NOON + timedelta(days=1))
    await desk.deactivate("panels", "P1", 2)


def run(desk: Desk) -> tuple[int, list[str]]:
    said: list[str] = []
    wrong = asyncio.run(recompute(desk.store, said.append))
    return wrong, said


class TestRecompute:
    def test_all_are_the_same_whatever_has_changed_since(self) -> None:
        desk = Desk()
        asyncio.run(desk.open())
        asyncio.run(a_history(desk))
        assert run(desk) == (0, ["4 quotations computed again, 4 the same to the paisa, 0 differ."])
        prices = {row.values["systemPricePaise"] for row in asyncio.run(rows(desk))}
        assert len(prices) == 3  # the changes did change the price

    def test_names_each_that_differs(self) -> None:
        desk = Desk()
        asyncio.run(desk.open())
        asyncio.run(a_history(desk))
        stored = json.loads(str(asyncio.run(rows(desk))[0].values["price"]))
        stored["lines"][0]["amountPaise"] += 1
        asyncio.run(change_a_stored_price(desk.store, 1001, price=json.dumps(stored)))
        asyncio.run(change_a_stored_price(desk.store, 1002, customerPaysPaise=1))
        asyncio.run(change_a_stored_price(desk.store, 1003, catalogueVersion=99))
        wrong, said = run(desk)
        assert wrong == 3
        assert said == [
            "QUOT-100101 differs: lines[0].amountPaise: stored 7233332, computed 7233331",
            "QUOT-100201 differs: customerPaysPaise isn't its price's",
            "QUOT-100301 differs: there is no version 99 of the master data",
            "4 quotations computed again, 1 the same to the paisa, 3 differ.",
        ]

    def test_what_was_priced_with_other_master_data_differs(self) -> None:
        desk = Desk()
        asyncio.run(desk.open())
        asyncio.run(a_history(desk))
        asyncio.run(change_a_stored_price(desk.store, 1001, catalogueVersion=2))
        wrong, said = run(desk)
        assert wrong == 1 and "panel.unitPricePaise: stored 1033333, computed 900000" in said[0]


async def rows(desk: Desk) -> list[Any]:
    return [row async for row in desk.store.scan(table="leads") if row.key.startswith("quotation:")]


class TestCommand:
    def test_its_exit_status_says_it(self) -> None:
        async def prepare(connection: str) -> None:
            store = AzureTableStore(connection)
            await create_tables(store)
            await load_catalogue(store=store, catalogue=all_rows(), write_id="load", at=NOON)
            await quote(store, 1001, NOON)
            await store.close()

        async def spoil(connection: str) -> None:
            store = AzureTableStore(connection)
            await change_a_stored_price(store, 1001, systemPricePaise=5)
            await store.close()

        with azurite.start(None, in_memory=True) as running:  # its own: it looks at all quotations
            asyncio.run(prepare(running.connection_string))
            right = command(STORAGE_CONNECTION=running.connection_string)
            asyncio.run(spoil(running.connection_string))
            wrong = command(STORAGE_CONNECTION=running.connection_string)
        unknown = command(STORAGE_CONNECTION="")
        assert (right.returncode, wrong.returncode, unknown.returncode) == (0, 1, 2)
        assert right.stdout == "1 quotations computed again, 1 the same to the paisa, 0 differ.\n"
        assert wrong.stdout.startswith("QUOT-100101 differs: systemPricePaise isn't its price's\n")
        assert "STORAGE_CONNECTION" in unknown.stderr


def command(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "adapters.commands.recompute_quotations"],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
