"""An admin's changes of items: what may be changed from when, versions, what others did meanwhile."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from domain import pricing
from domain.pricing import (
    read_catalogue,
)
from domain.timeline import VersionRequired, VersionStale
from tests.domain.pricing.desk import APRIL, MAY, PANEL, TODAY, ZOYA, Desk, faults, play


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
