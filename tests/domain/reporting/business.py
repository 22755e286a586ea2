"""A few dozen leads that live at random through the product's own operations, for reports to be counted over. No
tests here."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from domain import leads, lists, quotations
from domain.errors import DomainError
from domain.leads import LeadStatus
from domain.lists import Collection
from domain.store import Create
from domain.values import Actor, PhoneNumber, Role
from tests.domain.sales.world import ASHA, KABIR, MEERA, RAVI, World

SURYA = Actor("CP-1003", "=Surya", Role.CP)  # a name that a spreadsheet would take for a formula
PARTNERS = (RAVI, MEERA, SURYA, None)
STATES = ("Gujarat", "gujarat", "Kerala", "गोवा", None)
KAMS = {"CP-1001": "KAM-1001", "CP-1002": "KAM-1002", "CP-1003": "KAM-1001"}


@dataclass
class Row:
    """A row as it is stored."""

    partition: str
    key: str
    values: dict[str, Any]


async def people(world: World) -> None:
    """Three channel partners under two KAMs, and the KAMs."""
    for partner_id, name in (("CP-1001", "Ravi"), ("CP-1002", "Meera"), ("CP-1003", "=Surya")):
        await _person(
            world, partner_id, name, "CP", kamId=KAMS[partner_id], phone=f"+919000000{partner_id[3:]}"[:13]
        )
    for kam_id, name in (("KAM-1001", "Kabir"), ("KAM-1002", "Karan")):
        await _person(world, kam_id, name, "KAM", email=f"{kam_id.lower()}@example.com")


async def _person(world: World, person_id: str, name: str, role: str, **more: str) -> None:
    row = {"name": name, "role": role, "status": "Active", "createdAt": "2026-01-01T00:00:00.000Z", **more}
    row |= {"version": 1, "lastHash": "", "provenance": "{}"}
    writes = [Create("person", row)]
    await world.store.commit(table="people", partition=person_id, writes=writes, write_id=world.ids.unique())


async def live(world: World, rng: random.Random, count: int, steps: int) -> None:
    """Register leads and do whatever comes to mind with them; what isn't allowed isn't done."""
    await people(world)
    ids = [await _registered(world, rng, 1001 + number) for number in range(count)]
    for _ in range(steps):
        world.clock.advance(minutes=rng.randrange(1, 600), milliseconds=rng.randrange(1000))
        lead_id = rng.choice(ids)
        with suppress(DomainError):
            await rng.choice(_DEEDS)(world, rng, lead_id)
    await world.settle()


async def _registered(world: World, rng: random.Random, number: int) -> str:
    world.clock.advance(hours=rng.randrange(30))
    owner, lead_id = rng.choice(PARTNERS), f"LEAD-{number}"
    new = leads.NewLead(
        customer_name=f"Kavita {number}",
        phone=PhoneNumber(f"+9198{number:08d}"),
        address="5 Station Road",
        state=rng.choice(STATES),
        assigned_to=owner.id if owner else None,
        assigned_name=owner.name if owner else None,
    )
    await leads.register_lead(
        ports=world.ports, lead_id=lead_id, new=new, act=world.act(rng.choice((owner or ASHA, ASHA)))
    )
    return lead_id


async def _forced(world: World, rng: random.Random, lead_id: str) -> None:
    more = {"quotation_ref": ref} if (ref := await _newest(world, lead_id)) else {}
    await world.force(lead_id, rng.choice([*LeadStatus]), **more)


async def _accepted(world: World, rng: random.Random, lead_id: str) -> None:
    await world.accept(await world.quotation(lead_id, add_on=rng.randrange(1, 900_000_00)))


async def _won(world: World, rng: random.Random, lead_id: str) -> None:
    if (await world.file(lead_id)).lead.status is not LeadStatus.CUSTOMER_ACCEPTED:
        await _accepted(world, rng, lead_id)
    world.clock.advance(hours=rng.randrange(1, 90))
    await world.move(lead_id, LeadStatus.WON, quotation_ref=await _newest(world, lead_id))


async def _further(world: World, rng: random.Random, lead_id: str) -> None:
    await world.move(lead_id, LeadStatus.PENDING)
    world.clock.advance(hours=rng.randrange(1, 90))
    await world.move(lead_id, LeadStatus.UNDER_EXECUTION, token_number="TKN-1")
    world.clock.advance(hours=rng.randrange(1, 90))
    await world.move(lead_id, LeadStatus.EXECUTED)
    if rng.random() < 0.8:
        await world.approve(lead_id)
    if rng.random() < 0.6:
        await world.pay(lead_id, utr=f"SBIN{rng.randrange(10**12):012d}")


async def _talked(world: World, rng: random.Random, lead_id: str) -> None:
    to = rng.choice((LeadStatus.IN_DISCUSSION, LeadStatus.MEETING, LeadStatus.NOT_RESPONDING))
    await world.move(lead_id, to, follow_up_date=leads.tomorrow(world.clock.now()))


async def _quoted(world: World, rng: random.Random, lead_id: str) -> None:
    await world.quotation(lead_id, share=rng.random() < 0.5)


async def _reassigned(world: World, rng: random.Random, lead_id: str) -> None:
    version = (await world.file(lead_id)).lead.version
    partner = rng.choice((RAVI, MEERA, SURYA))
    await leads.reassign_lead(
        ports=world.ports,
        lead_id=lead_id,
        partner_id=partner.id,
        reason="Nearer to it",
        act=world.act(ASHA, version),
    )


async def _newest(world: World, lead_id: str) -> str | None:
    found = await world.quotations(lead_id)
    return next((q.id for q in reversed(found) if q.status is quotations.QuotationStatus.ACCEPTED), None)


_DEEDS = (_forced, _accepted, _won, _won, _further, _further, _talked, _talked, _quoted, _reassigned)


async def collection_of(world: World) -> Collection:
    """All leads as the lists hold them."""
    return await lists.all_leads(store=world.store, now=world.clock.now())


def raw(world: World, *, actor: Actor = ASHA) -> dict[str, list[Row]]:
    """The stored rows of each lead that the actor may see, by the rules of domain.md and nothing else."""
    found: dict[str, list[Row]] = {}
    for (partition, key), row in sorted(world.store._tables["leads"].items()):
        found.setdefault(partition, []).append(Row(partition, key, dict(row.values)))
    if actor.role is Role.KAM:
        return {i: rows for i, rows in found.items() if _lead(rows).get("assignedTo") in actor.partners}
    return found


def _lead(rows: list[Row]) -> dict[str, Any]:
    return next(row.values for row in rows if row.key == "lead")


def told(rows: list[Row]) -> list[tuple[str, str]]:
    """Each status that the lead was given, with the moment, as its timeline tells."""
    entries = [row.values for row in rows if row.key.startswith("timeline:")]
    return [
        (after, entry["at"])
        for entry in entries
        for field, _, after in json.loads(entry["changes"])
        if field == "status"
    ]


__all__ = ["ASHA", "KABIR", "KAMS", "Row", "collection_of", "live", "raw", "told"]
