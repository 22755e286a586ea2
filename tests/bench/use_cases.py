"""`python -m tests.bench.use_cases`: per use case the storage requests and hops, how long it takes alone and with 32
clients, beside the same storage calls made bare with the SDK in the same run, and CPU per request."""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from local import azurite
from local.settings import local_settings
from tests.bench.contention import Business
from tests.bench.results import note, write

CLIENTS = 32
Work = Callable[[int], Awaitable[object]]


@dataclass
class Recording:
    """A store that notes which calls were made, and after which others: what came one after the other has to."""

    store: Any
    calls: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)
    done: int = 0
    on: bool = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    async def get(self, **asked: Any) -> Any:
        return await self._noted("get", asked, self.store.get(**asked))

    async def commit(self, **asked: Any) -> Any:
        return await self._noted("commit", asked, self.store.commit(**asked))

    async def scan(self, **asked: Any) -> AsyncIterator[Any]:
        rows = await self._noted("scan", asked, self._all(asked))
        for row in rows:
            yield row

    async def _all(self, asked: dict[str, Any]) -> list[Any]:
        return [row async for row in self.store.scan(**asked)]

    async def _noted(self, kind: str, asked: dict[str, Any], answer: Awaitable[Any]) -> Any:
        hop = self.done
        if self.on:
            self.calls.append((hop, kind, asked))
        result = await answer
        self.done = max(self.done, hop + 1)
        return result


class Bare:
    """Recorded calls, made again with the SDK alone: same tables and sizes, no conditions that could fail."""

    def __init__(self, service: Any, calls: list[tuple[int, str, dict[str, Any]]]) -> None:
        self.tables = {asked["table"]: service.get_table_client(asked["table"]) for _, _, asked in calls}
        hops = sorted({hop for hop, _, _ in calls})
        self.hops = [[(kind, asked) for at, kind, asked in calls if at == hop] for hop in hops]

    async def __call__(self, number: int) -> None:
        for calls in self.hops:
            await asyncio.gather(*(self._again(kind, asked, number) for kind, asked in calls))

    async def _again(self, kind: str, asked: dict[str, Any], number: int) -> None:
        from azure.core.exceptions import ResourceNotFoundError

        table = self.tables[asked["table"]]
        if kind == "get":
            try:
                await table.get_entity(asked["partition"], asked["key"])
            except ResourceNotFoundError:
                return
        elif kind == "scan":
            wanted = f"PartitionKey eq '{asked['partition']}'" if asked.get("partition") else "PartitionKey ge ''"
            wanted += f" and RowKey ge '{asked['first']}'" if asked.get("first") else ""
            wanted += f" and RowKey lt '{asked['before']}'" if asked.get("before") else ""
            _ = [row async for row in table.query_entities(wanted)]
        else:
            place = f"bare-{number}-{asked['partition']}"
            rows = [{"PartitionKey": place, "RowKey": w.key, **getattr(w, "values", {})} for w in asked["writes"]]
            await table.submit_transaction([("upsert", row) for row in rows])


@dataclass
class Case:
    """A use case; `make` prepares what one round needs and answers with the round."""

    name: str
    make: Callable[[int], Awaitable[Callable[[], Awaitable[object]]]]


