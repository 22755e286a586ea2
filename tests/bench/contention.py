"""`python -m tests.bench.contention`: many clients on one lead and on different ones, through one instance and
through two, beside the same storage calls made bare with the SDK. What is refused after all attempts is counted; judges nothing."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from local.demo import CONFIGURATION
from tests.bench.application import at_once, on_azurite
from tests.bench.recording import answered
from tests.bench.results import note, percentiles
from tests.fakes.pdf import FakePdf

_number = itertools.count()

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


async def measured(name: str, clients: int, each: int, work: Work, stores: Sequence[Tried] = ()) -> None:
    """All clients at once, each its rounds in turn."""
    from adapters.background import all_done
    from domain.errors import Unavailable

    took: list[float] = []
    refused, before = 0, sum(store.commits for store in stores)

    async def client(number: int) -> None:
        nonlocal refused
        for turn in range(each):
            started = time.perf_counter()
            try:
                await work(number, turn)
            except Unavailable:
                refused += 1
                continue
            took.append((time.perf_counter() - started) * 1000)

    started = time.perf_counter()
    await asyncio.gather(*(client(number) for number in range(clients)))
    seconds = time.perf_counter() - started
    await all_done()
    tried = {"tried": sum(store.commits for store in stores) - before, "refused": refused} if stores else {}
    note("contention", name, per_s=len(took) / seconds, **percentiles(took), **tried)


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
            said = {"remarks": f"{client}: {next(_number)}"}
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
            await answered(lambda: where.submit_transaction([("upsert", row) for row in rows]))

        await asyncio.gather(read(table, lead_id, "timeline:"), put(views, "bare-pending", key))
        await asyncio.gather(
            put(table, f"bare-{lead_id}", "lead", f"timeline:{key}"),
            read(views, f"bare|{lead_id}|a", "~"),
            read(views, f"bare|{lead_id}|b", "~"),
        )
        await asyncio.gather(put(views, f"bare|{lead_id}|a", lead_id), put(views, f"bare|{lead_id}|b", lead_id))
        await read(views, "bare-none", "~")
        await answered(
            lambda: views.submit_transaction([("delete", {"PartitionKey": "bare-pending", "RowKey": key})])
        )

    return work


async def contend(editors: int, edits: int, customers: int) -> None:
    """The table, and whatever happens an orderly end."""
    from azure.data.tables.aio import TableServiceClient

    service = TableServiceClient.from_connection_string(os.environ["STORAGE_CONNECTION"])
    business = Business()
    try:
        await contended(business, service, editors, edits, customers)
    finally:
        for part in (business.wiring.tables, business.wiring.files, business.other, service):
            await part.close()


async def contended(business: Business, service: Any, editors: int, edits: int, customers: int) -> None:
    """The table. `edits` is how many each editor makes, one after the other."""
    stores = business.stores
    one = [(await business.lead(1)).id]
    many = [lead.id for lead in await at_once(lambda n: business.lead(100 + n), range(editors))]
    for name, names in (("one lead", one), ("different leads", many)):
        await measured(f"{editors} clients bare, {name}", editors, edits, bare_edits(service, names))
        for instances in (1, 2):
            what = f"{editors} clients edit {name}, {instances} instance{'s' * (instances > 1)}"
            await measured(what, editors, edits, business.edits(names, instances), stores)
    same = [await business.shared(200)]
    each = await at_once(lambda n: business.shared(300 + n), range(customers))
    await measured(f"{customers} accepts of one quotation", customers, 1, business.accepts(same), stores)
    await measured(f"{customers} accepts of different leads", customers, 1, business.accepts(each), stores)


def main() -> None:
    """Run on an Azurite of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=4)
    parser.add_argument("--editors", type=int, default=64)
    parser.add_argument("--customers", type=int, default=32)
    given = parser.parse_args()
    with on_azurite():
        asyncio.run(contend(given.editors, given.edits, given.customers))


if __name__ == "__main__":
    main()
