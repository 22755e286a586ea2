"""Drafts, final pricing, sharing, revisions, withdrawal: what each does and what it refuses (domain.md, ADR 19)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.pricing import ConfigurationNotPossible
from domain.quotations import Edit, plain, price_table, told_configuration, told_price
from domain.quotations.errors import (
    DraftNotAllowed,
    QuotationExpired,
    QuotationInvalid,
    QuotationNotEditable,
    QuotationNotFound,
    QuotationNotWithdrawable,
)
from domain.timeline import VersionRequired, VersionStale
from domain.values import Money
from tests.domain.quotations.builders import ADMIN, KAM, PARTNER, REASON, STRANGER, Setting

Story = Callable[[Setting], Awaitable[None]]


def play(story: Story) -> None:
    async def whole() -> None:
        setting = Setting()
        await setting.register()
        await story(setting)
        await setting.checked_entries()

    asyncio.run(whole())


def rupees(text: str) -> Money:
    return Money(round(float(text) * 100))


class TestDraft:
    def test_is_priced_anew_with_each_edit_and_has_no_fixed_hash(self) -> None:
        async def story(setting: Setting) -> None:
            draft = await setting.create(KAM, draft=True)
            assert (draft.status, plain(draft)["contentHash"]) == ("Draft", None)
            edited = await setting.edit(draft.id, Edit({"panel_count": 5}), KAM)
            # 2.7 kW: 19,990.00 fewer panels, BOM, charges; add-on 1,800 x 2.7
            assert (edited.status, edited.add_on_total) == ("Draft", Money.rupees(4860))
            assert edited.system_price < draft.system_price
            same = await setting.edit(draft.id, Edit({"panel_count": 5}), ADMIN)
            assert same == edited  # nothing to change is no change

        play(story)

    def test_tells_what_another_had_set(self) -> None:
        async def story(setting: Setting) -> None:
            draft = await setting.create(KAM, draft=True)
            await setting.edit(draft.id, Edit({"panel_count": 5, "add_on_per_kw": Money.rupees(1500)}), KAM)
            await setting.edit(draft.id, Edit({"add_on_per_kw": Money.rupees(1600)}), ADMIN)
            entries = await setting.checked_entries()
            lost = [e for e in entries if e.action == "Overwritten"]
            [change] = lost[0].changes
            assert len(lost) == 1 and lost[0].message.startswith("Overwritten by Asha at 2026-03-01T")
            assert (change.field, change.before, change.after) == (
                f"{draft.id}.configuration.addOnPerKwPaise",
                150_000,
                160_000,
            )

        play(story)

    def test_is_kept_by_staff_only(self) -> None:
        async def story(setting: Setting) -> None:
            with pytest.raises(DraftNotAllowed):
                await setting.create(PARTNER, draft=True)
            assert await setting.statuses() == []

        play(story)

    def test_becomes_created_with_a_validity_from_that_day_and_only_once(self) -> None:
        async def story(setting: Setting) -> None:
            draft = await setting.create(ADMIN, draft=True)
            setting.clock.advance(days=10)
            made = await setting.edit(draft.id, Edit(finalize=True), KAM)
            assert (made.status, made.valid_until) == ("Created", date(2026, 4, 10))
            assert plain(made)["contentHash"] == made.content_hash
            assert await setting.edit(draft.id, Edit(finalize=True), KAM) == made

        play(story)

    def test_that_isn_t_possible_any_more_names_every_fault(self) -> None:
        async def story(setting: Setting) -> None:
            draft = await setting.create(KAM, draft=True)
            with pytest.raises(ConfigurationNotPossible) as refusal:
                await setting.edit(draft.id, Edit({"panel_count": 30, "add_on_per_kw": Money.rupees(2001)}), KAM)
            fields = {fault.field for fault in refusal.value.faults}
            assert fields == {"panelCount", "dealerAddOnPerKw"}

        play(story)


class TestFinalPrice:
    def test_makes_the_record_anew_from_what_it_was_computed_with(self) -> None:
        """199,890.00 - 5,000.00 + 1,500 x 3.24, worked out by hand from the example master data."""

        async def story(setting: Setting) -> None:
            made = await setting.create()
            assert (made.system_price, made.customer_pays) == (Money.rupees(225722), Money.rupees(141242))
            change = {"add_on_per_kw": Money.rupees(1500), "discount": Money.rupees(5000)}
            final = await setting.edit(made.id, Edit(change, reason=REASON), KAM, version=made.version)
            assert final.status == "Created" and final.shared_at is None
            assert (final.add_on_total, final.system_price) == (Money.rupees(4860), Money.rupees(219750))
            assert final.customer_pays == Money.rupees(135270)
            assert final.content_hash != made.content_hash
            assert (final.valid_until, final.price["lines"]) == (made.valid_until, made.price["lines"])
            entries = await setting.checked_entries()
            [priced] = [e for e in entries if e.action == "QuotationPriced"]
            assert priced.reason == REASON
            [lost] = [e for e in entries if e.action == "Overwritten"]  # the discount had been set by nobody
            assert lost.changes[0].field == f"{made.id}.configuration.addOnPerKwPaise"

        play(story)

    @pytest.mark.parametrize(
        ("change", "reason", "fields"),
        [
            ({"add_on_per_kw": Money.rupees(2001)}, REASON, {"dealerAddOnPerKw"}),
            ({"add_on_per_kw": Money(-1)}, REASON, {"dealerAddOnPerKw"}),
            ({"discount": Money(-1)}, REASON, {"discount"}),
            ({"discount": Money(19_990_01)}, REASON, {"discount"}),  # subtotal 199,900.00, inflated 219,890.00
            (
                {"discount": Money(19_990_01), "add_on_per_kw": Money.rupees(9999)},
                REASON,
                {"discount", "dealerAddOnPerKw"},
            ),
            ({"discount": Money(1)}, "short", {"reason"}),
            ({"discount": Money(1)}, None, {"reason"}),
            ({"panel_count": 5}, REASON, {"panel_count"}),
            ({"panel_count": 5, "discount": Money(1)}, None, {"panel_count", "reason"}),
        ],
    )
    def test_keeps_its_bounds(self, change: dict[str, Any], reason: str | None, fields: set[str]) -> None:
        async def story(setting: Setting) -> None:
            made = await setting.create()
            with pytest.raises((QuotationInvalid, ConfigurationNotPossible)) as refusal:
                await setting.edit(made.id, Edit(change, reason=reason), ADMIN, version=made.version)
            assert {fault.field for fault in refusal.value.faults} == fields
            assert [q.content_hash for q in setting.quotations_of(await setting.file())] == [made.content_hash]

        play(story)

    def test_may_take_off_the_inflation_and_no_more(self) -> None:
        async def story(setting: Setting) -> None:
            made = await setting.create()
            most = Edit({"discount": Money(19_990_00)}, reason=REASON)
            final = await setting.edit(made.id, most, ADMIN, version=made.version)
            assert final.system_price == Money.rupees(199900) + Money.rupees(5832)  # hardware subtotal + add-on

        play(story)

    def test_needs_the_version_that_was_seen(self) -> None:
        async def story(setting: Setting) -> None:
            made = await setting.create()
            edit = Edit({"discount": Money.rupees(100)}, reason=REASON)
            with pytest.raises(VersionRequired):
                await setting.edit(made.id, edit, KAM)
            first = await setting.edit(made.id, edit, KAM, version=made.version)
            with pytest.raises(VersionStale) as refusal:
                await setting.edit(
                    made.id, replace(edit, changes={"discount": Money(1)}), ADMIN, version=made.version
                )
            details = refusal.value.details or {}
            assert details["yours"] == {"configuration.discountPaise": 1}
            assert details["current"] == {**plain(first), "version": first.version}
            assert ("configuration.discountPaise", None, 10_000, "Meena") in [
                (c["field"], c["before"], c["after"], c["by"]) for c in details["changes"]
            ]

        play(story)

    @pytest.mark.parametrize("status", ["Shared", "Accepted", "Rejected", "Withdrawn", "Expired"])
    def test_of_a_later_one_is_refused_and_its_hash_stays(self, status: str) -> None:
        """cases.md 13."""

        async def story(setting: Setting) -> None:
            made = await setting.create()
            await setting.share(made.id)
            await {
                "Shared": lambda: asyncio.sleep(0),
                "Accepted": lambda: setting.accept(made.id),
                "Rejected": lambda: setting.reject(made.id),
                "Withdrawn": lambda: setting.withdraw(made.id),
                "Expired": lambda: asyncio.sleep(0, setting.clock.advance(days=31)),
            }[status]()
            for edit in (
                Edit({"discount": Money(1)}, reason=REASON),
                Edit({"panel_count": 5}),
                Edit(finalize=True),
            ):
                with pytest.raises(QuotationNotEditable) as refusal:
                    await setting.edit(made.id, edit, ADMIN, version=made.version)
                assert refusal.value.details == {"status": status}
            assert [q.content_hash for q in setting.quotations_of(await setting.file())] == [made.content_hash]

        play(story)

    def test_of_anothers_quotation_isn_t_there(self) -> None:
        async def story(setting: Setting) -> None:
            made = await setting.create()
            for quotation_id in (made.id, "QUOT-100199", "QUOT-1", "x"):
                with pytest.raises(QuotationNotFound):
                    await setting.edit(quotation_id, Edit({"discount": Money(1)}), STRANGER, version=2)

        play(story)


class TestShare:
    def test_of_an_overdue_one_is_refused(self) -> None:
        async def story(setting: Setting) -> None:
            made = await setting.create()
            setting.clock.advance(days=31)
            with pytest.raises(QuotationExpired):
                await setting.share(made.id)
            assert await setting.statuses() == ["Created"]

        play(story)


class TestRevision:
    def test_takes_the_place_of_the_shared_one_when_it_is_shared_itself(self) -> None:
        async def story(setting: Setting) -> None:
            first = await setting.create()
            await setting.share(first.id)
            second = await setting.create(supersedes=first.id)
            assert await setting.statuses() == ["Shared", "Created"]
            shared = await setting.share(second.id)
            assert await setting.statuses() == ["Withdrawn", "Shared"]
            entries = [e for e in await setting.checked_entries() if e.version == shared.version]
            assert [e.action for e in entries] == ["QuotationShared", "QuotationSuperseded"]
            former = setting.quotations_of(await setting.file())[0]
            assert former.closed_reason == f"{second.id} was shared in its place"

        play(story)

    @pytest.mark.parametrize("wrong", ["QUOT-100199", "QUOT-100201", "withdrawn"])
    def test_of_what_isn_t_open_is_refused(self, wrong: str) -> None:
        async def story(setting: Setting) -> None:
            if wrong == "withdrawn":
                await setting.withdraw((await setting.create()).id)
            with pytest.raises(QuotationInvalid) as refusal:
                await setting.create(supersedes="QUOT-100101" if wrong == "withdrawn" else wrong)
            assert [fault.field for fault in refusal.value.faults] == ["supersedes"]

        play(story)


class TestWithdraw:
    def test_takes_it_from_the_customer_and_repeats_change_nothing(self) -> None:
        async def story(setting: Setting) -> None:
            made = await setting.create()
            await setting.share(made.id)
            withdrawn = await setting.withdraw(made.id)
            assert (withdrawn.status, withdrawn.closed_reason) == ("Withdrawn", REASON)
            assert await setting.withdraw(made.id, ADMIN) == withdrawn

        play(story)

    @pytest.mark.parametrize("answer", ["accept", "reject"])
    def test_of_an_answered_one_is_refused(self, answer: str) -> None:
        async def story(setting: Setting) -> None:
            made = await setting.create()
            await setting.share(made.id)
            await getattr(setting, answer)(made.id)
            with pytest.raises(QuotationNotWithdrawable):
                await setting.withdraw(made.id)

        play(story)


class TestRepeats:
    def test_with_the_same_key_make_one_quotation_and_one_final_price(self) -> None:
        async def story(setting: Setting) -> None:
            made = await setting.create(KAM, proof="a" * 64)
            again = await setting.create(KAM, proof="a" * 64)
            assert again == made and await setting.statuses() == ["Created"]

        play(story)

    def test_sharing_and_rejecting_twice_change_nothing(self) -> None:
        async def story(setting: Setting) -> None:
            made = await setting.create()
            assert await setting.share(made.id) == await setting.share(made.id, ADMIN)
            assert await setting.reject(made.id) == await setting.reject(made.id)

        play(story)

    def test_of_20_parallel_ones_each_makes_a_quotation_of_its_own(self) -> None:
        async def story(setting: Setting) -> None:
            made = await asyncio.gather(*(setting.create() for _ in range(5)))
            assert sorted(q.id for q in made) == [f"QUOT-10010{n}" for n in range(1, 6)]

        play(story)


class TestWhatTheCustomerIsTold:
    def test_has_no_margin_no_add_on_and_nothing_that_gives_them_away(self) -> None:
        async def story(setting: Setting) -> None:
            made = await setting.create()
            told = f"{told_price(made)} {told_configuration(made)}"
            for hidden in ("argin", "addOn", "lines", "inflat", "hardware", "unitPrice", "catalogueVersion"):
                assert hidden not in told
            assert told_price(made)["panel"]["make"] == "Waaree"

        play(story)

    def test_adds_up(self) -> None:
        async def story(setting: Setting) -> None:
            table = price_table(await setting.create())
            # installation 9,500.00; transport 1,050 x 3.24; the rest is the system
            assert (table.installation, table.transport) == (Money(9_500_00), Money(3_402_00))
            assert table.system + table.installation + table.transport == table.total == Money.rupees(225722)
            assert (table.central, table.state) == (Money.rupees(78000), Money.rupees(6480))
            assert table.total - table.central - table.state == table.pays

        play(story)
