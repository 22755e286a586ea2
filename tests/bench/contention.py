"""`python -m tests.bench.contention`: many clients on one lead and on different ones, through one instance and
through two, beside the same storage calls made bare with the SDK. Prints a table; judges nothing."""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from local import azurite
from local.demo import CONFIGURATION
from local.settings import local_settings
from tests.fakes.pdf import FakePdf

EDITORS, EDITS, CUSTOMERS = 64, 4, 32

Work = Callable[[int, int], Awaitable[object]]


@dataclass
class Tried:
    """A store that counts the transactions that are tried on leads. All else is the real one's."""

    store: Any
    commits: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    async def commit(self, *, table: str, **more: Any) -> None:
        self.commits += table == "leads"
        await self.store.commit(table=table, **more)


@dataclass
class Row:
    """One line of the table."""

    took: list[float] = field(default_factory=list)
    refusals: int = 0

    def said(self, name: str, seconds: float, tried: int | None) -> None:
        p95 = statistics.quantiles(self.took, n=20)[-1] if len(self.took) > 1 else self.took[0]
        more = "" if tried is None else f"{tried:>8} transactions tried {self.refusals:>4} refusals"
        print(
            f"  {name:<48} {len(self.took) / seconds:7.0f} /s   p50 {statistics.median(self.took):7.0f} ms"
            f"   p95 {p95:7.0f} ms   max {max(self.took):7.0f} ms {more}"
        )


async def measured(name: str, clients: int, each: int, work: Work, stores: Sequence[Tried] = ()) -> None:
    """All clients at once, each its rounds in turn."""
    from domain.errors import Unavailable

    row, before = Row(), sum(store.commits for store in stores)

    async def client(number: int) -> None:
        for turn in range(each):
            started = time.perf_counter()
            try:
                await work(number, turn)
            except Unavailable:
                row.refusals += 1
                continue
            row.took.append((time.perf_counter() - started) * 1000)

    started = time.perf_counter()
    await asyncio.gather(*(client(number) for number in range(clients)))
    seconds = time.perf_counter() - started
    await asyncio.sleep(0.5)  # what comes after the answers
    row.said(name, seconds, sum(store.commits for store in stores) - before if stores else None)


class Business:
    """Leads of one partner, on some instances that know nothing of each other but the storage."""

    def __init__(self) -> None:
        import function_app as wiring
        from adapters.tables import AzureTableStore
        from domain.ports import Turns
        from domain.values import Actor, Role

        self.wiring = wiring
        self.partner = Actor("CP-1001", "Ravi Solar Partners", Role.CP)
        self.other = AzureTableStore(
            wiring.settings.data.address("table"), credential=wiring.settings.data.credential
        )
        self.stores = [Tried(wiring.ports.store), Tried(self.other)]
        self.instances = [replace(wiring.ports, store=store, turns=Turns()) for store in self.stores]
        self.press = replace(wiring.press, pdf=FakePdf())

    def act(self, actor: Any = None) -> Any:
        from domain.timeline import Act

        ports = self.wiring.ports
        return Act(actor=actor or self.partner, at=ports.clock.now(), write_id=ports.ids.unique())

    async def lead(self, number: int) -> Any:
        from domain import leads
        from domain.values import PhoneNumber

        new = leads.NewLead(
            "B", PhoneNumber(f"+9196{number:08d}"), "x", assigned_to="CP-1001", assigned_name="Ravi"
        )
        lead_id = await leads.reserve_lead_id(self.wiring.ports)
        ports = self.wiring.ports
        return (await leads.register_lead(ports=ports, lead_id=lead_id, new=new, act=self.act())).lead

    async def shared(self, number: int) -> tuple[str, Any]:
        """A shared quotation's id, and its customer."""
        from domain import quotations
        from domain.values import Actor, Role
        from functions.models.pricing import ConfigurationBody

        now, ports = self.wiring.clock.now(), self.wiring.ports
        lead = await self.lead(number)
        offer = await self.wiring.pricing.offer(ConfigurationBody.model_validate(CONFIGURATION), on=now)
        _, made = await quotations.create_quotation(
            ports=ports, press=self.press, lead_id=lead.id, offer=offer, act=self.act()
        )
        await quotations.share_quotation(ports=ports, quotation_id=made.id, act=self.act())
        return made.id, Actor(lead.customer_id, "B", Role.CUSTOMER)

    def edits(self, leads_of: Sequence[str], instances: int) -> Work:
        """Each client edits its lead, every time to another value."""
        from domain import leads

        async def work(client: int, turn: int) -> None:
            ports, lead_id = self.instances[client % instances], leads_of[client % len(leads_of)]
            said = {"remarks": f"{client}: {turn}"}
            await leads.edit_lead(ports=ports, lead_id=lead_id, edits=said, act=self.act())

        return work

    def accepts(self, shared: Sequence[tuple[str, Any]]) -> Work:
        """Each client accepts its quotation."""
        from domain import quotations

        async def work(client: int, turn: int) -> None:
            name, customer = shared[client % len(shared)]
            act = self.act(customer)
            await quotations.accept_quotation(ports=self.instances[0], quotation_id=name, act=act)

        return work


