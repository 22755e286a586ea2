"""Who is to hear of something, remembered for half a minute and no longer."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from adapters.directory import CachedDirectory
from domain.identity import EmailAddress, Person, PersonStatus
from domain.identity._rows import PEOPLE, PERSON_ROW, person_to_values
from domain.store import Create, Replace
from domain.values import PhoneNumber, Role
from tests.domain.leads.world import OTHER, World
from tests.fakes.clock import NOON


async def put(world: World, person: Person) -> None:
    row = await world.store.get(table=PEOPLE, partition=person.id, key=PERSON_ROW)
    values = person_to_values(person)
    write = Replace(PERSON_ROW, values, row.etag) if row else Create(PERSON_ROW, values)
    await world.store.commit(table=PEOPLE, partition=person.id, writes=[write], write_id=world.ports.ids.unique())


def a_person(person_id: str, role: Role, kam: str | None = None) -> Person:
    phone, email = PhoneNumber("+919000000001"), EmailAddress.parse("a@example.com")
    return Person(person_id, "A", role, PersonStatus.ACTIVE, NOON, phone, email, kam, version=1)


class TestCachedDirectory:
    def test_remembers_for_30_seconds(self):
        async def story() -> None:
            world = World()
            partner, admin = a_person("CP-1001", Role.CP, "KAM-1001"), a_person("ADMIN-1001", Role.ADMIN)
            await put(world, partner)
            await put(world, admin)
            directory = CachedDirectory(world.store, world.clock, capacity=1)
            for seconds, kam, admins in ((0, "KAM-1001", ("ADMIN-1001",)), (29, "KAM-1001", ("ADMIN-1001",))):
                world.clock.at = NOON
                world.clock.advance(seconds=seconds)
                assert (await directory.kam_of("CP-1001"), await directory.admins()) == (kam, admins)
                await put(world, replace(partner, kam_id="KAM-1002"))
                await put(world, replace(admin, status=PersonStatus.DEACTIVATED))
            world.clock.advance(seconds=1)
            assert (await directory.kam_of("CP-1001"), await directory.admins()) == ("KAM-1002", ())
            assert await directory.kam_of("CP-404") is None

        asyncio.run(story())

    def test_asks_the_lead_who_has_it(self):
        async def story() -> None:
            world = World()
            await world.register()
            directory = CachedDirectory(world.store, world.clock)
            assert await directory.partner_of("LEAD-1001") == "CP-1001"
            await world.reassign(OTHER)
            assert await directory.partner_of("LEAD-1001") == "CP-1002"
            assert await directory.partner_of("LEAD-404") is None

        asyncio.run(story())
