"""`python -m tests.bench.main_job`: storage requests and hops per use case, and accept under 32 clients
beside the same storage calls made bare with the SDK. Prints a table; judges nothing."""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from adapters.background import later
from local import azurite
from local.demo import CONFIGURATION
from local.settings import local_settings
from tests.fakes.pdf import FakePdf

CLIENTS, ROUNDS = 32, 256


async def counted(name: str, work: Callable[[], Awaitable[Any]]) -> Any:
    """Do it once and print what it asked of storage until the answer."""
    from adapters.tables import counting

    with counting() as count:
        done = await work()
        requests, hops = count.requests, count.hops
    await asyncio.sleep(0.05)
    print(f"  {name:<34} {requests:>3} requests {hops:>3} hops   ({count.aside} more after the answer)")
    return done


async def use_cases() -> None:
    """Each use case once, warm."""
    import function_app as wiring
    from domain import leads, quotations, sales
    from domain.leads import LeadStatus
    from domain.timeline import Act
    from domain.values import Actor, PhoneNumber, Role
    from functions.models.pricing import ConfigurationBody

    ports, partner = wiring.ports, Actor("CP-1001", "Ravi Solar Partners", Role.CP)
    offer = await wiring.pricing.offer(ConfigurationBody.model_validate(CONFIGURATION), on=wiring.clock.now())

    def act(actor: Actor, version: int | None = None) -> Act:
        return Act(actor=actor, at=wiring.clock.now(), write_id=ports.ids.unique(), version=version)

    async def register(phone: str) -> Any:
        new = leads.NewLead(
            customer_name="B",
            phone=PhoneNumber.parse(phone),
            address="x",
            assigned_to=partner.id,
            assigned_name=partner.name,
        )
        lead_id = await leads.reserve_lead_id(ports)
        return await leads.register_lead(ports=ports, lead_id=lead_id, new=new, act=act(partner))

    async def share() -> Any:
        return await quotations.share_quotation(ports=ports, quotation_id=made.id, act=act(partner))

    await register("9700000000")
    file = await counted("register a lead, new phone", lambda: register("9700000001"))
    await counted("register a lead, known phone", lambda: register("9700000001"))
    lead_id = file.lead.id
    await counted("read a lead", lambda: leads.lead_of_actor(store=ports.store, lead_id=lead_id, actor=partner))
    await counted(
        "edit a lead",
        lambda: leads.edit_lead(ports=ports, lead_id=lead_id, edits={"city": "Surat"}, act=act(partner)),
    )
    change = leads.StatusChange(
        status=LeadStatus.IN_DISCUSSION,
        remarks="Spoke on the phone",
        follow_up_date=leads.tomorrow(wiring.clock.now()),
    )
    await counted(
        "move a lead", lambda: sales.change_status(ports=ports, lead_id=lead_id, change=change, act=act(partner))
    )
    _, made = await counted(
        "create a quotation",
        lambda: quotations.create_quotation(
            ports=ports, press=wiring.press, lead_id=lead_id, offer=offer, act=act(partner)
        ),
    )
    await counted("share a quotation", share)
    customer = Actor(file.lead.customer_id, "B", Role.CUSTOMER)
    accepted, _ = await counted(
        "accept a quotation",
        lambda: quotations.accept_quotation(ports=ports, quotation_id=made.id, act=act(customer)),
    )
    won = leads.StatusChange(status=LeadStatus.WON, remarks="Details verified", quotation_ref=made.id)
    await counted(
        "finalize to Won",
        lambda: sales.change_status(
            ports=ports, lead_id=lead_id, change=won, act=act(partner, accepted.lead.version)
        ),
    )

    quick = replace(wiring.press, pdf=FakePdf())  # drawing isn't what is measured from here on
    shared = []
    for number in range(ROUNDS):
        file = await register(f"96{number:08d}")
        _, made = await quotations.create_quotation(
            ports=ports, press=quick, lead_id=file.lead.id, offer=offer, act=act(partner)
        )
        await quotations.share_quotation(ports=ports, quotation_id=made.id, act=act(partner))
        shared.append((made.id, Actor(file.lead.customer_id, "B", Role.CUSTOMER)))

    async def accept(number: int) -> None:
        await quotations.accept_quotation(ports=ports, quotation_id=shared[number][0], act=act(shared[number][1]))

    ours = await timed(f"accept, {CLIENTS} at once", accept)
    bare = await timed(f"the same calls bare, {CLIENTS} at once", await bare_calls(ports.store))
    print(f"  our own time on top of the bare calls: {(ours / bare - 1) * 100:.0f} % (medians)")
    await wiring.tables.close()
    await wiring.files.close()


async def timed(name: str, work: Callable[[int], Awaitable[None]]) -> float:
    """All rounds with 32 at once; the median in ms."""
    gate, took = asyncio.Semaphore(CLIENTS), []

    async def one(number: int) -> None:
        async with gate:
            started = time.perf_counter()
            await work(number)
            took.append((time.perf_counter() - started) * 1000)

    await asyncio.gather(*(one(number) for number in range(ROUNDS)))
    p95 = statistics.quantiles(took, n=20)[-1]
    print(f"  {name:<34} p50 {statistics.median(took):6.1f} ms   p95 {p95:6.1f} ms")
    return statistics.median(took)


async def bare_calls(store: Any) -> Callable[[int], Awaitable[None]]:
    """What accept asks of storage, with the SDK alone: scan ∥ insert, transaction ∥ read, 2 writes; the rest comes
    after the answer."""
    from azure.data.tables.aio import TableServiceClient

    service = TableServiceClient.from_connection_string(os.environ["STORAGE_CONNECTION"])
    leads_table, views = service.get_table_client("leads"), service.get_table_client("views")
    text = "x" * 900

    async def work(number: int) -> None:
        key = f"BARE-{number}"

        async def scan() -> None:
            query = "PartitionKey eq @p and RowKey lt @t"
            _ = [r async for r in leads_table.query_entities(query, parameters={"p": key, "t": "timeline:"})]

        async def read(partition: str) -> None:
            query = "PartitionKey eq @p and RowKey eq @k"
            _ = [r async for r in views.query_entities(query, parameters={"p": partition, "k": key})]

        async def put(table: Any, partition: str, rows: int) -> None:
            await table.submit_transaction(
                [("create", {"PartitionKey": partition, "RowKey": f"{key}:{n}", "lead": text}) for n in range(rows)]
            )

        async def after_answer() -> None:
            await read("all|bare")
            await put(views, "all|bare", 1)
            await read("pending")
            await views.submit_transaction([("delete", {"PartitionKey": "pending", "RowKey": f"{key}:0"})])

        await asyncio.gather(scan(), put(views, "pending", 1))
        await asyncio.gather(put(leads_table, key, 3), read("cp|bare"))
        await asyncio.gather(put(views, "cp|bare", 1), put(views, "changes", 1))
        later(after_answer())

    return work


def main() -> int:
    """Run on an Azurite of its own."""
    with tempfile.TemporaryDirectory() as folder, azurite.start(None, in_memory=True) as storage:
        os.environ.update(local_settings(Path(folder), storage_connection=storage.connection_string))
        from local import demo_data
        from local.host import set_up_logging

        set_up_logging(verbose=False)
        asyncio.run(demo_data.main())
        asyncio.run(use_cases())
    return 0


if __name__ == "__main__":
    sys.exit(main())
