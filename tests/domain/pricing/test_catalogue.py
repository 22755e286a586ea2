"""Master data: what can't exist, what counts on a day, and loading and reading it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from domain.pricing import (
    KINDS,
    MAX_CHANGED,
    BomType,
    Catalogue,
    Item,
    MasterDataInvalid,
    Scheme,
    catalogue_for_apps,
    catalogue_from_plain,
    load_catalogue,
    read_catalogue,
)
from domain.store import Create, Replace, StorageUnavailable
from domain.values import Money
from local.master_data import example_catalogue, load_master_data
from tests.domain.pricing.builders import (
    FIRST,
    TODAY,
    a_bom,
    a_catalogue,
    a_panel,
    all_rows,
    an_inverter,
    rs,
)
from tests.fakes.store import Commit, FakeStore

AT = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)


def said(catalogue: Catalogue) -> dict[str, list[Item]]:
    """The rows, whenever they were written."""
    return {kind: [replace(row, revision=1) for row in catalogue.of_kind(kind)] for kind in KINDS}


class TestItem:
    @pytest.mark.parametrize(
        "change",
        [
            {"id": ""},
            {"id": "a/b"},
            {"id": "timeline"},
            {"id": "P" * 65},
            {"revision": 0},
            {"effective_to": date(2025, 12, 31)},
            {"unit_price": Money(-1)},
            {"watts": 0},
            {"efficiency_percent": Decimal("-1")},
            {"efficiency_percent": Decimal("NaN")},
            {"efficiency_percent": Decimal("0.0000001")},
        ],
    )
    def test_cannot_exist_invalid(self, change: dict[str, Any]) -> None:
        with pytest.raises(MasterDataInvalid):
            a_panel(**change)

    def test_an_inverter_has_a_capacity(self) -> None:
        with pytest.raises(MasterDataInvalid):
            an_inverter(capacity_kw=Decimal(0))

    def test_only_a_cable_is_standard_or_polycab(self) -> None:
        with pytest.raises(MasterDataInvalid):
            replace(a_bom()[0], type=BomType.ACCESSORY)

    def test_names_every_faulty_field(self) -> None:
        with pytest.raises(MasterDataInvalid) as refused:
            a_panel(id="/", revision=0, unit_price=Money(-1))
        assert [fault.field for fault in refused.value.faults] == ["id", "revision", "unitPrice"]


class TestOn:
    @pytest.mark.parametrize(
        ("day", "price"),
        [
            (date(2025, 12, 31), None),
            (date(2026, 1, 1), 10),
            (date(2026, 3, 31), 10),
            (date(2026, 4, 1), 11),  # the newer one wins; the older one need not be ended
            (date(2026, 6, 30), 11),
            (date(2026, 7, 1), 10),  # the newer one has ended
        ],
    )
    def test_takes_the_row_in_force(self, day: date, price: int | None) -> None:
        newer = a_panel(unit_price=rs(11), effective_from=date(2026, 4, 1), effective_to=date(2026, 6, 30))
        catalogue = all_rows(panels=(newer, a_panel(unit_price=rs(10))))
        assert [p.unit_price for p in catalogue.on(day).panels] == ([rs(price)] if price else [])

    def test_a_day_s_part_has_the_version_of_the_whole(self) -> None:
        assert replace(all_rows(), version=7).on(TODAY).version == 7

    def test_a_discom_has_its_own_subsidy_type_or_its_state_s(self) -> None:
        catalogue = a_catalogue()
        types = {discom.id: catalogue.subsidy_type(discom) for discom in catalogue.discoms}
        assert types == {"KESCO": Scheme.S3, "MSEDCL": Scheme.S2}


class TestStorage:
    def test_what_is_loaded_is_read_back(self) -> None:
        async def story() -> None:
            store, example = FakeStore(), example_catalogue()
            made = await load_catalogue(store=store, catalogue=example, write_id="w", at=AT)
            read = await read_catalogue(store)
            assert made == sum(len(example.of_kind(kind)) for kind in KINDS)
            assert read.version == -(-made // MAX_CHANGED)
            assert said(read) == said(example) and read.updated_at == AT

        asyncio.run(story())

    def test_is_read_in_one_scan(self) -> None:
        async def story() -> None:
            store = FakeStore()
            await load_master_data(store)
            store.requests.clear()
            await read_catalogue(store)
            assert store.requests == ["rows"]

        asyncio.run(story())

    def test_loading_again_changes_nothing_and_keeps_what_an_admin_changed(self) -> None:
        async def story() -> None:
            store = FakeStore()
            await load_master_data(store)
            row = await store.get(table="masterdata", partition="catalogue", key="panels:PANEL-1:2025-04-01")
            assert row is not None
            values = {k: v for k, v in row.values.items() if k != "writeId"} | {"unitPricePaise": 99}
            writes = [Replace(row.key, values, row.etag)]
            await store.commit(table="masterdata", partition="catalogue", writes=writes, write_id="x")
            before = await read_catalogue(store)
            assert await load_master_data(store) == 0
            assert await read_catalogue(store) == before
            panel = before.on(TODAY).panel("PANEL-1")
            assert panel is not None and panel.unit_price == Money(99)

        asyncio.run(story())

    def test_a_load_that_was_cut_off_is_finished_by_the_next(self) -> None:
        async def story() -> None:
            def cut(commit: Commit) -> None:
                if commit.write_id.endswith(f"-{MAX_CHANGED}"):
                    raise StorageUnavailable("cut")

            store = FakeStore(before_commit=cut)
            with pytest.raises(StorageUnavailable):
                await load_master_data(store)
            store.before_commit = lambda commit: None
            await load_master_data(store)
            assert said(await read_catalogue(store)) == said(example_catalogue())

        asyncio.run(story())

    def test_more_rows_than_a_transaction_holds_are_loaded(self) -> None:
        async def story() -> None:
            store = FakeStore()
            panels = tuple(a_panel(id=f"P{n:03d}") for n in range(250))
            await load_catalogue(store=store, catalogue=all_rows(panels=panels), write_id="w", at=AT)
            read = await read_catalogue(store)
            assert tuple(replace(panel, revision=1) for panel in read.panels) == panels

        asyncio.run(story())

    def test_entries_and_other_partitions_beside_the_rows_are_not_master_data(self) -> None:
        async def story() -> None:
            store = FakeStore()
            for partition, key in (
                ("catalogue", "timeline:0000000001:00"),
                ("other", "X"),
                ("catalogue", "roofs:X"),
            ):
                writes = [Create(key, {"what": "else"})]
                await store.commit(table="masterdata", partition=partition, writes=writes, write_id=partition + key)
            assert await read_catalogue(store) == catalogue_from_plain({})

        asyncio.run(story())

    def test_a_row_lies_in_typed_columns(self) -> None:
        async def story() -> None:
            store = FakeStore()
            await load_catalogue(store=store, catalogue=all_rows(), write_id="w", at=AT)
            row = await store.get(table="masterdata", partition="catalogue", key="discoms:MSEDCL:2026-01-01")
            assert row is not None
            provenance = row.values["provenance"]
            assert '"name":["system:master-data","master-data","2026-03-31T12:00:00.000Z",1]' in str(provenance)
            assert {k: v for k, v in row.values.items() if k != "provenance"} == {
                "id": "MSEDCL",
                "name": "Maharashtra Distribution",
                "state": "MH",
                "phases": '["Three"]',
                "smartMeterOptions": "[true]",
                "subsidyType": "S2",
                "effectiveFrom": FIRST.isoformat(),
                "active": True,
                "revision": 1,
                "updatedAt": "2026-03-31T12:00:00.000Z",
                "writeId": "w-0",
            }

        asyncio.run(story())


class TestForApps:
    def test_the_three_mandatory_arrays_are_always_there(self) -> None:
        reply = catalogue_for_apps(a_catalogue(), category="fees")
        assert reply["panels"] == reply["inverters"] == reply["states"] == []
        assert [fee["id"] for fee in reply["fees"]] == ["F1", "F2"]

    def test_a_panel_in_rupees(self) -> None:
        reply = catalogue_for_apps(replace(a_catalogue(), updated_at=AT))
        assert reply["lastUpdated"] == "2026-03-31T12:00:00.000Z"
        assert reply["panels"][0] == {
            "panelId": "P1",
            "make": "Waaree",
            "variant": "545 DCR",
            "wattage": 545,
            "unitPrice": Decimal("10333.33"),
            "isDCR": True,
            "isRecommended": True,
            "isActive": True,
            "specifications": {"technology": "", "efficiency": Decimal(0), "warranty": ""},
        }

    def test_an_inverter_s_range_is_rounded_inwards(self) -> None:
        reply = catalogue_for_apps(a_catalogue())
        assert reply["inverters"][0]["compatibilityRange"] == {
            "minCapacityKW": Decimal("3.479"),  # 4 ÷ 1.15 = 3.4782…
            "maxCapacityKW": Decimal("4.705"),  # 4 ÷ 0.85 = 4.7058…
        }

    def test_inactive_rows_only_when_asked_for(self) -> None:
        catalogue = example_catalogue().on(TODAY)
        every = catalogue_for_apps(catalogue, active_only=False)["panels"]
        assert len(every) == len(catalogue_for_apps(catalogue)["panels"]) + 1

    def test_cables_and_extra_height_are_bom_items(self) -> None:
        items = {item["itemId"]: item for item in catalogue_for_apps(a_catalogue())["bomItems"]}
        assert (items["B2"]["type"], items["B2"]["subType"], items["B2"]["unit"]) == ("Cable", "Polycab", "kW")
        assert (items["H1"]["type"], items["H1"]["unitPrice"]) == ("Structure", Decimal("650.30"))