def cases(business: Business) -> list[Case]:
    """What people do most, each on data of its own."""
    from domain import leads, lists, quotations, sales
    from domain.values import PhoneNumber

    ports = business.instances[0]

    async def register(number: int) -> Callable[[], Awaitable[object]]:
        lead_id = await leads.reserve_lead_id(ports)
        phone = PhoneNumber(f"+9196{1_000_000 + number:08d}")
        new = leads.NewLead("B", phone, "x", assigned_to="CP-1001", assigned_name="Ravi")
        return lambda: leads.register_lead(ports=ports, lead_id=lead_id, new=new, act=business.act())

    async def read(number: int) -> Callable[[], Awaitable[object]]:
        lead = await business.lead(2_000_000 + number)
        return lambda: leads.lead_of_actor(store=ports.store, lead_id=lead.id, actor=business.partner)

    async def edit(number: int) -> Callable[[], Awaitable[object]]:
        lead = await business.lead(3_000_000 + number)
        said = {"remarks": f"said {number}"}
        return lambda: leads.edit_lead(ports=ports, lead_id=lead.id, edits=said, act=business.act())

    async def move(number: int) -> Callable[[], Awaitable[object]]:
        lead = await business.lead(4_000_000 + number)
        on = leads.tomorrow(ports.clock.now())
        change = leads.StatusChange(
            status=leads.LeadStatus.IN_DISCUSSION, remarks="Spoke on the phone", follow_up_date=on
        )
        return lambda: sales.change_status(ports=ports, lead_id=lead.id, change=change, act=business.act())

    async def accept(number: int) -> Callable[[], Awaitable[object]]:
        name, customer = await business.shared(5_000_000 + number)
        return lambda: quotations.accept_quotation(ports=ports, quotation_id=name, act=business.act(customer))

    async def page(number: int) -> Callable[[], Awaitable[object]]:
        return lambda: lists.leads_of_partner(store=ports.store, partner_id="CP-1002")

    return [
        Case("register a lead", register),
        Case("read a lead", read),
        Case("edit a lead", edit),
        Case("move a lead", move),
        Case("customer accepts", accept),
        Case("partner's list (small)", page),
    ]


def quantile(took: list[float], per_cent: int) -> float:
    ordered = sorted(took)
    return ordered[min(len(ordered) - 1, len(ordered) * per_cent // 100)]


async def timed(work: Work, rounds: int, clients: int) -> tuple[list[float], float]:
    """Milliseconds of each round with so many at once, and CPU ms per round."""
    gate, took = asyncio.Semaphore(clients), []

    async def one(number: int) -> None:
        async with gate:
            began = time.perf_counter()
            await work(number)
            took.append((time.perf_counter() - began) * 1000)

    began = time.process_time()
    await asyncio.gather(*(one(number) for number in range(rounds)))
    return took, (time.process_time() - began) * 1000 / rounds


async def measured(case: Case, business: Business, recording: Recording, service: Any, rounds: int) -> None:
    from adapters.background import all_done
    from adapters.tables import counting

    once = await case.make(0)
    await all_done()
    recording.calls, recording.done, recording.on = [], 0, True
    with counting() as count:
        await once()
        requests, hops = count.requests, count.hops
        recording.on = False
        bare = Bare(service, list(recording.calls))
    await all_done()
    ready = [await case.make(1 + number) for number in range(2 * rounds)]
    await all_done()
    alone, _ = await timed(lambda n: ready[n](), rounds, 1)
    alone_bare, _ = await timed(bare, rounds, 1)
    many, cpu = await timed(lambda n: ready[rounds + n](), rounds, CLIENTS)
    await all_done()
    ratio = statistics.median(alone) / statistics.median(alone_bare)
    say = {f"p{p}_ms": quantile(alone, p) for p in (50, 95, 99)}
    note("use case", f"{case.name}, alone", requests=requests, hops=hops, **say, bare=ratio)
    say = {f"p{p}_ms": quantile(many, p) for p in (50, 95, 99)}
    note("use case", f"{case.name}, {CLIENTS} clients", **say, cpu_ms=cpu)


async def measure(rounds: int) -> None:
    """All cases, one after the other."""
    from azure.data.tables.aio import TableServiceClient

    business = Business()
    recording = Recording(business.wiring.ports.store)
    business.instances[0] = replace(business.wiring.ports, store=recording)
    service = TableServiceClient.from_connection_string(os.environ["STORAGE_CONNECTION"])
    for case in cases(business):
        await measured(case, business, recording, service, rounds)
    for part in (service, business.wiring.tables, business.wiring.files, business.other):
        await part.close()


def main() -> None:
    """Run on an Azurite of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--json")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, azurite.start(None, in_memory=True) as storage:
        os.environ.update(local_settings(Path(folder), storage_connection=storage.connection_string))
        from local import demo_data
        from local.host import set_up_logging

        set_up_logging(verbose=False)
        asyncio.run(demo_data.main())
        asyncio.run(measure(given.rounds))
    write(given.json)


if __name__ == "__main__":
    main()
