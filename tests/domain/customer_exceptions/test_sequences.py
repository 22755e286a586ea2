"""Random sequences of everything that concerns phones and customers, some killed, some at once: one phone is one
customer at every moment, and after the sweep all agrees."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain import leads
from domain.errors import DomainError
from domain.values import PhoneNumber
from tests.domain.customer_exceptions.setting import World, gathered, number

PHONES = st.integers(1, 5).map(number)
WHICH = st.integers(0, 30)

Operation = Callable[[World], Coroutine[Any, Any, Any]]


def register(phone: PhoneNumber) -> Operation:
    return lambda world: world.lead(phone)


def sign_in(phone: PhoneNumber) -> Operation:
    return lambda world: world.sign_in(phone)


def change(which: int, phone: PhoneNumber) -> Operation:
    async def do(world: World) -> None:
        if found := await pick(world, which):
            await world.change_phone(found, phone)

    return do


def merge(which: int, other: int) -> Operation:
    async def do(world: World) -> None:
        survivor, loser = await pick(world, which), await pick(world, other)
        if survivor and loser:
            await world.merge(survivor, loser)

    return do


def unmerge(which: int) -> Operation:
    async def do(world: World) -> None:
        gone = sorted(c.id for c in (await world.all_customers()).values() if c.merged_into)
        if gone:
            await world.unmerge(gone[which % len(gone)])

    return do


def share(which: int, other: int) -> Operation:
    async def do(world: World) -> None:
        holder, friend = await pick(world, which), await pick(world, other)
        if holder and friend:
            await world.share(holder, **({"other_id": friend} if other % 2 else {"name": "Mohan"}))

    return do


def unshare(which: int) -> Operation:
    async def do(world: World) -> None:
        reachable = sorted(c.id for c in (await world.all_customers()).values() if c.reachable_at)
        if reachable:
            await world.unshare(reachable[which % len(reachable)])

    return do


def renumber_lead(which: int, phone: PhoneNumber) -> Operation:
    async def do(world: World) -> None:
        found = sorted(lead for own in (await world.leads_by_customer()).values() for lead in own)
        if found:
            edits = {"phone": phone}
            await leads.edit_lead(
                ports=world.ports, lead_id=found[which % len(found)], edits=edits, act=world.act()
            )

    return do


async def pick(world: World, which: int) -> str | None:
    everyone = sorted(await world.all_customers())
    return everyone[which % len(everyone)] if everyone else None


OPERATIONS = st.one_of(
    PHONES.map(register),
    PHONES.map(sign_in),
    st.builds(change, WHICH, PHONES),
    st.builds(merge, WHICH, WHICH),
    WHICH.map(unmerge),
    st.builds(share, WHICH, WHICH),
    WHICH.map(unshare),
    st.builds(renumber_lead, WHICH, PHONES),
)


class PhonesAndCustomers(RuleBasedStateMachine):
    """The machine's only memory is the world; what must hold needs no model."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()

    @rule(do=OPERATIONS)
    def somebody_does_something(self, do: Operation) -> None:
        self.world.run(refusable(do(self.world)))

    @rule(do=OPERATIONS, at=st.integers(1, 40), before=st.booleans())
    def somebody_is_killed(self, do: Operation, at: int, before: bool) -> None:
        self.world.killed(refusable(do(self.world)), at=at, before=before)

    @rule(some=st.lists(st.tuples(OPERATIONS, st.integers(0, 30)), min_size=2, max_size=4))
    def several_do_something_at_once(self, some: list[tuple[Operation, int]]) -> None:
        async def later(do: Operation, yields: int) -> None:
            for _ in range(yields):
                await asyncio.sleep(0)
            await do(self.world)

        async def at_once() -> None:
            await gathered(*(later(do, yields) for do, yields in some))

        self.world.run(at_once())

    @rule()
    def the_sweep_comes(self) -> None:
        self.world.run(self.world.sweep())
        self.world.run(self.world.check_settled())

    @invariant()
    def one_phone_is_one_customer(self) -> None:
        self.world.run(self.world.check_phones())

    def teardown(self) -> None:
        self.the_sweep_comes()


async def refusable(work: Coroutine[Any, Any, Any]) -> None:
    try:
        await work
    except DomainError:
        return


TestPhonesAndCustomers = PhonesAndCustomers.TestCase
TestPhonesAndCustomers.settings = settings(max_examples=40, stateful_step_count=15, deadline=None)
