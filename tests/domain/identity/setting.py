"""The world in which identity is tested: its ports, and sentences about people in it. No tests here."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from domain.errors import DomainError
from domain.identity import (
    Account,
    Caller,
    EmailAddress,
    Person,
    PersonStatus,
    Place,
    SignedIn,
    TokenRejected,
    enroll,
    request_code,
    sign_in_with_code,
    sign_in_with_password,
)
from domain.ports import Ports
from domain.timeline import Act
from domain.values import Actor, PhoneNumber, Role, system
from tests.fakes.clock import FakeClock
from tests.fakes.ids import FakeIds
from tests.fakes.messages import FakeMessages
from tests.fakes.pauses import no_pause
from tests.fakes.store import FakeStore

PHONE = PhoneNumber("+919000000001")
OTHER_PHONE = PhoneNumber("+919000000002")
EMAIL = EmailAddress("kam@example.com")
PASSWORD = "Kam-Demo-1!"


class Codes:
    """000001, 000002 …, digested without a key."""

    def __init__(self) -> None:
        self._count = itertools.count(1)

    def new(self) -> str:
        return f"{next(self._count):06d}"

    def digest(self, *, phone: PhoneNumber, code: str) -> str:
        return hashlib.sha256(f"{phone.e164}:{code}".encode()).hexdigest()


@dataclass
class Hashing:
    """Passwords without the slowness; `compared` tells what was verified against what."""

    compared: list[str | None] = field(default_factory=list)

    async def hash(self, *, password: str) -> str:
        return f"hash of {password}"

    async def verify(self, *, password: str, hashed: str | None) -> bool:
        self.compared.append(hashed)
        await asyncio.sleep(0)
        return hashed == f"hash of {password}"


@dataclass
class Tokens:
    """Tokens that are looked up instead of verified."""

    issued: dict[str, Caller] = field(default_factory=dict)

    def issue(self, *, caller: Caller, at: datetime) -> str:
        token = f"access-{len(self.issued) + 1}"
        self.issued[token] = caller
        return token

    def read(self, *, token: str, at: datetime) -> Caller:
        caller = self.issued.get(token)
        if caller is None or caller.expires_at <= at:
            raise TokenRejected("no")
        return caller

    def jwks(self) -> dict[str, Any]:
        return {"keys": []}


@dataclass
class Customers:
    """Every phone is a customer's."""

    asked: list[str] = field(default_factory=list)

    async def account_for(self, *, phone: PhoneNumber, at: datetime) -> Account:
        self.asked.append(phone.e164)
        return Account(f"CUST-{phone.e164[-4:]}", "", Role.CUSTOMER, phone)

    async def introduce(
        self, *, account: Account, name: str, email: str | None, place: Place, at: datetime
    ) -> Account:
        return replace(account, name=name, email=email)


@dataclass
class Live:
    """Remembers who was to be forgotten."""

    forgotten: list[str] = field(default_factory=list)

    def forget(self, *, person_id: str) -> None:
        self.forgotten.append(person_id)


class Setting:
    """One world: `setting.ports` and the other ports, and what people do in it."""

    def __init__(self) -> None:
        self._left: list[Coroutine[Any, Any, None]] = []
        self.store = FakeStore()
        self.clock = FakeClock()
        self.ports = Ports(self.store, self.clock, FakeIds(), no_pause, self._left.append)
        self.codes, self.passwords, self.tokens = Codes(), Hashing(), Tokens()
        self.messages, self.customers, self.live = FakeMessages(), Customers(), Live()

    def act(self, actor: Actor | None = None, version: int | None = None, proof: str | None = None) -> Act:
        write_id = self.ports.ids.unique()
        return Act(actor or system("test"), self.clock.now(), write_id, proof=proof, version=version)

    def __del__(self) -> None:
        for work in self._left:
            work.close()

    async def finish(self) -> None:
        """Do what was left for after the answer."""
        while self._left:
            await self._left.pop(0)

    async def a_partner(self, phone: PhoneNumber = PHONE, **given: Any) -> Person:
        facts = {"person_id": "CP-1001", "name": "Asha", "role": Role.CP, "phone": phone} | given
        return await enroll(ports=self.ports, passwords=self.passwords, act=self.act(), **facts)

    async def a_kam(self, **given: Any) -> Person:
        facts: dict[str, Any] = {"person_id": "KAM-1001", "name": "Kiran", "role": Role.KAM}
        facts |= {"email": EMAIL, "password": PASSWORD} | given
        return await enroll(ports=self.ports, passwords=self.passwords, act=self.act(), **facts)

    async def code(self, phone: PhoneNumber = PHONE) -> str:
        """Ask for a code and read it from the SMS."""
        await request_code(ports=self.ports, codes=self.codes, messages=self.messages, phone=phone)
        return self.messages.smses[-1].otp or ""

    async def enter(self, code: str, phone: PhoneNumber = PHONE, as_role: Role | None = None) -> SignedIn:
        return await sign_in_with_code(
            ports=self.ports,
            codes=self.codes,
            tokens=self.tokens,
            customers=self.customers,
            phone=phone,
            code=code,
            as_role=as_role,
        )

    async def log_in(self, password: str = PASSWORD, email: EmailAddress = EMAIL) -> SignedIn:
        return await sign_in_with_password(
            ports=self.ports, passwords=self.passwords, tokens=self.tokens, email=email, password=password
        )


async def outcome(work: Coroutine[Any, Any, Any]) -> str:
    """The code of the refusal, or "ok"."""
    try:
        await work
    except DomainError as error:
        return error.code
    return "ok"


async def session_count(setting: Setting) -> int:
    """How many sessions there are."""
    return len([row async for row in setting.store.scan(table="sessions")])


PENDING, DEACTIVATED = PersonStatus.PENDING, PersonStatus.DEACTIVATED
