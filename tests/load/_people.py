"""`python -m tests.load._people OUT KIND=COUNT …`: the people of a load run and what they work on, made by the product's own
operations on the storage of a running backend (its settings in the environment), in a process of its own."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import function_app as wiring
from adapters.background import all_done
from domain import identity, leads, quotations
from domain.identity import EmailAddress
from domain.timeline import Act
from domain.values import Actor, PhoneNumber, Role, system
from functions.models.pricing import ConfigurationBody
from local.demo import CONFIGURATION
from tests.fakes.pdf import FakePdf

AT_ONCE, LEADS_EACH, OFFERS_EACH = 24, 4, 3
PASSWORD = "Load-Test-1!"
STATES = ("Gujarat", "Maharashtra", "Kerala", "Rajasthan")


def act(actor: Actor) -> Act:
    """Something that this person does now."""
    return Act(actor=actor, at=wiring.clock.now(), write_id=wiring.ports.ids.unique())


async def at_once(work: Callable[[int], Awaitable[Any]], numbers: Iterable[int]) -> list[Any]:
    """Do it for each number, some at once; what came of each."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> Any:
        async with gate:
            return await work(number)

    return await asyncio.gather(*(one(number) for number in numbers))


class Makers:
    """What makes people and their leads. `base` keeps the phones of several runs apart."""

    def __init__(self, base: int, hashed: str) -> None:
        self.base, self.hashed = base, hashed
        self.kams: list[str] = []

    async def hash(self, *, password: str) -> str:
        """The port `Passwords`, for enrolling: all have one password, which is hashed once."""
        return self.hashed

    async def verify(self, *, password: str, hashed: str | None) -> bool:
        """Nobody signs in by this one."""
        return False

    async def staff(self, number: int) -> dict[str, Any]:
        """Every second an admin."""
        role = Role.ADMIN if number % 2 else Role.KAM
        person = await identity.reserve_person_id(wiring.ports, role)
        email = f"load{self.base + number}@example.com"
        await identity.enroll(
            ports=wiring.ports,
            passwords=self,
            act=act(system("load")),
            person_id=person,
            name=f"{role} {number}",
            role=role,
            email=EmailAddress.parse(email),
            password=PASSWORD,
        )
        return {"id": person, "role": str(role), "email": email, "password": PASSWORD}

    async def partner(self, number: int) -> dict[str, Any]:
        """With some leads; every second partner is under a KAM."""
        person = await identity.reserve_person_id(wiring.ports, Role.CP)
        phone = f"8{self.base + number:09d}"
        await identity.enroll(
            ports=wiring.ports,
            passwords=self,
            act=act(system("load")),
            person_id=person,
            name=f"Partner {number}",
            role=Role.CP,
            phone=PhoneNumber.parse(phone),
            kam_id=self.kams[number // 2 % len(self.kams)] if number % 2 else None,
        )
        actor = Actor(person, f"Partner {number}", Role.CP)
        for lead in range(LEADS_EACH):
            await self._lead(actor, f"7{self.base + number * LEADS_EACH + lead:09d}", lead)
        return {"id": person, "role": "CP", "phone": phone}

    async def _lead(self, owner: Actor, phone: str, number: int) -> Any:
        new = leads.NewLead(
            customer_name=f"Customer {phone[-5:]}",
            phone=PhoneNumber.parse(phone),
            address=f"{number + 1} Station Road",
            state=STATES[number % len(STATES)],
            services=("Rooftop solar",),
            assigned_to=owner.id,
            assigned_name=owner.name,
        )
        lead_id = await leads.reserve_lead_id(wiring.ports)
        return await leads.register_lead(ports=wiring.ports, lead_id=lead_id, new=new, act=act(owner))

    async def customer(self, number: int, owner: Actor) -> dict[str, Any]:
        """With shared quotations to answer. Their papers are drawn in short: no drawing is wanted yet."""
        phone = f"6{self.base + number:09d}"
        file = await self._lead(owner, phone, number)
        offer = await wiring.pricing.offer(ConfigurationBody.model_validate(CONFIGURATION), on=wiring.clock.now())
        press = replace(wiring.press, pdf=FakePdf())
        for _ in range(OFFERS_EACH):
            _, made = await quotations.create_quotation(
                ports=wiring.ports, press=press, lead_id=file.lead.id, offer=offer, act=act(owner)
            )
            await quotations.share_quotation(ports=wiring.ports, quotation_id=made.id, act=act(owner))
        return {"id": file.lead.customer_id, "role": "Customer", "phone": phone}


async def made(counts: dict[str, int]) -> list[dict[str, Any]]:
    """All of them, whom the load's clients then play."""
    makers = Makers(time.time_ns() // 10**9 % 10_000 * 100_000, await wiring.desk.passwords.hash(password=PASSWORD))
    staff = await at_once(makers.staff, range(counts["staff"]))
    makers.kams = [person["id"] for person in staff if person["role"] == "KAM"]
    partners = await at_once(makers.partner, range(counts["partner"]))
    owners = [Actor(p["id"], f"Partner {n}", Role.CP) for n, p in enumerate(partners)]
    customers = await at_once(lambda n: makers.customer(n, owners[n % len(owners)]), range(counts["customer"]))
    return [*staff, *partners, *customers]


async def prepared(counts: dict[str, int]) -> list[dict[str, Any]]:
    """All of them, once what is done after the answers is done too."""
    people = await made(counts)
    await all_done()
    await wiring.tables.close()
    await wiring.files.close()
    return people


def main() -> None:
    """Make them and write down who they are."""
    began = time.perf_counter()
    counts = {kind: int(count) for kind, _, count in (each.partition("=") for each in sys.argv[2:])}
    people = asyncio.run(prepared(counts))
    Path(sys.argv[1]).write_text(json.dumps(people), encoding="utf-8")
    print(f"{len(people)} people made in {time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
