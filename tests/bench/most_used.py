"""What people do most, as benches ask it of the application; each on data of its own. How it is timed is in `use_cases`."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from local.demo import CONFIGURATION
from tests.bench.application import OTHER_PARTNER, PARTNER, STAFF, Application, at_once, new_phone

Ask = Callable[[int], Awaitable[object]]
"""Does it for the nth time."""

LEADS = 24
"""A partner's, as a list shows them."""

SOME = 64
"""So many leads are edited, moved and quoted in turn: more than there are clients at once."""


@dataclass(frozen=True)
class Budget:
    """design.md §7: the most storage requests and sequential hops until the answer; and the time, as a multiple of the
    same calls made bare."""

    requests: int
    hops: int
    ratio: float = 1.25

    def met(self, *, requests: int, hops: int, ratio: float, at_least: float) -> bool | None:
        """Whether all of it is held. None: the ratio isn't, but some part of the run held it (`at_least` is the
        lowest ratio of a part), so that nothing is proved."""
        if requests > self.requests or hops > self.hops:
            return False
        if ratio <= self.ratio:
            return True
        return None if at_least <= self.ratio else False


POINT_READ, LIST, WRITE, ANY = Budget(1, 1), Budget(4, 2), Budget(7, 3), Budget(99, 99)
PASSWORD = Budget(99, 99, ratio=math.inf)
"""The hash of a password is meant to take long."""


@dataclass(frozen=True)
class Case:
    """A use case; `make` prepares what so many rounds need. With a `weight` there are fewer rounds: its preparation or
    the case itself takes long."""

    name: str
    budget: Budget
    make: Callable[[int], Awaitable[Ask]]
    weight: int = 1


async def cases(application: Application) -> list[Case]:
    """All of them, with the people who do them signed in."""
    people = People(application)
    await people.come()
    return [
        Case("a partner's notifications", LIST, people.of(people.partner, "GET", "/notifications?page=1&limit=20")),
        Case("a partner's list of leads", LIST, people.of(people.partner, "GET", "/leads?page=1&limit=20")),
        Case("a partner's home counters", LIST, people.of(people.partner, "GET", "/leads/summary")),
        Case("a partner's sync, all of it", LIST, people.of(people.partner, "GET", "/sync")),
        Case("a partner's sync, nothing new (304)", LIST, people.sync_again),
        Case("read a lead", POINT_READ, people.read),
        Case("edit a lead", WRITE, people.edit),
        Case("move a lead", WRITE, people.move),
        Case("register a lead", WRITE, people.register, weight=2),
        Case("price a configuration", ANY, people.of(people.partner, "POST", "/quotations/price", CONFIGURATION)),
        Case("create a quotation (not drawn)", Budget(10, 6), people.quote, weight=2),
        Case("share a quotation", WRITE, people.share, weight=4),
        Case("a customer's list of quotations", LIST, people.of(people.customer, "GET", "/quotations?limit=25")),
        Case("a customer reads a quotation", POINT_READ, people.offer),
        Case("a customer accepts", WRITE, people.accept, weight=4),
        Case("finalize to Won", WRITE, people.win, weight=4),
        Case("an admin's list of leads", LIST, people.of(people.admin, "GET", "/leads?offset=0&limit=25")),
        Case("get a link for a document", WRITE, people.link, weight=2),
        Case("take an uploaded document into use", ANY, people.complete, weight=4),
        Case("ask for a one-time code", ANY, people.ask_code, weight=2),
        Case("sign in with a one-time code", ANY, people.use_code, weight=4),
        Case("sign in with a password", PASSWORD, people.password, weight=8),
    ]