def bare_edits(service: Any, leads_of: Sequence[str]) -> Work:
    """What an edit asks of storage, with the SDK alone and without any condition that could fail: scan ∥ insert,
    transaction ∥ 2 reads, 2 writes, read and delete."""
    table, views = service.get_table_client("leads"), service.get_table_client("views")
    text = "x" * 900

    async def work(client: int, turn: int) -> None:
        lead_id, key = leads_of[client % len(leads_of)], f"{client}:{turn}"

        async def read(where: Any, partition: str, until: str) -> None:
            query = "PartitionKey eq @p and RowKey lt @t"
            _ = [r async for r in where.query_entities(query, parameters={"p": partition, "t": until})]

        async def put(where: Any, partition: str, *keys: str) -> None:
            rows = [{"PartitionKey": partition, "RowKey": k, "lead": text} for k in keys]
            await where.submit_transaction([("upsert", row) for row in rows])

        await asyncio.gather(read(table, lead_id, "timeline:"), put(views, "bare-pending", key))
        await asyncio.gather(
            put(table, f"bare-{lead_id}", "lead", f"timeline:{key}"),
            read(views, f"bare|{lead_id}|a", "~"),
            read(views, f"bare|{lead_id}|b", "~"),
        )
        await asyncio.gather(put(views, f"bare|{lead_id}|a", lead_id), put(views, f"bare|{lead_id}|b", lead_id))
        await read(views, "bare-none", "~")
        await views.submit_transaction([("delete", {"PartitionKey": "bare-pending", "RowKey": key})])

    return work


async def contend() -> None:
    """The table."""
    from azure.data.tables.aio import TableServiceClient

    service = TableServiceClient.from_connection_string(os.environ["STORAGE_CONNECTION"])
    business = Business()
    stores = business.stores
    one = [(await business.lead(1)).id]
    many = [(await business.lead(100 + number)).id for number in range(EDITORS)]
    for name, names in (("one lead", one), ("different leads", many)):
        await measured(f"{EDITORS} clients bare, {name}", EDITORS, EDITS, bare_edits(service, names))
        for instances in (1, 2):
            what = f"{EDITORS} clients edit {name}, {instances} instance{'s' * (instances > 1)}"
            await measured(what, EDITORS, EDITS, business.edits(names, instances), stores)
    same = [await business.shared(200)]
    each = [await business.shared(300 + number) for number in range(CUSTOMERS)]
    await measured(f"{CUSTOMERS} accepts of one quotation", CUSTOMERS, 1, business.accepts(same), stores)
    await measured(f"{CUSTOMERS} accepts of different leads", CUSTOMERS, 1, business.accepts(each), stores)
    await business.wiring.tables.close()
    await business.wiring.files.close()
    await business.other.close()
    await service.close()


def main() -> int:
    """Run on an Azurite of its own."""
    with tempfile.TemporaryDirectory() as folder, azurite.start(None, in_memory=True) as storage:
        os.environ.update(local_settings(Path(folder), storage_connection=storage.connection_string))
        from local import demo_data
        from local.host import set_up_logging

        set_up_logging(verbose=False)
        asyncio.run(demo_data.main())
        asyncio.run(contend())
    return 0


if __name__ == "__main__":
    sys.exit(main())
