"""A world in memory for the exceptions: people, a store that can be killed, and what must hold in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from domain import customer_exceptions as exceptions
from domain import customers, leads
from domain.customers import Customer
from domain.jobs import job_is_open, open_jobs
from domain.ports import Ports
from domain.timeline import FIRST_ENTRY, Act, entry_from_row, fold, verify
from domain.values import Actor, PhoneNumber, Role
from tests.fakes.clock import FakeClock
from tests.fakes.ids import FakeIds
from tests.fakes.pauses import no_pause
from tests.fakes.store import Commit, FakeStore

ADMIN = Actor("ADMIN-1001", "Asha", Role.ADMIN)
PARTNER = Actor("CP-1001", "Ravi", Role.CP)
SYSTEM = Actor("system:sign-in", "sign-in", Role.SYSTEM)
REASON = "The customer said so on the phone"
T = TypeVar("T")


class Killed(BaseException):
    """The process is dead: nothing that it still tries reaches the store."""


class Forgetful:
    """The port `LiveSessions` of a process that remembers nothing."""

    def forget(self, *, person_id: str) -> None:
        return None


def number(n: int) -> PhoneNumber:
    return PhoneNumber(f"+9198{n:08d}")


@dataclass
class World:
    """Everything that a test does, each step as one request of a process of its own."""

    store: FakeStore = field(default_factory=FakeStore)
    clock: FakeClock = field(default_factory=FakeClock)
    ids: FakeIds = field(default_factory=FakeIds)
    live: Forgetful = field(default_factory=Forgetful)
    commits: int = 0
    kill_at: int | None = None
    before: bool = True
    background: list[asyncio.Task[None]] = field(default_factory=list)
    told: Callable[[Commit], None] = lambda commit: None

    def __post_init__(self) -> None:
        self.store.before_commit = self._count
        self.store.after_commit = self._after

    def copied(self) -> World:
        """The same data in another world; rows never change in place."""
        store = FakeStore(_tables={name: dict(rows) for name, rows in self.store._tables.items()})
        store._writes = self.store._writes
        return World(store, FakeClock(self.clock.now()), FakeIds(self.ids.last))

    def _count(self, commit: Commit) -> None:
        self.commits += 1
        self.told(commit)
        if self.kill_at is not None and (
            self.commits > self.kill_at or (self.before and self.commits == self.kill_at)
        ):
            raise Killed

    def _after(self, commit: Commit) -> None:
        if self.kill_at is not None and self.commits == self.kill_at:
            raise Killed

    @property
    def ports(self) -> Ports:
        return Ports(self.store, self.clock, self.ids, no_pause, later=self._later)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        self.background.append(asyncio.get_running_loop().create_task(work))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run(self._to_the_end(work))

    async def _to_the_end(self, work: Coroutine[Any, Any, T]) -> T:
        """With what is still done after the answer."""
        self.background.clear()
        answer = await work
        await asyncio.gather(*self.background)
        return answer

    def killed(self, work: Coroutine[Any, Any, Any], *, at: int, before: bool) -> bool:
        """Run it and kill it at the commit of that number; whether it lived that long."""
        self.commits, self.kill_at, self.before = 0, at, before
        try:
            asyncio.run(self._to_the_end(work))
        except Killed:
            return True
        finally:
            self.kill_at = None
        return False

    def act(self, actor: Actor = ADMIN, version: int | None = None) -> Act:
        return Act(actor, self.clock.now(), self.ids.unique(), version=version, exact=version is not None)

    async def lead(self, phone: PhoneNumber, *, name: str = "Kavita", actor: Actor = PARTNER) -> leads.LeadFile:
        new = leads.NewLead(
            customer_name=name, phone=phone, address="x", assigned_to=PARTNER.id, assigned_name=PARTNER.name
        )
        lead_id = await leads.reserve_lead_id(self.ports)
        return await leads.register_lead(ports=self.ports, lead_id=lead_id, new=new, act=self.act(actor))

    async def sign_in(self, phone: PhoneNumber) -> Customer:
        return await customers.account_for(ports=self.ports, phone=phone, act=self.act(SYSTEM))

    async def customer(self, customer_id: str) -> Customer:
        found = await customers.read_customer(store=self.store, customer_id=customer_id)
        assert found
        return found

    async def critical(self, customer_id: str) -> Act:
        """An Admin's act based on what it sees at this id now."""
        seen = await customers.customer_by_id(store=self.store, customer_id=customer_id)
        assert seen
        return self.act(version=seen.version)

    async def change_phone(self, customer_id: str, phone: PhoneNumber, act: Act | None = None) -> str:
        return await exceptions.change_phone(
            ports=self.ports,
            live=self.live,
            job_id=await exceptions.reserve_job_id(self.ports),
            customer_id=customer_id,
            new_phone=phone,
            reason=REASON,
            act=act or await self.critical(customer_id),
        )

    async def merge(self, survivor: str, loser: str, act: Act | None = None) -> str:
        return await exceptions.merge_customers(
            ports=self.ports,
            live=self.live,
            job_id=await exceptions.reserve_job_id(self.ports),
            survivor_id=survivor,
            loser_id=loser,
            reason=REASON,
            act=act or await self.critical(survivor),
        )

    async def unmerge(self, loser: str, act: Act | None = None) -> str:
        return await exceptions.unmerge_customer(
            ports=self.ports,
            live=self.live,
            job_id=await exceptions.reserve_job_id(self.ports),
            loser_id=loser,
            reason=REASON,
            act=act or await self.critical(loser),
        )

    async def share(self, customer_id: str, act: Act | None = None, **sharing: Any) -> str:
        return await exceptions.share_phone(
            ports=self.ports,
            live=self.live,
            job_id=await exceptions.reserve_job_id(self.ports),
            customer_id=customer_id,
            sharing=exceptions.Sharing(**sharing),
            reason=REASON,
            act=act or await self.critical(customer_id),
        )

    async def unshare(self, customer_id: str, act: Act | None = None) -> str:
        return await exceptions.unshare_phone(
            ports=self.ports,
            live=self.live,
            job_id=await exceptions.reserve_job_id(self.ports),
            customer_id=customer_id,
            reason=REASON,
            act=act or await self.critical(customer_id),
        )

    async def sweep(self) -> None:
        """What the timers do until nothing is left: a few minutes later."""
        for _ in range(3):
            self.clock.advance(minutes=3)
            await exceptions.finish_open_jobs(ports=self.ports, live=self.live)
            await leads.sweep(ports=self.ports)
        assert await open_jobs(store=self.store) == ()

    async def all_customers(self) -> dict[str, Customer]:
        rows = [row async for row in self.store.scan(table=customers.TABLE) if row.key == "customer"]
        return {row.partition: customers.customer_from_row(row) for row in rows}

    async def leads_by_customer(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        async for row in self.store.scan(table=leads.TABLE):
            if row.key == leads.LEAD_ROW:
                found.setdefault(str(row.values["customerId"]), set()).add(row.partition)
        return found

    async def check_phones(self) -> None:
        """At any moment, in the midst of whatever: no two customers say that they have the same phone."""
        said = [c.phone.e164 for c in (await self.all_customers()).values() if c.phone]
        assert len(said) == len(set(said))

    async def check_settled(self) -> None:
        """Once the sweep has run: claims and customers agree both ways, and each lead is where it is looked for."""
        await self.check_phones()
        everyone = await self.all_customers()
        async for row in self.store.scan(table="phones"):
            owner = everyone.get(customers.claimed_by(row))
            assert owner is None or (owner.phone and owner.phone.e164 == row.partition), (
                "a claim nobody agrees with"
            )
        for customer in everyone.values():
            await self._check_customer(customer, everyone)
        for customer_id, own in (await self.leads_by_customer()).items():
            assert everyone[customer_id].merged_into is None
            linked = {link.lead_id for link in await customers.links_of(store=self.store, customer_id=customer_id)}
            assert own <= linked
        async for row in self.store.scan(table=customers.TABLE):
            assert row.key != "busy" or not await job_is_open(store=self.store, job_id=str(row.values["job"]))

    async def _check_customer(self, customer: Customer, everyone: dict[str, Customer]) -> None:
        if customer.phone:
            holding = await customers.holding_of(store=self.store, phone=customer.phone)
            assert holding and holding.agreed and holding.customer == customer
            assert bool(holding.row.values.get("merged", False)) is (customer.merged_into is not None)
        if customer.merged_into:
            assert customer.id in everyone[customer.merged_into].absorbed
        assert all(everyone[i].merged_into == customer.id for i in customer.absorbed)
        assert all(everyone[i].reachable_through == customer.id for i in customer.shared_with)
        rows = self.store.scan(table=customers.TABLE, partition=customer.id, first=FIRST_ENTRY)
        entries = [entry_from_row(row) async for row in rows]
        assert verify(entries, last_hash=customer.last_hash, version=customer.version) is None
        said = {name: value for name, value in customers.plain(customer).items() if value is not None}
        assert {name: value for name, value in fold(entries).items() if value is not None} == said


async def gathered(*works: Awaitable[Any]) -> list[Any]:
    """All at once; refusals are answers, anything else is a fault of ours."""
    from domain.errors import DomainError

    answers = await asyncio.gather(*works, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, DomainError):
            raise answer
    return answers
