"""New and deactivated items, what they must fit, the timeline of all of it, and crashes."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain import pricing
from domain.pricing import (
    Catalogue,
    MasterDataExists,
    MasterDataNotFound,
    Rebuilder,
    catalogue_as_of,
    read_catalogue,
)
from domain.store import StorageUnavailable
from domain.timeline import VersionRequired, verify
from tests.domain.pricing.desk import APRIL, FEE, MAY, PANEL, TODAY, ZOYA, Desk, faults, play
from tests.fakes.store import Commit


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
            told = await faults(desk.add("panels", "P9", effectiveFrom="2026-03-01", variant=""))
            assert set(told) == {"make", "variant", "watts", "unitPrice", "dcr", "effectiveFrom"}
            assert told["variant"] == "This field can't be empty."

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

    def test_is_not_back_when_a_promotion_would_have_ended(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            await desk.edit("panels", "P1", 1, unitPrice=9000, effectiveTo="2026-04-30")
            await desk.deactivate("panels", "P1", 2)
            assert [(await desk.price_of("P1", day))[1] for day in (TODAY, MAY)] == [False, False]

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
