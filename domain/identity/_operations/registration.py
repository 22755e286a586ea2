"""New people: a channel partner registers itself, an Admin brings somebody in."""

from __future__ import annotations

from dataclasses import dataclass

from domain.identity._model import NOWHERE, EmailAddress, Person, PersonStatus, Place, SignedIn, person_id
from domain.identity._operations.enrolment import enroll
from domain.identity._operations.one_time_codes import redeem_code
from domain.identity._operations.sessions import open_session
from domain.identity._ports import AccessTokens, CustomerAccounts, OneTimeCodes, Passwords
from domain.identity._queries import partner_by_phone
from domain.identity.errors import PhoneTaken
from domain.ports import Ports
from domain.timeline import Act
from domain.values import Actor, PhoneNumber, Role

_SERIES = {Role.CP: "partner", Role.KAM: "kam", Role.ADMIN: "admin"}


@dataclass(frozen=True)
class Registration:
    """What somebody says of itself when it registers, with the code that proves the phone."""

    phone: PhoneNumber
    code: str
    name: str
    email: str | None = None
    place: Place = NOWHERE


async def reserve_person_id(ports: Ports, role: Role) -> str:
    """An id for somebody who is about to be enrolled: `CP-1003`."""
    return person_id(role=role, number=await ports.ids.next_number(_SERIES[role]))


async def register_partner(
    *, ports: Ports, codes: OneTimeCodes, passwords: Passwords, said: Registration, act: Act
) -> Person:
    """A channel partner registers itself; it is Pending until an Admin activates it (domain.md "Sign-in").

    Doing it again while it is Pending, with a new code, answers with what is there. Raises PersonInvalid,
    EmailInvalid and what `redeem_code` does before anything else, and PhoneTaken only to who has the phone.
    """
    email = EmailAddress.parse(said.email) if said.email else None
    await redeem_code(ports=ports, codes=codes, phone=said.phone, typed=said.code)
    known = await partner_by_phone(store=ports.store, phone=said.phone)
    if known and known.status is PersonStatus.PENDING:
        return known
    if known:
        raise PhoneTaken("You are registered with this phone number already. Sign in with it.")
    new_id = await reserve_person_id(ports, Role.CP)
    return await enroll(
        ports=ports,
        passwords=passwords,
        act=Act(actor=Actor(new_id, said.name, Role.CP), at=act.at, write_id=act.write_id),
        person_id=new_id,
        name=said.name,
        role=Role.CP,
        phone=said.phone,
        email=email,
        status=PersonStatus.PENDING,
        place=said.place,
    )


async def register_customer(
    *, ports: Ports, codes: OneTimeCodes, tokens: AccessTokens, customers: CustomerAccounts, said: Registration
) -> SignedIn:
    """A customer signs in and says who it is; it needn't wait for anybody, and may do it again.

    Raises what `redeem_code` does.
    """
    await redeem_code(ports=ports, codes=codes, phone=said.phone, typed=said.code)
    at = ports.clock.now()
    account = await customers.account_for(phone=said.phone, at=at)
    account = await customers.introduce(account=account, name=said.name, email=said.email, place=said.place, at=at)
    return await open_session(ports=ports, tokens=tokens, account=account)
