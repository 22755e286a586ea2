"""Forcing a lead anywhere: what becomes of its acceptance and its commission (docs/adr/0012)."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from domain import leads, quotations, sales
from domain.commissions import CommissionStatus, LeadUnassigned, clawbacks_in
from domain.errors import DomainError
from domain.leads import (
    ACCEPTED_OR_LATER,
    WON_OR_LATER,
    LeadInvalid,
    LeadNotFound,
    LeadStatus,
    StatusChange,
    VersionRequired,
    VersionStale,
)
from domain.leads.errors import OverrideNotAllowed
from domain.sales import AcceptedQuotationMissing
from domain.timeline import verify
from domain.values import Money
from tests.domain.sales.world import ASHA, KABIR, MEERA, RAVI, WHY, World, run

S = LeadStatus
LEAD, QUOTATION = "LEAD-1001", "QUOT-100101"
BEFORE_ACCEPTANCE = sorted(set(S) - ACCEPTED_OR_LATER)


async def check(world: World, lead_id: str = LEAD) -> None:
    """The three promises of docs/adr/0012, and that the timeline tells all of it."""
    file = await world.file(lead_id)
    accepted = [q for q in quotations.quotations_in(file) if q.status == "Accepted"]
    assert len(accepted) == (file.lead.status in ACCEPTED_OR_LATER)
    found = await world.commissions(lead_id)
    assert sum(c.is_live for c in found) == (file.lead.status in WON_OR_LATER)
    clawed = {c.commission_id: c.amount for c in clawbacks_in(file)}
    assert clawed == {c.id: Money(-c.owed.paise) for c in found if c.is_clawed_back}
    entries = await leads.timeline_of(store=world.store, lead_id=lead_id, actor=ASHA)
    assert verify(entries, last_hash=file.lead.last_hash, version=file.lead.version) is None
    assert file.lead.entry_count == len(entries)
    assert file.lead.quotation_ref == (
        accepted[0].id if file.lead.status in WON_OR_LATER else file.lead.quotation_ref
    )


class TestSentBackFromCustomerAccepted:
    @pytest.mark.parametrize("status", BEFORE_ACCEPTANCE)
    def test_withdraws_the_acceptance(self, status):
        async def story(world: World) -> None:
            await world.lead()
            await world.accept(await world.quotation(LEAD))
            await world.force(LEAD, status, by=KABIR)
            [quotation] = await world.quotations(LEAD)
            assert quotation.status == "Withdrawn" and WHY in quotation.closed_reason
            assert (await world.actions(LEAD))[-1] == "AcceptanceWithdrawn"
            await check(world)

        run(story)


class TestSentBackFromWon:
    @pytest.mark.parametrize("target", [S.CUSTOMER_ACCEPTED, S.NEW, S.NOT_INTERESTED])
    def test_voids_a_pending_commission(self, target):
        async def story(world: World) -> None:
            await world.won()
            await world.force(LEAD, target)
            [commission] = await world.commissions(LEAD)
            assert (commission.status, commission.ended_reason) == (CommissionStatus.VOIDED, WHY)
            assert clawbacks_in(await world.file(LEAD)) == []
            [quotation] = await world.quotations(LEAD)
            assert quotation.status == ("Accepted" if target is S.CUSTOMER_ACCEPTED else "Withdrawn")
            await check(world)

        run(story)

    @pytest.mark.parametrize("paid", [False, True])
    @pytest.mark.parametrize("target", [S.CUSTOMER_ACCEPTED, S.IN_DISCUSSION, S.OTHER_TERRITORY])
    def test_claws_an_approved_or_paid_one_back(self, target, paid):
        async def story(world: World) -> None:
            await world.executed()
            await world.approve(LEAD, amount=Money(5000_00), reason="Late delivery")
            if paid:
                await world.pay(LEAD)
            await world.force(LEAD, target)
            file = await world.file(LEAD)
            [commission], [clawback] = await world.commissions(LEAD), clawbacks_in(file)
            status = CommissionStatus.PAID if paid else CommissionStatus.APPROVED
            assert (commission.status, commission.is_clawed_back) == (status, True)
            assert (clawback.id, clawback.commission_id) == ("CLAW-100101", commission.id)
            assert (clawback.amount, clawback.of_status, clawback.reason) == (Money(-5000_00), status, WHY)
            assert clawback.version == commission.version == file.lead.version
            assert "CommissionClawedBack" in await world.actions(LEAD)
            await check(world)

        run(story)

    def test_to_customer_accepted_and_won_again_makes_a_second_commission(self):
        async def story(world: World) -> None:
            await world.won()
            await world.force(LEAD, S.CUSTOMER_ACCEPTED)
            await world.move(LEAD, S.WON, by=RAVI, quotation_ref=QUOTATION)
            first, second = await world.commissions(LEAD)
            assert (first.id, first.status) == ("COMM-100101", "voided")
            assert (second.id, second.status, second.amount) == ("COMM-100102", "pending", Money(5832_00))
            await check(world)

        run(story)

    def test_paid_then_won_again_keeps_the_clawback_and_pays_the_second(self):
        async def story(world: World) -> None:
            await world.executed()
            await world.approve(LEAD)
            await world.pay(LEAD, "UTR000000000001")
            await world.force(LEAD, S.CUSTOMER_ACCEPTED)
            await world.force(LEAD, S.EXECUTED)
            await world.approve(LEAD)
            await world.pay(LEAD, "UTR000000000002")
            first, second = await world.commissions(LEAD)
            assert (first.is_clawed_back, second.is_live, second.status) == (True, True, "paid")
            await check(world)

        run(story)

    @pytest.mark.parametrize("target", sorted(WON_OR_LATER))
    def test_within_won_and_later_keeps_the_commission(self, target):
        async def story(world: World) -> None:
            await world.executed()
            await world.force(LEAD, target, quotation_ref=QUOTATION)
            [commission] = await world.commissions(LEAD)
            assert (commission.id, commission.status) == ("COMM-100101", "pending")
            await check(world)

        run(story)


class TestForcedForward:
    @pytest.mark.parametrize("target", sorted(ACCEPTED_OR_LATER))
    @pytest.mark.parametrize("start", [S.NEW, S.NOT_RESPONDING, S.NOT_INTERESTED])
    def test_enters_the_acceptance_of_the_named_quotation(self, start, target):
        async def story(world: World) -> None:
            await world.lead()
            first, second, draft = [await world.quotation(LEAD, share=n < 2) for n in range(3)]
            if start is not S.NEW:
                await world.move(LEAD, start)
            await world.force(LEAD, target, by=KABIR, quotation_ref=second)
            status = {q.id: str(q.status) for q in await world.quotations(LEAD)}
            assert status == {first: "Rejected", second: "Accepted", draft: "Rejected"}
            found = await world.commissions(LEAD)
            expected = [("COMM-100101", second)] if target in WON_OR_LATER else []
            assert [(c.id, c.quotation_id) for c in found] == expected
            entries = await leads.timeline_of(store=world.store, lead_id=LEAD, actor=ASHA)
            [entered] = [e for e in entries if e.action == "AcceptanceForced"]
            assert entered.message == f"Kabir entered the customer's acceptance of quotation {second}"
            assert entered.reason == WHY and "QuotationAccepted" not in await world.actions(LEAD)
            await check(world)

        run(story)

    @pytest.mark.parametrize("target", sorted(ACCEPTED_OR_LATER))
    def test_from_customer_accepted_uses_the_acceptance(self, target):
        async def story(world: World) -> None:
            await world.lead()
            await world.accept(await world.quotation(LEAD))
            await world.force(LEAD, target, quotation_ref=QUOTATION)
            assert len(await world.commissions(LEAD)) == (target in WON_OR_LATER)
            await check(world)

        run(story)

    @pytest.mark.parametrize("target", sorted(ACCEPTED_OR_LATER))
    def test_needs_a_quotation_that_can_carry_it(self, target):
        async def story(world: World) -> None:
            await world.lead()
            unshared = await world.quotation(LEAD, share=False)
            before = await world.rows()
            with pytest.raises(AcceptedQuotationMissing):
                await world.force(LEAD, target, quotation_ref=unshared)
            await world.quotation(LEAD)
            for named in (None, unshared, "QUOT-999901"):
                with pytest.raises(LeadInvalid) as refused:
                    await world.force(LEAD, target, quotation_ref=named)
                assert [f.field for f in refused.value.faults] == ["quotationRef"]
            await world.settle()
            assert before.items() <= {**await world.rows(), **before}.items()
            await check(world)

        run(story)

    def test_refuses_an_expired_quotation(self):
        async def story(world: World) -> None:
            await world.lead()
            await world.quotation(LEAD)
            world.clock.advance(days=31)
            with pytest.raises(AcceptedQuotationMissing):
                await world.force(LEAD, S.WON, quotation_ref=QUOTATION)

        run(story)

    def test_refuses_another_quotation_than_the_accepted_one(self):
        async def story(world: World) -> None:
            await world.lead()
            first, second = await world.quotation(LEAD), await world.quotation(LEAD)
            await world.accept(first)
            with pytest.raises(LeadInvalid):
                await world.force(LEAD, S.EXECUTED, quotation_ref=second)

        run(story)

    def test_to_won_needs_somebody_who_earns_the_commission(self):
        async def story(world: World) -> None:
            await world.lead(owner=None)
            await world.quotation(LEAD)
            with pytest.raises(LeadUnassigned):
                await world.force(LEAD, S.WON, quotation_ref=QUOTATION)
            await world.force(LEAD, S.CUSTOMER_ACCEPTED, quotation_ref=QUOTATION)
            await check(world)

        run(story)

    def test_fits_one_transaction_with_40_open_quotations(self):
        async def story(world: World) -> None:
            await world.lead()
            made = [await world.quotation(LEAD) for _ in range(40)]
            await world.force(LEAD, S.EXECUTED, quotation_ref=made[7])
            await check(world)

        run(story)


class TestWho:
    def test_is_an_admin_or_the_partners_kam_with_a_reason_and_a_version(self):
        async def story(world: World) -> None:
            await world.lead()
            await world.lead(1002, owner=MEERA)
            before = await world.rows()
            change = StatusChange(S.NOT_INTERESTED, "Spoke on the phone", override=True, override_reason=WHY)

            async def refused(kind, lead_id=LEAD, actor=ASHA, version=1, **more):
                with pytest.raises(kind):
                    await sales.change_status(
                        ports=world.ports,
                        lead_id=lead_id,
                        change=replace(change, **more),
                        act=world.act(actor, version),
                    )

            await refused(OverrideNotAllowed, actor=RAVI)
            await refused(LeadNotFound, lead_id="LEAD-1002", actor=KABIR)
            await refused(VersionRequired, version=None)
            await refused(VersionStale, version=7)
            for reason in (None, "", "  short   "):
                await refused(LeadInvalid, override_reason=reason)
            await world.settle()
            assert await world.rows() == before

        run(story)


class TestAnyWalk:
    @pytest.mark.parametrize("seed", range(12))
    def test_of_moves_and_overrides_keeps_the_promises(self, seed):
        async def story(world: World) -> None:
            chance = random.Random(seed)
            await world.lead()
            for step in range(120):
                what = chance.random()
                known = await world.quotations(LEAD)
                chosen = chance.choice(known).id if known and chance.random() < 0.8 else None
                target = chance.choice(list(S))
                forced = {"override_reason": WHY} if chance.random() < 0.6 else {}
                date = leads.tomorrow(world.clock.now())
                try:
                    if what < 0.2:
                        await world.quotation(LEAD, share=chance.random() < 0.8)
                    elif what < 0.3 and chosen:
                        await world.accept(chosen)
                    elif what < 0.4 and await world.commissions(LEAD):
                        await world.approve(LEAD)
                    elif what < 0.5 and await world.commissions(LEAD):
                        await world.pay(LEAD, f"UTR{step:012d}")
                    else:
                        await world.move(
                            LEAD,
                            target,
                            by=chance.choice([ASHA, KABIR, RAVI]),
                            quotation_ref=chosen,
                            token_number="TKN-1",
                            follow_up_date=date,
                            **forced,
                        )
                except DomainError:
                    continue
                finally:
                    await world.settle()
                    await check(world)
            assert await world.commissions(LEAD)

        run(story)
