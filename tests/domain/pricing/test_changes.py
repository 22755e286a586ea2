"""An admin's changes of master data: what may be changed from when, versions, references, history, crashes."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from domain import pricing
from domain.ports import Ports
from domain.pricing import (
    Catalogue,
    MasterDataExists,
    MasterDataInvalid,
    MasterDataNotFound,
    Rebuilder,
    catalogue_as_of,
    load_catalogue,
    read_catalogue,
)
from domain.store import StorageUnavailable
from domain.timeline import Act, VersionRequired, VersionStale, verify
from domain.values import Actor, Role
from tests.domain.pricing.builders import all_rows
from tests.fakes.clock import FakeClock
from tests.fakes.store import Commit, FakeStore

ASHA = Actor("ADMIN-1001", "Asha Admin", Role.ADMIN)
ZOYA = Actor("ADMIN-1002", "Zoya Admin", Role.ADMIN)
NOON = datetime(2026, 3, 31, 6, 30, tzinfo=UTC)  # noon of 31 March in India
TODAY, APRIL, MAY = date(2026, 3, 31), date(2026, 4, 1), date(2026, 5, 1)


class Numbers:
    def __init__(self) -> None:
        self._next = itertools.count(1)

    async def next_number(self, kind: str) -> int:
        return next(self._next)

    def unique(self) -> str:
        return f"{next(self._next):032x}"


async def _no_pause(attempt: int) -> None:
    await asyncio.sleep(0)


class Desk:
    """An admin's desk over a store with `all_rows()` in it, in version 1."""

    def __init__(self, store: FakeStore | None = None) -> None:
        self.store = store or FakeStore()
        self.ports = Ports(
            store=self.store, clock=FakeClock(), ids=Numbers(), pause=_no_pause, later=lambda work: work.close()
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


class TestEditItem:
    def test_a_new_price_is_a_new_row_and_the_old_one_stays(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            assert await desk.edit("panels", "P1", 1, unitPrice=9000, effectiveFrom="2026-04-01") == 2
            assert await desk.price_of("P1", TODAY) == (Decimal("10333.33"), True)
            assert await desk.price_of("P1", APRIL) == (Decimal("9000.00"), True)

        play(story())

    def test_a_row_that_does_not_count_yet_is_edited_in_place_and_the_overwrite_told(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            await desk.edit("panels", "P1", 1, unitPrice=9000, effectiveFrom="2026-04-01")
            await desk.edit("panels", "P1", 2, ZOYA, unitPrice=8000, effectiveFrom="2026-04-01")
            assert await desk.price_of("P1", APRIL) == (Decimal("8000.00"), True)
            told = await pricing.history_of(store=desk.store, kind="panels", item_id="P1")
            assert [entry.action for entry in told] == [
                "MasterDataLoaded", "MasterDataChanged", "MasterDataChanged", "Overwritten",
            ]  # fmt: skip
            assert told[-1].message == "Overwritten by Zoya Admin at 2026-03-31T06:30:00.000Z"
            assert [(c.field, c.before, c.after) for c in told[-1].changes] == [
                ("panels.P1.2026-04-01.unitPricePaise", 900_000, 800_000)
            ]

        play(story())

    @pytest.mark.parametrize("day", ["2026-03-30", "2026-01-01", "2025-12-31"])
    def test_the_past_stays_as_it_was(self, day: str) -> None:
        async def story() -> None:
            desk = await Desk().open()
            told = await faults(desk.edit("panels", "P1", 1, unitPrice=9000, effectiveFrom=day))
            assert told == {
                "effectiveFrom": "What has counted before stays as it was. Choose 2026-03-31 or a later day."
            }

        play(story())

    def test_what_counts_since_today_may_have_been_used(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            await desk.edit("panels", "P1", 1, unitPrice=9000)
            assert await desk.price_of("P1", TODAY) == (Decimal("9000.00"), True)
            told = await faults(desk.edit("panels", "P1", 2, unitPrice=9001))
            assert "Choose 2026-04-01 or a later day." in told["effectiveFrom"]

        play(story())

    def test_the_same_values_again_change_nothing(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            assert await desk.edit("panels", "P1", 1, unitPrice=Decimal("10333.330"), dcr=True) == 1

        play(story())

    def test_needs_the_version_that_was_seen(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            with pytest.raises(VersionRequired):
                await desk.edit("panels", "P1", None, unitPrice=1)
            await desk.edit("panels", "P1", 1, ZOYA, unitPrice=9000, effectiveFrom="2026-05-01")
            await desk.edit("panels", "P2", 1, ZOYA, unitPrice=8000)
            before = desk.store._tables.copy()
            with pytest.raises(VersionStale) as stale:
                await desk.edit("panels", "P1", 1, unitPrice=7000)
            assert desk.store._tables == before
            details = stale.value.details or {}
            assert (details["current"]["version"], details["yours"]) == (2, {"unitPrice": 7000})
            assert {"field": "2026-05-01.unitPrice", "before": None, "after": Decimal("9000.00"),
                    "by": "Zoya Admin", "at": "2026-03-31T06:30:00.000Z"} in details["changes"]  # fmt: skip
            assert all(change["field"].startswith("2026-05-01.") for change in details["changes"])

        play(story())

    def test_another_item_s_change_makes_nothing_stale(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            await desk.edit("panels", "P2", 1, unitPrice=8000)
            assert await desk.edit("panels", "P1", 1, unitPrice=9000) == 3

        play(story())

    def test_of_20_parallel_ones_with_one_version_one_lands(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            tries = (desk.edit("panels", "P1", 1, unitPrice=5000 + n) for n in range(20))
            ends = await asyncio.gather(*tries, return_exceptions=True)
            assert sorted(type(end).__name__ for end in ends) == ["VersionStale"] * 19 + ["int"]

        play(story())

    def test_20_parallel_ones_of_different_items_all_land(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            ids = [await desk.add("panels", None, **{**PANEL, "variant": f"V{n}"}) for n in range(20)]
            assert ids[0] == "PANEL-1" and len(set(ids)) == 20
            tries = (
                desk.edit("panels", i, 2 + n, recommended=True, effectiveFrom="2026-04-01")
                for n, i in enumerate(ids)
            )
            assert sorted(await asyncio.gather(*tries)) == list(range(22, 42))

        play(story())

    def test_names_every_fault_with_what_is_allowed(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            told = await faults(
                desk.edit(
                    "inverters", "I1", 1, phase="Two", capacityKw="4", unitPrice=Decimal("1.001"),
                    features=[1], recommended="yes", colour="red", make=None, warranty="x" * 501,
                )
            )  # fmt: skip
            assert set(told) == {
                "phase", "capacityKw", "unitPrice", "features", "recommended", "colour", "make", "warranty",
            }  # fmt: skip
            assert told["phase"] == "This must be one of Single, Three."
            assert told["colour"].startswith(
                "There is no such field here. There are: effectiveFrom, effectiveTo, active, make"
            )

        play(story())

    def test_settings_have_bounds(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            wrong = {"inflationPercent": 101, "defaultAddOnPerKw": 2001, "validityDays": 0}
            assert set(await faults(desk.edit("settings", "PRICING", 1, **wrong))) == set(wrong)
            told = await faults(desk.edit("settings", "PRICING", 1, defaultState="XX"))
            assert told == {"defaultState": "There is no such state. There are: MH, UP."}
            await desk.edit("settings", "PRICING", 1, inflationPercent=Decimal("2.5"), effectiveFrom="2026-04-01")
            catalogue = await read_catalogue(desk.store)
            rates = [catalogue.on(day).pricing.inflation_percent for day in (TODAY, APRIL)]
            assert rates == [Decimal(10), Decimal("2.5")]

        play(story())

    def test_a_promotion_ends_and_the_old_price_is_back(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            await desk.edit("panels", "P1", 1, unitPrice=9000, effectiveFrom="2026-04-01", effectiveTo="2026-04-30")
            days = (TODAY, APRIL, MAY)
            assert [(await desk.price_of("P1", day))[0] for day in days] == [
                Decimal("10333.33"), Decimal("9000.00"), Decimal("10333.33"),
            ]  # fmt: skip

        play(story())


class TestAddItem:
    def test_counts_from_its_first_day(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            assert await desk.add("panels", "P9", **PANEL, effectiveFrom="2026-04-01") == "P9"
            assert await desk.price_of("P9", TODAY) is None
            assert await desk.price_of("P9", APRIL) == (Decimal("9960.50"), True)

        play(story())

    def test_an_id_is_used_once(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            with pytest.raises(MasterDataExists):
                await desk.add("panels", "P1", **PANEL)
            with pytest.raises(MasterDataNotFound):
                await desk.add("roofs", "R1")

        play(story())

    def test_names_what_is_missing(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            told = await faults(desk.add("panels", "P9", effectiveFrom="2026-03-01"))
            assert set(told) == {"make", "variant", "watts", "unitPrice", "dcr", "effectiveFrom"}

        play(story())

    @pytest.mark.parametrize(
        ("kind", "given", "field", "said"),
        [
            ("fees", {**FEE, "discom": "BESCOM"}, "discom", "This state has no such DISCOM. It has: KESCO."),
            ("fees", {**FEE, "state": "KA"}, "state", "There is no such state. There are: MH, UP."),
            ("fees", {**FEE, "discom": "MSEDCL"}, "discom", "This state has no such DISCOM. It has: KESCO."),
            ("fees", {**FEE, "phase": "Single"}, "phase", "KESCO supports these phases: Three."),
            ("fees", {**FEE, "smartMeter": False}, "smartMeter", "KESCO connects only with a smart meter."),
            ("fees", FEE, "discom", "F1 has the fees of this DISCOM, phase and meter. Change that one."),
            ("discoms", {"name": "X", "state": "KA", "phases": ["Single"], "smartMeterOptions": [True]}, "state",
             "There is no such state. There are: MH, UP."),
            ("discoms", {"name": "X", "state": "UP", "phases": [], "smartMeterOptions": [True]}, "phases",
             "At least one, and each only once."),
            ("states", {"name": "Karnataka", "code": "KA", "subsidyType": "Central"}, "subsidyType",
             "The type of state subsidy is S1, S2 or S3."),
            ("subsidies", {"scheme": "S2", "fromKw": 5, "base": 1, "ratePerKw": 0}, "fromKw",
             "S2-5 is the slab of S2 from there. Change that one."),
            ("panels", {**PANEL, "make": "Waaree", "variant": "545 dcr"}, "name", "P1 has the same name."),
            ("bom", {"name": "C", "type": "Cable", "basis": "PerKW", "unitPrice": 1}, "cable",
             "A cable, and nothing else, is Standard or Polycab."),
            ("settings", {}, "id", "There is one PRICING, and it is always active."),
        ],
    )  # fmt: skip
    def test_fits_the_rest(self, kind: str, given: dict[str, Any], field: str, said: str) -> None:
        async def story() -> None:
            desk = await Desk().open()
            assert (await faults(desk.add(kind, "NEW", **given)))[field] == said

        play(story())

    def test_a_deactivated_one_leaves_its_place_to_another(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            await desk.deactivate("fees", "F1", 1)
            assert await desk.add("fees", None, **FEE) == "FEE-1"

        play(story())


class TestDeactivateItem:
    def test_is_chosen_no_more_from_today_on_and_what_was_stays(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            await desk.edit("panels", "P1", 1, unitPrice=9000, effectiveFrom="2026-05-01")
            assert await desk.deactivate("panels", "P1", 2) == 3
            days = (date(2026, 3, 30), TODAY, MAY)
            assert [(await desk.price_of("P1", day))[1] for day in days] == [True, False, False]
            assert await desk.deactivate("panels", "P1", 3) == 3
            told = await pricing.history_of(store=desk.store, kind="panels", item_id="P1")
            assert (told[-1].action, told[-1].reason) == ("MasterDataDeactivated", "Sold out")

        play(story())

    def test_can_be_chosen_again_when_it_is_made_active(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            await desk.deactivate("panels", "P1", 1)
            await desk.edit("panels", "P1", 2, active=True)
            assert await desk.price_of("P1", TODAY) == (Decimal("10333.33"), True)

        play(story())

    def test_the_settings_stay(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            assert set(await faults(desk.deactivate("settings", "PRICING", 1))) == {"active"}
            with pytest.raises(MasterDataNotFound):
                await desk.deactivate("panels", "P77", 1)
            with pytest.raises(VersionRequired):
                await desk.deactivate("panels", "P1", None)

        play(story())


class TestTimeline:
    def test_is_unbroken_and_folds_to_what_is_stored_at_every_version(self) -> None:
        async def story() -> None:
            desk, seen = await Desk().open(), list[Catalogue]()
            seen.append(await read_catalogue(desk.store))
            for step in (
                lambda: desk.edit("panels", "P1", 1, unitPrice=9000, effectiveFrom="2026-04-01"),
                lambda: desk.edit("panels", "P1", 2, ZOYA, unitPrice=8000, effectiveFrom="2026-04-01"),
                lambda: desk.edit("discoms", "MSEDCL", 1, subsidyType=None),
                lambda: desk.add("panels", None, **PANEL),
                lambda: desk.deactivate("panels", "P1", 3),
                lambda: desk.edit("panels", "P1", 6, active=True),
            ):
                await step()
                seen.append(await read_catalogue(desk.store))
            entries = [entry async for entry in pricing.entries(desk.store)]
            file = await pricing.read_file(desk.store)
            assert file.head is not None
            assert verify(entries, last_hash=str(file.head.values["lastHash"]), version=7) is None
            rebuilt = Rebuilder(entries)
            assert [rebuilt.catalogue(n) for n in range(1, 8)] == [replace(c, updated_at=None) for c in seen]
            with pytest.raises(ValueError, match="no version 8"):
                rebuilt.catalogue(8)
            assert catalogue_as_of(entries, 0) == Catalogue()

        play(story())

    def test_killed_before_and_after_the_transaction_and_sent_again_it_lands_once(self) -> None:
        async def story(where: str) -> None:
            desk = await Desk().open()

            def cut(commit: Commit) -> None:
                setattr(desk.store, where, lambda commit: None)
                raise StorageUnavailable("cut")

            setattr(desk.store, where, cut)
            act = replace(desk.act(1, proof="k"), write_id="same")
            for _ in range(2):
                with contextlib.suppress(StorageUnavailable):
                    await pricing.edit_item(
                        ports=desk.ports, kind="panels", item_id="P1", given={"unitPrice": 9000}, act=act
                    )
            assert await desk.price_of("P1", TODAY) == (Decimal("9000.00"), True)
            assert (await read_catalogue(desk.store)).version == 2

        for where in ("before_commit", "after_commit"):
            play(story(where))

    def test_a_write_is_two_requests(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            desk.store.requests.clear()
            await desk.edit("panels", "P1", 1, unitPrice=9000)
            assert desk.store.requests == ["rows", "transaction"]

        play(story())
