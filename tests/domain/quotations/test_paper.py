"""No quotation without its PDF, and no PDF that says something else than its quotation, whatever happens between."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest

from domain import leads
from domain.quotations import Edit, Paper, PdfNotMade, Press
from domain.quotations.errors import QuotationHasNoPdf
from domain.store import StorageUnavailable
from domain.timeline import VersionStale
from domain.values import Money
from tests.domain.quotations.builders import KAM, LEAD, PARTNER, REASON, Setting
from tests.fakes.pdf import FakePdf, a_press


class Killed(BaseException):
    """The process dies here."""


async def a_setting() -> Setting:
    setting = Setting()
    await setting.register()
    return setting


async def printed(setting: Setting, number: int = 0) -> str:
    """What the PDF says that a reader of the quotation gets."""
    quotation = setting.quotations_of(await setting.file())[number]
    link = await setting.press.link(quotation, at=setting.clock.now())
    assert link.expires_at == setting.clock.now() + timedelta(minutes=5)
    setting.blobs.now = setting.clock.now
    answer = setting.blobs.follow_get(link.url)
    assert answer.status == 200 and quotation.content_hash in answer.content.decode()
    return answer.content.decode()


class TestPdf:
    def test_is_kept_with_the_quotation_and_found_by_it(self) -> None:
        async def story() -> None:
            setting = await a_setting()
            made = await setting.create()
            assert f"reference='{made.id}'" in await printed(setting)
            await setting.checked_entries()

        asyncio.run(story())

    def test_of_a_draft_is_made_when_it_is_finalized(self) -> None:
        async def story() -> None:
            setting = await a_setting()
            draft = await setting.create(KAM, draft=True)
            await setting.edit(draft.id, Edit({"panel_count": 5}), KAM)
            assert setting.pdf.papers == []
            with pytest.raises(QuotationHasNoPdf):
                await printed(setting)
            await setting.edit(draft.id, Edit(finalize=True), KAM)
            assert "5 × Waaree" in await printed(setting)

        asyncio.run(story())

    def test_of_a_final_price_is_a_new_one(self) -> None:
        async def story() -> None:
            setting = await a_setting()
            made = await setting.create()
            final = await setting.edit(
                made.id, Edit({"discount": Money(100)}, reason=REASON), KAM, version=made.version
            )
            assert final.pdf != made.pdf and "discount=Money(paise=100)" in await printed(setting)
            shared = await setting.share(made.id)
            assert shared.pdf == final.pdf

        asyncio.run(story())

    @pytest.mark.parametrize("fault", ["drawing", "storing"])
    def test_that_can_t_be_made_leaves_everything_as_it_was(self, fault: str) -> None:
        async def story() -> None:
            setting = await a_setting()
            before = await setting.create()
            setting.pdf.broken = fault == "drawing"

            def down(request: str) -> None:
                if fault == "storing" and request.startswith("create "):
                    raise StorageUnavailable("down")

            setting.blobs.before = down
            for work in (
                setting.create,
                lambda: setting.edit(
                    before.id, Edit({"discount": Money(1)}, reason=REASON), version=before.version
                ),
            ):
                with pytest.raises((PdfNotMade, StorageUnavailable)):
                    await work()
            assert setting.quotations_of(await setting.file()) == [before]
            assert (await setting.file()).lead.version == before.version

        asyncio.run(story())


class TestOvertaken:
    def test_by_another_instance_both_get_a_number_and_a_pdf_of_their_own(self) -> None:
        async def story() -> None:
            setting = await a_setting()
            other = replace_press(setting, await a_press(setting.pdf, setting.blobs))
            made = await asyncio.gather(setting.create(), other.create(), setting.create())
            assert sorted(q.id for q in made) == ["QUOT-100101", "QUOT-100102", "QUOT-100103"]
            for number in range(3):
                assert f"reference='QUOT-10010{number + 1}'" in await printed(setting, number)
            await setting.checked_entries()

        asyncio.run(story())

    def test_in_one_instance_nothing_is_drawn_in_vain(self) -> None:
        async def story() -> None:
            setting = await a_setting()
            made = await asyncio.gather(*(setting.create() for _ in range(6)))
            assert len(setting.pdf.papers) == 6
            edits = [Edit({"discount": Money(n)}, reason=REASON) for n in range(1, 7)]
            last = made[-1]
            work = (setting.edit(last.id, edit, KAM, version=last.version) for edit in edits)
            said = await asyncio.gather(*work, return_exceptions=True)
            assert sum(isinstance(s, VersionStale) for s in said) == 5 and len(setting.pdf.papers) == 7

        asyncio.run(story())

    def test_by_a_new_name_it_says_the_new_name(self) -> None:
        async def story() -> None:
            setting = Setting()
            setting.pdf = pdf = RenamingPdf(setting)
            await setting.register("Kavita Desai")
            await setting.create()
            assert [paper.customer_name for paper in pdf.papers] == ["Kavita Desai", "Kavita Patel"]
            assert "Kavita Patel" in await printed(setting)
            assert await setting.statuses() == ["Created"]

        asyncio.run(story())


class RenamingPdf(FakePdf):
    """While it draws for the first time, somebody corrects the customer's name."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self._setting = setting

    async def render(self, *, paper: Paper) -> bytes:
        if not self.papers:
            act = self._setting.act(PARTNER)
            edits = {"customer_name": "Kavita Patel"}
            await leads.edit_lead(ports=self._setting.ports, lead_id=LEAD, edits=edits, act=act)
        return await super().render(paper=paper)


def replace_press(setting: Setting, press: Press) -> Setting:
    """The same storage, served by another instance."""
    other = replace(setting)
    other.press = press
    return other


class TestCrash:
    @pytest.mark.parametrize("keyed", [True, False])
    @pytest.mark.parametrize("moment", ["before", "after"])
    @pytest.mark.parametrize("nth", range(1, 7))
    def test_anywhere_leaves_a_quotation_with_its_pdf_or_none(self, nth: int, moment: str, keyed: bool) -> None:
        async def story() -> None:
            setting = await a_setting()
            count = 0

            def hook(commit: object) -> None:
                nonlocal count
                count += 1
                if count == nth:
                    raise Killed

            proof = "a" * 64 if keyed else None
            setattr(setting.store, f"{moment}_commit", hook)
            with contextlib.suppress(Killed):
                await setting.create(proof=proof)
            setattr(setting.store, f"{moment}_commit", lambda commit: None)
            for number in range(len(await setting.statuses())):
                await printed(setting, number)
            await setting.create(proof=proof)
            statuses = await setting.statuses()
            assert statuses == ["Created"] or (statuses == ["Created"] * 2 and not keyed)
            for number in range(len(statuses)):
                await printed(setting, number)
            await setting.checked_entries()

        asyncio.run(story())
