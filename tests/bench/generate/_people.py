"""The channel partners and KAMs of the copies: enrolled by the product's own use case, beside the demo's."""

from __future__ import annotations

from datetime import UTC, date, datetime

from adapters.passwords import Argon2Passwords
from domain import identity
from domain.identity import EmailAddress
from domain.ports import Ports
from domain.timeline import Act
from domain.values import Actor, PhoneNumber, Role, system
from tests.bench.generate._copies import Rows
from tests.fakes.clock import FakeClock
from tests.fakes.ids import FakeIds
from tests.fakes.pauses import no_pause
from tests.fakes.store import FakeStore

_DEMO = {1001: "Ravi Solar Partners", 1002: "Meera Green Energy"}
_UNDER_ONE_KAM = 32
_KAM_PASSWORD = "Kam-Demo-1!"
FIRST_PARTNER = 1001


def partner(number: int) -> Actor:
    """The channel partner `CP-<number>`."""
    return Actor(f"CP-{number}", _DEMO.get(number, f"Solar Partner {number}"), Role.CP)


def kam_of(number: int) -> Actor:
    """Who looks after the channel partner, or did so once: the demo's second one has nobody now."""
    kam = 1001 if number in _DEMO else 1002 + (number - 1003) // _UNDER_ONE_KAM
    return Actor(f"KAM-{kam}", "Kabir KAM" if kam == 1001 else f"Manager {kam}", Role.KAM)


async def people(partners: int, today: date) -> Rows:
    """The rows of all but the demo's people, who come with `make run`: the rest of so many channel partners, who
    sign in by 9000000003 and so on, and KAMs with the demo KAM's password."""
    store, clock = FakeStore(), FakeClock(datetime(today.year - 2, 1, 5, 6, tzinfo=UTC))
    ports = Ports(store=store, clock=clock, ids=FakeIds(), pause=no_pause, later=lambda work: work.close())
    numbers = range(FIRST_PARTNER + len(_DEMO), FIRST_PARTNER + partners)
    for kam in sorted({kam_of(number).id for number in numbers}):
        await _enrolled(ports, kam, f"Manager {kam[4:]}", Role.KAM)
    for number in numbers:
        await _enrolled(ports, partner(number).id, partner(number).name, Role.CP, kam=kam_of(number).id)
    rows: Rows = {}
    for table, held in store._tables.items():
        for row in held.values():
            if table in ("people", "phones", "emails"):
                said = {name: value for name, value in row.values.items() if name != "writeId"}
                rows.setdefault((table, row.partition), {})[row.key] = said
    return rows


async def _enrolled(ports: Ports, person: str, name: str, role: Role, kam: str | None = None) -> None:
    staff, number = role is Role.KAM, int(person.partition("-")[2])
    await identity.enroll(
        ports=ports,
        passwords=_PASSWORDS,
        act=Act(actor=system("generate"), at=ports.clock.now(), write_id=ports.ids.unique()),
        person_id=person,
        name=name,
        role=role,
        phone=None if staff else PhoneNumber.parse(str(9_000_000_000 + number - 1000)),
        email=EmailAddress.parse(f"{person.lower()}@example.com") if staff else None,
        password=_KAM_PASSWORD if staff else None,
        kam_id=kam,
    )


_PASSWORDS = Argon2Passwords()
