"""Import and export of a kind of master data."""

from __future__ import annotations

from typing import Any

import pytest

from domain import pricing
from domain.pricing import KINDS, MasterDataInvalid, as_rows, header_of, load_catalogue
from domain.timeline import VersionRequired, VersionStale
from domain.values import csv_rows, csv_text
from local.master_data import example_catalogue
from tests.domain.pricing.desk import NOON, Desk, play


async def an_example_desk() -> Desk:
    desk = Desk()
    await load_catalogue(store=desk.store, catalogue=example_catalogue(), write_id="load", at=NOON)
    return desk


async def exported(desk: Desk, kind: str) -> tuple[str, int]:
    items = (await pricing.read_file(desk.store)).of_kind(kind)
    return csv_text(header=header_of(kind), rows=as_rows(kind, items)), pricing.version_of(items)


async def import_text(desk: Desk, kind: str, text: str, version: int | None) -> int:
    rows = csv_rows(text, most=pricing.MAX_ROWS)
    _, written = await pricing.import_items(ports=desk.ports, kind=kind, rows=rows, act=desk.act(version))
    return written


async def faults(desk: Desk, kind: str, text: str, version: int) -> dict[str, str]:
    before = (await pricing.read_file(desk.store)).version
    with pytest.raises(MasterDataInvalid) as refused:
        await import_text(desk, kind, text, version)
    assert (await pricing.read_file(desk.store)).version == before
    return {fault.field: fault.message for fault in refused.value.faults}


class TestImport:
    @pytest.mark.parametrize("kind", KINDS)
    def test_what_was_exported_changes_nothing(self, kind: str) -> None:
        async def story() -> None:
            desk = await an_example_desk()
            text, version = await exported(desk, kind)
            assert await import_text(desk, kind, text, version) == 0

        play(story())

    def test_all_fees_get_new_prices_from_a_day_on_at_once(self) -> None:
        async def story() -> None:
            desk = await an_example_desk()
            text, version = await exported(desk, "fees")
            dearer = text.replace("2025-04-01", "2026-04-01").replace(",9500.00,", ",9750.50,")
            assert await import_text(desk, "fees", dearer, version) == 34  # those of a single phase
            fees = (await pricing.read_file(desk.store)).catalogue().fees
            assert len(fees) == 68 + 34
            [plain, smart] = [f for f in fees if f.discom == "PGVCL" and f.effective_from.year == 2026]
            assert plain.installation == smart.installation and str(plain.installation.in_rupees) == "9750.50"

        play(story())

    def test_text_like_a_formula_comes_back_as_it_was(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            values: dict[str, Any] = {"make": "=cmd|x", "variant": "＝1", "watts": 500, "unitPrice": 1, "dcr": True}
            await desk.add("panels", "P5", **values, warranty='\'-5 years, "all"')
            text, version = await exported(desk, "panels")
            assert "'=cmd|x,'＝1," in text and await import_text(desk, "panels", text, version) == 0
            assert "''-5 years" in text

        play(story())

    def test_names_the_faults_of_every_row_and_writes_none(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            text = (
                "id,effectiveFrom,make,variant,watts,unitPrice,dcr,colour\n"
                "P5,2026-04-01,Adani,600,600,9960.50,false,\n"
                "P6,2026-04-01,,601,many,-1,maybe,red\n"
                ",2026-04-01,Adani,602,602,1,true,\n"
                "P1,2026-01-01,Waaree,545 DCR,545,1,true,\n"
                "P5,2026-04-01,Adani,600,600,1,false,\n"
                "P8,soon,Adani,603,603,1,no,\n"
            )
            told = await faults(desk, "panels", text, 1)
            assert set(told) == {
                "rows.2.colour", "rows.3.make", "rows.3.watts", "rows.3.unitPrice", "rows.3.dcr", "rows.3.colour",
                "rows.4.id", "rows.4.colour", "rows.5.colour", "rows.6.colour", "rows.7.colour", "rows.7.effectiveFrom",
            }  # fmt: skip
            told = await faults(
                desk, "panels", text.replace(",colour", "").replace(",\n", "\n").replace(",red", ""), 1
            )
            assert told["rows.5.effectiveFrom"].startswith("What counts since 2026-01-01 stays as it was.")
            assert told["rows.6.id"] == "This id and first day stand in another row too."
            assert told["rows.3.make"] == "This field can't be empty."

        play(story())

    def test_rows_are_checked_beside_each_other(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            text = "id,make,variant,watts,unitPrice,dcr\nP5,Adani,600,600,1,no\nP6,adani,600,600,1,yes\n"
            assert await faults(desk, "panels", text, 1) == {
                "P5.name": "P6 has the same name.", "P6.name": "P5 has the same name.",
            }  # fmt: skip

        play(story())

    def test_is_based_on_the_kind_as_it_was_seen(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            text, version = await exported(desk, "panels")
            with pytest.raises(VersionRequired):
                await import_text(desk, "panels", text, None)
            await desk.edit("panels", "P2", 1, unitPrice=5)
            with pytest.raises(VersionStale) as stale:
                await import_text(desk, "panels", text, version)
            changes = (stale.value.details or {})["changes"]
            assert "P2.2026-03-31.unitPrice" in [change["field"] for change in changes]
            await desk.edit("inverters", "I1", 1, unitPrice=5)  # of another kind: the panels' version is still 2
            assert await import_text(desk, "panels", text, 2) == 0

        play(story())

    def test_an_empty_cell_clears_a_text(self) -> None:
        async def story() -> None:
            desk = await an_example_desk()
            text, version = await exported(desk, "inverters")
            changed = (
                text.replace("2025-04-01", "2026-04-01").replace("8 years", "").replace("Wi-Fi monitoring;IP65", "")
            )
            assert await import_text(desk, "inverters", changed, version) == 11
            newest = (await pricing.read_file(desk.store)).editions("inverters", "INVERTER-1")[-1]
            assert (newest.warranty, newest.features) == ("", ())

        play(story())

    def test_has_a_limit(self) -> None:
        async def story() -> None:
            desk = await Desk().open()
            rows = "".join(f"N{n},Adani,V{n},600,1,no\n" for n in range(81))
            told = await faults(desk, "panels", "id,make,variant,watts,unitPrice,dcr\n" + rows, 1)
            assert told == {"rows": "81 rows say something new; at most 80 can at once."}

        play(story())