class People:
    """Those who do it: a partner with some leads, one with none, a customer, an admin."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.partner = self.other = self.customer = self.admin = ""
        self.leads: list[str] = []
        self.offers: list[str] = []

    async def come(self) -> None:
        """Sign in, and have some leads and quotations."""
        app, phone = self.application, new_phone()
        self.partner, self.other = await app.signed_in(PARTNER), await app.signed_in(OTHER_PARTNER)
        self.admin = await app.staff()
        self.leads = await at_once(lambda n: app.lead(self.partner, phone if n < 3 else None), range(LEADS))
        self.offers = [await app.quotation(self.partner, lead, shared=True) for lead in self.leads[:3]]
        self.customer = await app.signed_in(phone)

    def of(self, who: str, method: str, path: str, body: Any = None) -> Callable[[int], Awaitable[Ask]]:
        """The same request each time."""

        async def make(rounds: int) -> Ask:
            return lambda n: self.application.ask(who, method, path, body)

        return make

    async def sync_again(self, rounds: int) -> Ask:
        """With the tag of the last answer."""
        tag = (await self.application.ask(self.partner, "GET", "/sync")).headers["ETag"]
        return lambda n: self.application.ask(self.partner, "GET", "/sync", If_None_Match=tag)

    async def read(self, rounds: int) -> Ask:
        """One of the partner's leads."""
        return lambda n: self.application.ask(self.partner, "GET", f"/leads/{self.leads[n % LEADS]}")

    async def edit(self, rounds: int) -> Ask:
        """Another remark each time, on some leads in turn: nobody else edits them."""
        leads = await self._leads(min(SOME, rounds))

        def edit(n: int) -> Awaitable[object]:
            body = {"remarks": f"Call {n}: wants to think about it"}
            return self.application.ask(self.other, "PATCH", f"/leads/{leads[n % len(leads)]}", body)

        return edit

    async def move(self, rounds: int) -> Ask:
        """To and fro between two statuses."""
        leads, steps = await self._leads(min(SOME, rounds)), ("In Discussion", "Physical Meeting Assigned")
        on = (await self.application.data(self.other, "GET", f"/leads/{leads[0]}"))["followUpDate"]

        def move(n: int) -> Awaitable[object]:
            step = steps[n // len(leads) % 2]
            body = {"status": step, "remarks": "Spoke on the phone", "followUpDate": on}
            return self.application.ask(self.other, "PATCH", f"/leads/{leads[n % len(leads)]}/status", body)

        return move

    async def register(self, rounds: int) -> Ask:
        """Of a customer whom nobody has met."""
        return lambda n: self.application.lead(self.other)

    async def quote(self, rounds: int) -> Ask:
        """Each time for another lead, at first."""
        leads = await self._leads(min(SOME, rounds))
        return lambda n: self.application.quotation(self.other, leads[n % len(leads)], shared=False)

    async def share(self, rounds: int) -> Ask:
        """Each once."""
        made = await self._quotations(rounds, shared=False)
        return lambda n: self.application.ask(self.other, "PATCH", f"/quotations/{made[n][1]}/share", {})

    async def offer(self, rounds: int) -> Ask:
        """One of those that the customer has."""
        return lambda n: self.application.ask(self.customer, "GET", f"/quotations/{self.offers[n % 3]}")

    async def accept(self, rounds: int) -> Ask:
        """Each once, by one customer with many leads."""
        phone = new_phone()
        made = await self._quotations(rounds, shared=True, phone=phone)
        customer = await self.application.signed_in(phone)
        return lambda n: self.application.ask(customer, "PATCH", f"/quotations/{made[n][1]}/accept", {})

    async def win(self, rounds: int) -> Ask:
        """What was accepted, by the partner whose lead it is."""
        phone = new_phone()
        made = await self._quotations(rounds, shared=True, phone=phone)
        customer = await self.application.signed_in(phone)

        async def accept(n: int) -> str:
            path = f"/quotations/{made[n][1]}/accept"
            await self.application.ask(customer, "PATCH", path, {})
            return (await self.application.ask(self.other, "GET", f"/leads/{made[n][0]}")).headers["ETag"]

        tags = await at_once(accept, range(rounds))

        def win(n: int) -> Awaitable[object]:
            lead, quotation = made[n]
            body = {"status": "Won", "remarks": "Details verified by phone", "quotationRef": quotation}
            return self.application.ask(self.other, "PATCH", f"/leads/{lead}/status", body, If_Match=tags[n])

        return win

    async def link(self, rounds: int) -> Ask:
        """A lead takes seven documents."""
        leads = await self._leads(rounds // 7 + 1)
        body = {"docType": "GENERAL"}
        return lambda n: self.application.ask(
            self.other, "POST", "/leadDocuments", {"leadId": leads[n // 7], **body}
        )

    async def complete(self, rounds: int) -> Ask:
        """After the client has put the file where the link says."""
        leads = await self._leads(rounds // 7 + 1)

        async def uploaded(n: int) -> str:
            body = {"leadId": leads[n // 7], "docType": "GENERAL"}
            link = await self.application.data(self.other, "POST", "/leadDocuments", body)
            await self.application.upload(link)
            return str(link["docId"])

        names = await at_once(uploaded, range(rounds))
        return lambda n: self.application.ask(self.other, "POST", f"/documents/{names[n]}/complete", {})

    async def ask_code(self, rounds: int) -> Ask:
        """Each time for a phone that nobody knows."""
        return lambda n: self.application.ask("", "POST", "/auth/login", {"phone": new_phone()})

    async def use_code(self, rounds: int) -> Ask:
        """Customers who sign in for the first time."""
        phones = [new_phone() for _ in range(rounds)]
        await at_once(
            lambda n: self.application.ask("", "POST", "/auth/login", {"phone": phones[n]}), range(rounds)
        )
        codes = self.application.codes()

        def sign_in(n: int) -> Awaitable[object]:
            body = {"phone": phones[n], "otp": codes[phones[n]]}
            return self.application.ask("", "POST", "/auth/login", body)

        return sign_in

    async def password(self, rounds: int) -> Ask:
        """An admin; the password's hash is meant to cost."""
        return lambda n: self.application.ask("", "POST", "/auth/login", STAFF)

    async def _leads(self, count: int) -> list[str]:
        return await at_once(lambda n: self.application.lead(self.other), range(count))

    async def _quotations(self, count: int, *, shared: bool, phone: str | None = None) -> list[tuple[str, str]]:
        """Each of a lead of its own: the ids of both."""

        async def one(n: int) -> tuple[str, str]:
            lead = await self.application.lead(self.other, phone)
            return lead, await self.application.quotation(self.other, lead, shared=shared)

        return await at_once(one, range(count))
