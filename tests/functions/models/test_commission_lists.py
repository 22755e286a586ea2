"""What lists, their totals and the home screen say of commissions that were voided or clawed back."""

from __future__ import annotations

from decimal import Decimal

from domain import lists
from domain.leads import LeadStatus
from domain.reporting import CommissionWish, commission_report
from domain.values import Money
from functions.models.list_items import commission_item, commission_totals
from tests.domain.reporting.business import collection_of
from tests.domain.sales.world import RAVI, WHY, World, run

RUPEES = {1001: 100, 1002: 200, 1003: 400, 1004: 800, 1005: 1600, 1006: 3200}
"""Pending, approved, paid, voided; approved and paid, both clawed back."""


async def one_of_each(world: World) -> lists.Collection:
    for number, rupees in RUPEES.items():
        await world.executed(number, rupees * 100)
    for number in (1002, 1003, 1005, 1006):
        await world.approve(f"LEAD-{number}")
    await world.pay("LEAD-1003", "UTR000000000003")
    await world.pay("LEAD-1006", "UTR000000000006")
    for number in (1004, 1005, 1006):
        await world.force(f"LEAD-{number}", LeadStatus.NEW)
    return await collection_of(world)


class TestCommissions:
    def test_each_counts_in_one_total_only(self) -> None:
        async def story(world: World) -> None:
            collection = await one_of_each(world)
            counted = {
                name: (total["count"], total["amount"])
                for name, total in commission_totals(lists.commissions_seen(collection, RAVI)).items()
            }
            assert counted == {
                "pending": (1, Decimal(100)),
                "approved": (1, Decimal(200)),
                "paid": (1, Decimal(400)),
                "voided": (1, Decimal(800)),
                "clawedBack": (2, Decimal(4800)),
            }

        run(story)

    def test_the_home_screen_and_the_report_count_what_is_still_the_partners(self) -> None:
        async def story(world: World) -> None:
            collection = await one_of_each(world)
            counters = await lists.counters(collection, RAVI, world.clock.now())
            assert (counters.commission, counters.pending_commission) == (700_00, 100_00)
            report = await commission_report(collection=collection, wanted=CommissionWish(), actor=RAVI)
            assert (report.all.earned, report.all.balance) == (Money(600_00), Money(200_00 - 3200_00))

        run(story)

    def test_a_list_says_which_have_ended_and_how(self) -> None:
        async def story(world: World) -> None:
            collection = await one_of_each(world)
            items = {p.listed.id: commission_item(p) for p in lists.commissions_seen(collection, RAVI)}
            ends = ("voidedAt", "voidedReason", "clawback")
            told = {lead: {name: item[name] for name in ends if name in item} for lead, item in items.items()}
            ended = {lead: said for lead, said in told.items() if said}
            times = {f"LEAD-{n}": (await world.file(f"LEAD-{n}")).lead.updated_at for n in (1004, 1005, 1006)}
            at = {lead: time.isoformat(timespec="milliseconds")[:-6] + "Z" for lead, time in times.items() if time}
            assert ended == {
                "LEAD-1004": {"voidedAt": at["LEAD-1004"], "voidedReason": WHY},
                **{
                    f"LEAD-{number}": {
                        "clawback": {
                            "id": f"CLAW-{number}01",
                            "amount": Decimal(-RUPEES[number]),
                            "reason": WHY,
                            "createdAt": at[f"LEAD-{number}"],
                        }
                    }
                    for number in (1005, 1006)
                },
            }

        run(story)
