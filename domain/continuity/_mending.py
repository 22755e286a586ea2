"""What stands in other partitions because of an aggregate, made again from it (docs/tables.md, "Written beside").

A change and what follows from it elsewhere are several transactions. A crash between them is made good by whoever
has left a marker; but a copy is taken over a span of time, and may have the change and neither the rest nor the
marker. So each of these asks what there has to be, and puts what isn't there. Nothing that is there is overwritten.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from enum import StrEnum

from domain import commissions, customers, documents, identity, jobs, leads, notifications, quotations
from domain.continuity._timelines import HEADS
from domain.errors import DomainError
from domain.ports import Ports
from domain.store import Row, Store

_AT_ONCE = 8


class Kind(StrEnum):
    """What was put right, in the words in which commands tell it."""

    LISTS = "leads in lists"
    LINKS = "customers' links to leads"
    EXPIRIES = "days of expiry"
    UPLOADS = "markers of uploads"
    UTRS = "claims of UTRs"
    PHONES = "claims of customers' phones"
    SIGN_INS = "claims of sign-ins"
    NEWS = "changes to be told again by the timers"
    JOBS = "jobs to be done again by the timers"


Mended = Counter[Kind]
Mend = Callable[[str], Awaitable[Mended]]


async def mend_lead(*, ports: Ports, lead_id: str, since: str | None = None, make_customer: bool = False) -> Mended:
    """All that follows from a lead. What was entered on its timeline from `since` on is told again, which the sweep
    does; `make_customer` also makes a customer who isn't there. Raises StorageUnavailable."""
    rows = await _partition(ports.store, leads.TABLE, lead_id)
    found = await mend_beside_lists(ports=ports, rows=rows, make_customer=make_customer)
    found[Kind.LISTS] += await leads.rebuild(ports=ports, lead_id=lead_id)  # read anew: it may have moved
    if since is not None:
        found[Kind.NEWS] += await leads.mark_again(ports=ports, rows=rows, since=since)
    return +found


async def mend_beside_lists(*, ports: Ports, rows: list[Row], make_customer: bool = False) -> Mended:
    """All that follows from a lead but the lists, from the rows of its partition. Raises StorageUnavailable."""
    file = leads.file_from(rows)
    if file is None:
        return Counter()
    return Counter(
        {
            Kind.UTRS: await commissions.keep_claims(ports=ports, file=file),
            Kind.EXPIRIES: await quotations.keep_expiries(ports=ports, file=file),
            Kind.UPLOADS: await documents.keep_markers(store=ports.store, rows=file.parts.values()),
            Kind.LINKS: await leads.keep_link(ports=ports, lead=file.lead, make=make_customer),
        }
    )


async def mend_customer(*, ports: Ports, customer_id: str, since: str | None = None) -> Mended:
    """All that follows from a customer. Raises StorageUnavailable."""
    rows = await _partition(ports.store, customers.TABLE, customer_id)
    head = next((row for row in rows if row.key == customers.CUSTOMER_ROW), None)
    if head is None:
        return Counter()
    customer = customers.customer_from_row(head)
    found = Counter(
        {
            Kind.PHONES: await customers.keep_claim(ports=ports, customer=customer),
            Kind.UPLOADS: await documents.keep_markers(store=ports.store, rows=rows),
        }
    )
    return +(found + await _told_again(ports, customers.TABLE, rows, since))


async def mend_person(*, ports: Ports, person_id: str, since: str | None = None) -> Mended:
    """All that follows from a person with a login. Raises StorageUnavailable."""
    rows = await _partition(ports.store, identity.PEOPLE, person_id)
    head = next((row for row in rows if row.key == HEADS[identity.PEOPLE]), None)
    if head is None:
        return Counter()
    person = identity.person_from_row(head)
    found = Counter({Kind.SIGN_INS: await identity.keep_claims(ports=ports, person=person)})
    return +(found + await _told_again(ports, identity.PEOPLE, rows, since))


async def _told_again(ports: Ports, table: str, rows: list[Row], since: str | None) -> Mended:
    if since is None:
        return Counter()
    return Counter({Kind.NEWS: await notifications.mark_again(ports=ports, table=table, rows=rows, since=since)})


async def mend_job(*, ports: Ports, partition: str, job_id: str) -> Mended:
    """A job in a copy: one that is finished is opened again, since what it has changed may be from before; an open
    one does all its steps again. The timers carry both out. Raises StorageUnavailable."""
    if partition == jobs.OPEN:
        await jobs.forget_steps(store=ports.store, job_id=job_id)
        return Counter()
    return +Counter({Kind.JOBS: await jobs.reopen_job(store=ports.store, job_id=job_id)})


def menders(
    ports: Ports, since: str | None, *, make_customers: bool = False
) -> dict[str, Callable[[str], Awaitable[Mended]]]:
    """By table, in the order in which they are to come, what mends the aggregate of an id."""
    return {
        customers.TABLE: lambda one: mend_customer(ports=ports, customer_id=one, since=since),
        identity.PEOPLE: lambda one: mend_person(ports=ports, person_id=one, since=since),
        leads.TABLE: lambda one: mend_lead(ports=ports, lead_id=one, since=since, make_customer=make_customers),
    }


async def mend_each(ids: AsyncIterator[str], mend: Mend) -> Mended:
    """A few at a time. Raises what the first to fail raises."""
    total: Mended = Counter()
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(name: str) -> None:
        try:
            total.update(await mend(name))
        finally:
            gate.release()

    try:
        async with asyncio.TaskGroup() as group:
            async for name in ids:
                await gate.acquire()
                group.create_task(one(name))
    except* DomainError as failures:
        raise _first(failures) from None
    return total


def _first(failures: BaseExceptionGroup[DomainError]) -> DomainError:
    found = failures.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found


async def mend_all(*, ports: Ports, told: Callable[[int, int, str], None]) -> tuple[int, int, Mended]:
    """All that follows from all leads, customers and people, and every list; how many leads there are, how many had
    lists out of date, and what else was put right. May be stopped, and done again. Raises StorageUnavailable."""
    total: Mended = Counter()
    by_table = menders(ports, None)
    for table in (customers.TABLE, identity.PEOPLE):
        total += await mend_each(_heads(ports.store, table), by_table[table])

    async def beside(rows: list[Row]) -> None:
        total.update(await mend_beside_lists(ports=ports, rows=rows))

    done, wrong = await leads.rebuild_all(ports=ports, told=told, beside=beside)
    return done, wrong, +total


async def _heads(store: Store, table: str) -> AsyncIterator[str]:
    async for row in store.scan(table=table):
        if row.key == HEADS[table]:
            yield row.partition


async def _partition(store: Store, table: str, partition: str) -> list[Row]:
    return [row async for row in store.scan(table=table, partition=partition)]
