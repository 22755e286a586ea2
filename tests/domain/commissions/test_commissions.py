"""Commissions: approved once the lead is Executed, paid once, with a UTR that pays no other (cases.md 16)."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from domain import commissions, leads
from domain.commissions import (
    MOVES,
    CommissionInvalid,
    CommissionMoveNotAllowed,
    CommissionNotFound,
    CommissionStatus,
    LeadNotExecuted,
    PayeeMayNotDecide,
    Utr,
    UtrTaken,
)
from domain.errors import DomainError, Invalid
from domain.leads import LeadStatus, VersionRequired, VersionStale
from domain.store import StorageUnavailable
from domain.values import Actor, Money, Role
from tests.domain.sales.world import ASHA, KABIR, MEERA, RAVI, World, a_payment, run

FIRST, SECOND = "COMM-100101", "COMM-100201"
UTR = "SBIN526010912345"


class TestApprove:
    def test_takes_the_amount_as_it_is(self):
        async def story(world: World) -> None:
            await world.executed()
            done = await world.approve("LEAD-1001")
            assert (done.status, done.owed, done.approval.by) == (
                CommissionStatus.APPROVED,
                Money(5832_00),
                ASHA.id,
            )
            assert done.approval.at == world.clock.now() and done.approval.reason is None
            assert (await world.actions("LEAD-1001"))[-1] == "CommissionApproved"

        run(story)

    @pytest.mark.parametrize("paise", [0, 1, 5831_99, 5832_01, 10_000_00])
    def test_needs_a_reason_for_another_amount(self, paise):
        async def story(world: World) -> None:
            await world.executed()
            with pytest.raises(CommissionInvalid) as refused:
                await world.approve("LEAD-1001", amount=Money(paise))
            assert [f.field for f in refused.value.faults] == ["reason"]
            done = await world.approve("LEAD-1001", amount=Money(paise), reason="One panel came late")
            assert (done.amount, done.owed, done.approval.reason) == (
                Money(5832_00),
                Money(paise),
                "One panel came late",
            )

        run(story)

    def test_refuses_a_negative_amount(self):
        async def story(world: World) -> None:
            await world.executed()
            with pytest.raises(CommissionInvalid) as refused:
                await world.approve("LEAD-1001", amount=Money(-1), reason="a reason")
            assert [f.field for f in refused.value.faults] == ["approvedAmount"]

        run(story)

    @pytest.mark.parametrize("status", [LeadStatus.WON, LeadStatus.PENDING, LeadStatus.UNDER_EXECUTION])
    def test_waits_until_the_lead_is_executed(self, status):
        async def story(world: World) -> None:
            await world.won()
            await world.force("LEAD-1001", status, quotation_ref="QUOT-100101")
            with pytest.raises(LeadNotExecuted):
                await world.approve("LEAD-1001")

        run(story)

    def test_happens_once(self):
        async def story(world: World) -> None:
            await world.executed()
            await world.approve("LEAD-1001")
            with pytest.raises(CommissionMoveNotAllowed):
                await world.approve("LEAD-1001")

        run(story)

    def test_needs_the_version_that_was_seen(self):
        async def story(world: World) -> None:
            await world.executed()
            before = await world.rows()
            for version, refusal in ((None, VersionRequired), (1, VersionStale), (99, VersionStale)):
                with pytest.raises(refusal):
                    await commissions.approve_commission(
                        ports=world.ports, commission_id=FIRST, act=world.act(ASHA, version)
                    )
            await world.settle()
            assert await world.rows() == before

        run(story)

    def test_a_stale_one_is_told_what_has_happened(self):
        async def story(world: World) -> None:
            await world.executed()
            seen = (await world.commissions("LEAD-1001"))[0].version
            await world.approve("LEAD-1001")
            with pytest.raises(VersionStale) as refused:
                await commissions.approve_commission(
                    ports=world.ports, commission_id=FIRST, amount=Money(1), reason="x", act=world.act(ASHA, seen)
                )
            details = refused.value.details
            assert details["current"]["status"] == "approved" and details["yours"]["approvedAmountPaise"] == 1
            told = {c["field"]: (c["before"], c["after"], c["by"]) for c in details["changes"]}
            assert told["status"] == ("pending", "approved", "Asha")
            assert told["approvedAmountPaise"] == (None, 5832_00, "Asha")

        run(story)

    def test_is_not_the_payees(self):
        async def story(world: World) -> None:
            await world.executed()
            version = (await world.commissions("LEAD-1001"))[0].version
            payee = Actor(RAVI.id, "Ravi", Role.ADMIN)
            with pytest.raises(PayeeMayNotDecide):
                await commissions.approve_commission(
                    ports=world.ports, commission_id=FIRST, act=world.act(payee, version)
                )

        run(story)

    @pytest.mark.parametrize("name", ["COMM-100102", "COMM-999901", "COMM-1", "LEAD-1001", ""])
    def test_of_what_isnt_there_is_not_found(self, name):
        async def story(world: World) -> None:
            await world.executed()
            with pytest.raises(CommissionNotFound):
                await commissions.approve_commission(ports=world.ports, commission_id=name, act=world.act(ASHA, 1))

        run(story)


class TestPay:
    def test_keeps_the_banks_reference(self):
        async def story(world: World) -> None:
            await world.executed()
            await world.approve("LEAD-1001")
            done = await world.pay("LEAD-1001")
            assert (done.status, done.payout.payment, done.payout.by) == (
                CommissionStatus.PAID,
                a_payment(UTR, on=world.clock.now().date()),
                ASHA.id,
            )
            [claim] = (await world.rows("utrs")).values()
            assert (claim.partition, claim.values["commissionId"]) == (UTR, FIRST)

        run(story)

    def test_never_without_approval_and_never_twice(self):
        async def story(world: World) -> None:
            await world.executed()
            with pytest.raises(CommissionMoveNotAllowed):
                await world.pay("LEAD-1001")
            await world.approve("LEAD-1001")
            await world.pay("LEAD-1001")
            with pytest.raises(CommissionMoveNotAllowed):
                await world.pay("LEAD-1001", utr="HDFC000000000001")
            assert [row.partition for row in (await world.rows("utrs")).values()] == [UTR]

        run(story)

    @pytest.mark.parametrize(("days", "allowed"), [(-1, False), (0, True), (1, True), (2, True), (3, False)])
    def test_day_is_from_the_approvals_to_today_in_india(self, days, allowed):
        async def story(world: World) -> None:
            await world.executed()
            approved = await world.approve("LEAD-1001")
            # 18:29 UTC two days later is still the same day in India; a minute more is the next.
            day = approved.approval.at.date()
            world.clock.at = world.clock.at.replace(hour=18, minute=29, second=0) + timedelta(days=2)
            payment = a_payment(UTR, on=day + timedelta(days=days))
            work = commissions.pay_commission(
                ports=world.ports, commission_id=FIRST, payment=payment, act=world.act(ASHA, approved.version)
            )
            if allowed:
                assert (await work).payout.payment.on == day + timedelta(days=days)
            else:
                with pytest.raises(CommissionInvalid) as refused:
                    await work
                assert [f.field for f in refused.value.faults] == ["paymentDate"]

        run(story)

    def test_of_another_commission_with_the_same_utr_is_refused(self):
        async def story(world: World) -> None:
            for number in (1001, 1002):
                await world.executed(number)
                await world.approve(f"LEAD-{number}")
            await world.pay("LEAD-1001")
            before = await world.rows()
            with pytest.raises(UtrTaken) as refused:
                await world.pay("LEAD-1002", utr=UTR.lower())
            assert refused.value.details == {"commissionId": FIRST}
            await world.settle()
            assert await world.rows() == before
            await world.pay("LEAD-1002", utr="SBIN526010912346")

        run(story)

    def test_refused_leaves_no_claim(self):
        async def story(world: World) -> None:
            await world.executed()
            await world.approve("LEAD-1001")
            before = await world.rows()
            for version in (None, 1):
                with pytest.raises((VersionRequired, VersionStale)):
                    await world.pay("LEAD-1001", version=version)
            await world.settle()
            assert await world.rows() == before

        run(story)

    def test_of_a_clawed_back_one_is_refused(self):
        async def story(world: World) -> None:
            await world.executed()
            await world.approve("LEAD-1001")
            await world.force("LEAD-1001", LeadStatus.CUSTOMER_ACCEPTED)
            with pytest.raises(CommissionMoveNotAllowed):
                await world.pay("LEAD-1001")

        run(story)


class Killed(BaseException):
    """The process dies here."""


class TestUtrClaim:
    @pytest.mark.parametrize("moment", ["before", "after"])
    @pytest.mark.parametrize("nth", range(1, 6))
    def test_left_by_a_crash_serves_the_same_payment_and_then_no_other(self, moment, nth):
        async def story(world: World) -> None:
            await two_approved(world)
            await killed_payment(world, moment, nth)
            if (await world.commissions("LEAD-1001"))[0].status is CommissionStatus.APPROVED:
                await world.pay("LEAD-1001")
            with pytest.raises(UtrTaken):
                await world.pay("LEAD-1002")

        run(story)

    @pytest.mark.parametrize("moment", ["before", "after"])
    @pytest.mark.parametrize("nth", range(1, 4))
    def test_left_by_a_crash_is_taken_over_by_another_commission(self, moment, nth):
        async def story(world: World) -> None:
            await two_approved(world)
            await killed_payment(world, moment, nth)
            if (await world.commissions("LEAD-1001"))[0].status is CommissionStatus.PAID:
                return
            await world.pay("LEAD-1002")
            with pytest.raises(UtrTaken):
                await world.pay("LEAD-1001")
            await world.pay("LEAD-1001", utr="SBIN526010912346")

        run(story)

    def test_taken_over_stops_the_payment_that_is_still_under_way(self):
        """The first payment has claimed the UTR and read its lead; then the second one takes over and is
        paid; then the first one goes on."""

        async def story(world: World) -> None:
            await two_approved(world)
            second_done = False

            async def second() -> None:
                nonlocal second_done
                second_done = True
                await world.pay("LEAD-1002")

            original = world.store.commit

            async def commit(*, table, partition, writes, write_id):
                if (table, partition) == ("leads", "LEAD-1001") and not second_done:
                    await second()
                await original(table=table, partition=partition, writes=writes, write_id=write_id)

            world.store.commit = commit
            with pytest.raises(VersionStale):
                await world.pay("LEAD-1001")
            assert [c.status for c in await world.commissions("LEAD-1002")] == ["paid"]
            assert [c.status for c in await world.commissions("LEAD-1001")] == ["approved"]
            assert "UtrReleased" in await world.actions("LEAD-1001")

        run(story)

    @pytest.mark.parametrize("seed", range(20))
    def test_of_20_payments_at_once_with_one_utr_pays_one(self, seed):
        async def story(world: World) -> None:
            chance = random.Random(seed)
            for number in range(1001, 1021):
                await world.executed(number)
                await world.approve(f"LEAD-{number}")
            original = world.store._request

            async def slowly(kind: str) -> None:
                for _ in range(chance.randrange(4)):
                    await asyncio.sleep(0)
                await original(kind)

            world.store._request = slowly
            work = [world.pay(f"LEAD-{number}") for number in range(1001, 1021)]
            done = await asyncio.gather(*work, return_exceptions=True)
            paid = [d for d in done if not isinstance(d, BaseException)]
            assert all(isinstance(d, UtrTaken | VersionStale | StorageUnavailable) for d in done if d not in paid)
            assert len(paid) == 1
            [claim] = (await world.rows("utrs")).values()
            assert claim.values["commissionId"] == paid[0].id

        run(story)


async def two_approved(world: World) -> None:
    for number in (1001, 1002):
        await world.executed(number)
        await world.approve(f"LEAD-{number}")
    await world.settle()


async def killed_payment(world: World, moment: str, nth: int) -> None:
    count = 0

    def hook(commit: object) -> None:
        nonlocal count
        count += 1
        if count == nth:
            raise Killed

    setattr(world.store, f"{moment}_commit", hook)
    try:
        await world.pay("LEAD-1001")
    except BaseException as error:
        assert isinstance(error, Killed), error
    setattr(world.store, f"{moment}_commit", lambda commit: None)
    for job in world.work:
        job.close()  # it died with the process
    world.work.clear()


class TestRandomWalk:
    def test_of_10_000_calls_pays_nothing_twice_and_nothing_unapproved(self):
        async def story(world: World) -> None:
            chance = random.Random(16)
            numbers = range(1001, 1041)
            for number in numbers:
                await world.executed(number)
            states = {number: [CommissionStatus.PENDING] for number in numbers}
            utrs = [f"UTR{n:012d}" for n in range(60)]
            refused: Counter[str] = Counter()
            for _ in range(10_000):
                number = chance.choice(numbers)
                [present] = await world.commissions(f"LEAD-{number}")
                version = chance.choice([present.version, present.version, present.version - 1, None])
                name, act = present.id, world.act(ASHA, version)
                try:
                    if chance.random() < 0.3:
                        amount = chance.choice([None, present.amount])
                        done = await commissions.approve_commission(
                            ports=world.ports, commission_id=name, amount=amount, act=act
                        )
                    else:
                        payment = a_payment(chance.choice(utrs), on=act.at.date())
                        done = await commissions.pay_commission(
                            ports=world.ports, commission_id=name, payment=payment, act=act
                        )
                    assert version == present.version
                    states[number].append(done.status)
                except DomainError as error:
                    refused[type(error).__name__] += 1
                await world.settle()
            for walked in states.values():
                assert all(after in MOVES[before] for before, after in pairwise(walked))
            found = [c for n in numbers for c in await world.commissions(f"LEAD-{n}")]
            used = Counter(c.payout.payment.utr for c in found if c.payout)
            assert set(used.values()) == {1} and all(c.approval for c in found if c.payout)
            claims = {row.partition: row.values["commissionId"] for row in (await world.rows("utrs")).values()}
            assert claims == {c.payout.payment.utr.text: c.id for c in found if c.payout}
            assert {"UtrTaken", "VersionStale", "VersionRequired", "CommissionMoveNotAllowed"} <= set(refused)
            assert Counter(c.status for c in found)["paid"] > 30

        run(story)


class TestMoves:
    def test_are_these(self):
        assert {(str(a), str(b)) for a, found in MOVES.items() for b in found} == {
            ("pending", "approved"),
            ("pending", "voided"),
            ("approved", "paid"),
        }


class TestUtr:
    @pytest.mark.parametrize("typed", ["SBIN526010912345", " sbin526010912345 ", "1" * 12, "A1" * 11])
    def test_is_12_to_22_letters_and_digits(self, typed):
        assert Utr.parse(typed).text == typed.strip().upper()

    @pytest.mark.parametrize(
        "typed", ["", "1" * 11, "1" * 23, "SBIN 526010912345", "SBIN-52601091234", "१" * 12, "ß" * 12, "ﬁ" * 11]
    )
    def test_is_nothing_else(self, typed):
        with pytest.raises(Invalid):
            Utr.parse(typed)


class TestRead:
    def test_is_for_its_partner_its_kam_and_admins_wherever_the_lead_goes(self):
        async def story(world: World) -> None:
            await world.partner("CP-1002", "Meera")
            await world.won()
            version = (await world.file("LEAD-1001")).lead.version
            await leads.reassign_lead(
                ports=world.ports,
                lead_id="LEAD-1001",
                partner_id="CP-1002",
                reason="Moved",
                act=world.act(ASHA, version),
            )
            for reader, sees in ((RAVI, True), (KABIR, True), (ASHA, True), (MEERA, False)):
                work = commissions.commission_of_actor(store=world.store, commission_id=FIRST, actor=reader)
                if sees:
                    assert (await work).partner_id == "CP-1001"
                else:
                    with pytest.raises(CommissionNotFound):
                        await work

        run(story)
